// The native methods of ResponseTask.java, which stands for one asynchronous response.
#include <memory>

#include "edgetasks/llm_inference.h"
#include "jni/jni_util.h"
#include "jni/natives.h"
#include "jni/thread_env.h"

namespace edgetasks::jni {
namespace {

// Hands a part of the text to ResponseTask.onProgress, which throws nothing. Runs on the thread
// that generates.
void TellProgress(const GlobalRef& task, jmethodID on_progress, absl::string_view part, bool done) {
  JNIEnv* const env = ThreadEnv(task.vm());
  if (env == nullptr) return;  // the VM goes down
  const ScopedLocalRef text(env, ToBytes(env, part));
  if (text.get() != nullptr) env->CallVoidMethod(task.get(), on_progress, text.get(), done);
  // Only if there was no memory. The response itself holds the whole text.
  if (env->ExceptionCheck()) env->ExceptionClear();
}

// Null with an exception pending if there is no memory.
LlmProgressCallback ToCallback(JNIEnv* env, jobject task) {
  const ScopedLocalRef type(env, env->GetObjectClass(task));
  const jmethodID on_progress = env->GetMethodID(type.get(), "onProgress", "([BZ)V");
  if (on_progress == nullptr) return nullptr;
  const auto held = std::make_shared<GlobalRef>(env, task);
  return [held, on_progress](absl::string_view part, bool done) {
    if (held->get() != nullptr) TellProgress(*held, on_progress, part, done);
  };
}

// `task` is null if nobody listens.
jlong Start(JNIEnv* env, jclass /*type*/, jlong session, jobject task) {
  auto callback = task == nullptr ? LlmProgressCallback() : ToCallback(env, task);
  if (env->ExceptionCheck()) return 0;
  const auto response =
      FromHandle<LlmInferenceSession>(session)->GenerateResponseAsync(std::move(callback));
  if (response.ok()) return ToHandle(std::make_unique<LlmResponseFuture>(*response));
  Throw(env, response.status());
  return 0;
}

jobject Await(JNIEnv* env, jclass /*type*/, jlong response) {
  const std::unique_ptr<LlmResponseFuture> future(FromHandle<LlmResponseFuture>(response));
  const auto result = future->Get();
  if (result.ok()) return ToJava(env, *result);
  Throw(env, result.status());
  return nullptr;
}

}  // namespace

bool RegisterResponseTask(JNIEnv* env) {
  return Register(env, "org/edgetasks/genai/llminference/ResponseTask",
                  {{"startNative", "(JLorg/edgetasks/genai/llminference/ResponseTask;)J", &Start},
                   {"awaitNative", "(J)Lorg/edgetasks/genai/llminference/LlmResponse;", &Await}});
}

}  // namespace edgetasks::jni
