// The native methods of LlmInferenceSession.java.
#include <memory>
#include <string>
#include <utility>

#include "edgetasks/llm_inference.h"
#include "jni/jni_util.h"
#include "jni/llm_results.h"
#include "jni/natives.h"

namespace edgetasks::jni {
namespace {

LlmInferenceSession* Session(jlong handle) { return FromHandle<LlmInferenceSession>(handle); }

// The value as Java takes it, or an exception.
template <typename T>
jobject ObjectOrThrow(JNIEnv* env, const absl::StatusOr<T>& result) {
  if (result.ok()) return ToJava(env, *result);
  Throw(env, result.status());
  return nullptr;
}
jint IntOrThrow(JNIEnv* env, const absl::StatusOr<int>& result) {
  if (result.ok()) return *result;
  Throw(env, result.status());
  return 0;
}
jlong HandleOrThrow(JNIEnv* env, absl::StatusOr<std::unique_ptr<LlmInferenceSession>> session) {
  if (session.ok()) return ToHandle(*std::move(session));
  Throw(env, session.status());
  return 0;
}
void CheckOrThrow(JNIEnv* env, const absl::Status& status) {
  if (!status.ok()) Throw(env, status);
}

jlong Create(JNIEnv* env, jclass /*type*/, jlong engine, jobject options) {
  const LlmInferenceSessionOptions wanted = ToSessionOptions(env, options);
  if (env->ExceptionCheck()) return 0;
  return HandleOrThrow(env, FromHandle<LlmInference>(engine)->CreateSession(wanted));
}

jlong Load(JNIEnv* env, jclass /*type*/, jlong engine, jbyteArray path, jobject options) {
  const LlmInferenceSessionOptions wanted = ToSessionOptions(env, options);
  if (env->ExceptionCheck()) return 0;
  const std::string from = ToString(env, path);
  return HandleOrThrow(env, FromHandle<LlmInference>(engine)->LoadSession(from, wanted));
}

void AddQueryChunk(JNIEnv* env, jclass /*type*/, jlong session, jbyteArray text) {
  CheckOrThrow(env, Session(session)->AddQueryChunk(ToString(env, text)));
}

void AddMessage(JNIEnv* env, jclass /*type*/, jlong session, jbyteArray role, jbyteArray content) {
  CheckOrThrow(env, Session(session)->AddMessage({ToString(env, role), ToString(env, content)}));
}

jobject Messages(JNIEnv* env, jclass /*type*/, jlong session) {
  return ObjectOrThrow(env, Session(session)->Messages());
}

jbyteArray RenderPrompt(JNIEnv* env, jclass /*type*/, jlong session) {
  const auto prompt = Session(session)->RenderPrompt();
  if (prompt.ok()) return ToBytes(env, *prompt);
  Throw(env, prompt.status());
  return nullptr;
}

jobject GenerateResponse(JNIEnv* env, jclass /*type*/, jlong session, jobject options) {
  if (options == nullptr) return ObjectOrThrow(env, Session(session)->GenerateResponse());
  const LlmInferenceSessionOptions wanted = ToSessionOptions(env, options);
  if (env->ExceptionCheck()) return nullptr;
  return ObjectOrThrow(env, Session(session)->GenerateResponse(wanted));
}

jobject Score(JNIEnv* env, jclass /*type*/, jlong session, jbyteArray text) {
  return ObjectOrThrow(env, Session(session)->Score(ToString(env, text)));
}

void Cancel(JNIEnv* /*env*/, jclass /*type*/, jlong session) { Session(session)->Cancel(); }

jint SizeInTokens(JNIEnv* env, jclass /*type*/, jlong session, jbyteArray text) {
  return IntOrThrow(env, Session(session)->SizeInTokens(ToString(env, text)));
}

jint PromptSizeInTokens(JNIEnv* env, jclass /*type*/, jlong session, jbyteArray text) {
  return IntOrThrow(env, Session(session)->PromptSizeInTokens(ToString(env, text)));
}

jint ContextUsed(JNIEnv* /*env*/, jclass /*type*/, jlong session) {
  return Session(session)->context_used();
}

jint ContextRemaining(JNIEnv* /*env*/, jclass /*type*/, jlong session) {
  return Session(session)->context_remaining();
}

jobject Checkpoint(JNIEnv* env, jclass /*type*/, jlong session) {
  return ObjectOrThrow(env, Session(session)->Checkpoint());
}

void RewindTo(JNIEnv* env, jclass /*type*/, jlong session, jint tokens, jlong random_state) {
  LlmCheckpoint checkpoint;
  checkpoint.tokens = tokens;
  checkpoint.random_state = static_cast<uint64_t>(random_state);
  CheckOrThrow(env, Session(session)->Rewind(checkpoint));
}

void Rewind(JNIEnv* env, jclass /*type*/, jlong session, jint tokens) {
  CheckOrThrow(env, Session(session)->Rewind(tokens));
}

void Save(JNIEnv* env, jclass /*type*/, jlong session, jbyteArray path) {
  CheckOrThrow(env, Session(session)->Save(ToString(env, path)));
}

jlong Clone(JNIEnv* env, jclass /*type*/, jlong session) {
  return HandleOrThrow(env, Session(session)->Clone());
}

void UpdateOptions(JNIEnv* env, jclass /*type*/, jlong session, jobject options) {
  const LlmInferenceSessionOptions wanted = ToSessionOptions(env, options);
  if (!env->ExceptionCheck()) CheckOrThrow(env, Session(session)->UpdateOptions(wanted));
}

}  // namespace

#define ET_JAVA(name) "Lorg/edgetasks/genai/llminference/" name ";"

bool RegisterLlmInferenceSession(JNIEnv* env) {
  return Register(
      env, "org/edgetasks/genai/llminference/LlmInferenceSession",
      {{"createNative", "(J" ET_JAVA("NativeSessionOptions") ")J", &Create},
       {"loadNative", "(J[B" ET_JAVA("NativeSessionOptions") ")J", &Load},
       {"deleteNative", "(J)V", &DeleteHandle<LlmInferenceSession>},
       {"addQueryChunkNative", "(J[B)V", &AddQueryChunk},
       {"addMessageNative", "(J[B[B)V", &AddMessage},
       {"messagesNative", "(J)[" ET_JAVA("LlmMessage"), &Messages},
       {"renderPromptNative", "(J)[B", &RenderPrompt},
       {"generateResponseNative", "(J" ET_JAVA("NativeSessionOptions") ")" ET_JAVA("LlmResponse"),
        &GenerateResponse},
       {"scoreNative", "(J[B)" ET_JAVA("LlmScore"), &Score},
       {"cancelNative", "(J)V", &Cancel},
       {"sizeInTokensNative", "(J[B)I", &SizeInTokens},
       {"promptSizeInTokensNative", "(J[B)I", &PromptSizeInTokens},
       {"contextUsedNative", "(J)I", &ContextUsed},
       {"contextRemainingNative", "(J)I", &ContextRemaining},
       {"checkpointNative", "(J)" ET_JAVA("LlmCheckpoint"), &Checkpoint},
       {"rewindToNative", "(JIJ)V", &RewindTo},
       {"rewindNative", "(JI)V", &Rewind},
       {"saveNative", "(J[B)V", &Save},
       {"cloneNative", "(J)J", &Clone},
       {"updateOptionsNative", "(J" ET_JAVA("NativeSessionOptions") ")V", &UpdateOptions}});
}

#undef ET_JAVA

}  // namespace edgetasks::jni
