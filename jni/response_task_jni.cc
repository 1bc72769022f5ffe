// The native methods of ResponseTask.java, which stands for one asynchronous response.
#include <memory>

#include "edgetasks/llm_inference.h"
#include "jni/jni_util.h"
#include "jni/llm_results.h"
#include "jni/natives.h"
#include "jni/thread_env.h"

namespace edgetasks::jni {
namespace {

// Hands a part of the response to ResponseTask.onEvent, which throws nothing. Runs on the thread
// that generates.
void TellEvent(const GlobalRef& task, jmethodID on_event, const LlmResponseEvent& event) {
  JNIEnv* const env = ThreadEnv(task.vm());
  if (env == nullptr) return;  // the VM goes down
  const ScopedLocalRef text(env, ToBytes(env, event.text));
  if (!env->ExceptionCheck()) {
    const TokenArrays tokens(env, event.tokens);
    if (!env->ExceptionCheck()) {
      env->CallVoidMethod(task.get(), on_event, text.get(), tokens.entries(), tokens.logprobs(),
                          tokens.bytes(), static_cast<jboolean>(event.done));
    }
  }
  // Only if there was no memory. The response itself holds all of it.
  if (env->ExceptionCheck()) env->ExceptionClear();
}

// Null with an exception pending if there is no memory.
LlmEventCallback ToCallback(JNIEnv* env, jobject task) {
  const ScopedLocalRef type(env, env->GetObjectClass(task));
  const jmethodID on_event = env->GetMethodID(type.get(), "onEvent", "([B[I[F[BZ)V");
  if (on_event == nullptr) return nullptr;
  const auto held = std::make_shared<GlobalRef>(env, task);
  return [held, on_event](const LlmResponseEvent& event) {
    if (held->get() != nullptr) TellEvent(*held, on_event, event);
  };
}

// `task` is null if nobody listens; `options`: null for the session's.
jlong Start(JNIEnv* env, jclass /*type*/, jlong session, jobject task, jobject options) {
  auto callback = task == nullptr ? LlmEventCallback() : ToCallback(env, task);
  if (env->ExceptionCheck()) return 0;
  LlmInferenceSessionOptions wanted;
  if (options != nullptr) wanted = ToSessionOptions(env, options);
  if (env->ExceptionCheck()) return 0;
  const auto response = FromHandle<LlmInferenceSession>(session)->GenerateResponseStream(
      std::move(callback), options == nullptr ? nullptr : &wanted);
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
                  {{"startNative",
                    "(JLorg/edgetasks/genai/llminference/ResponseTask;"
                    "Lorg/edgetasks/genai/llminference/NativeSessionOptions;)J",
                    &Start},
                   {"awaitNative", "(J)Lorg/edgetasks/genai/llminference/LlmResponse;", &Await}});
}

}  // namespace edgetasks::jni
