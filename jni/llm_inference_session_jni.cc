// The native methods of LlmInferenceSession.java.
#include <memory>

#include "edgetasks/llm_inference.h"
#include "jni/jni_util.h"
#include "jni/natives.h"

namespace edgetasks::jni {
namespace {

// `templates`: null, or the six texts in the order of PromptTemplates.texts().
LlmInferenceSessionOptions ToOptions(JNIEnv* env, jint top_k, jfloat top_p, jfloat temperature,
                                     jint random_seed, jint max_output_tokens,
                                     jobjectArray templates) {
  LlmInferenceSessionOptions options;
  options.top_k = top_k;
  options.top_p = top_p;
  options.temperature = temperature;
  options.random_seed = static_cast<uint32_t>(random_seed);
  options.max_output_tokens = max_output_tokens;
  const std::vector<std::string> texts = ToStrings(env, templates);
  if (texts.size() == 6) {
    options.prompt_templates = {texts[0], texts[1], texts[2], texts[3], texts[4], texts[5]};
  }
  return options;
}

jlong Create(JNIEnv* env, jclass /*type*/, jlong engine, jint top_k, jfloat top_p,
             jfloat temperature, jint random_seed, jint max_output_tokens, jobjectArray templates) {
  auto session = FromHandle<LlmInference>(engine)->CreateSession(
      ToOptions(env, top_k, top_p, temperature, random_seed, max_output_tokens, templates));
  if (session.ok()) return ToHandle(*std::move(session));
  Throw(env, session.status());
  return 0;
}

void AddQueryChunk(JNIEnv* env, jclass /*type*/, jlong session, jbyteArray text) {
  const auto status = FromHandle<LlmInferenceSession>(session)->AddQueryChunk(ToString(env, text));
  if (!status.ok()) Throw(env, status);
}

jobject GenerateResponse(JNIEnv* env, jclass /*type*/, jlong session) {
  const auto response = FromHandle<LlmInferenceSession>(session)->GenerateResponse();
  if (response.ok()) return ToJava(env, *response);
  Throw(env, response.status());
  return nullptr;
}

void Cancel(JNIEnv* /*env*/, jclass /*type*/, jlong session) {
  FromHandle<LlmInferenceSession>(session)->Cancel();
}

jint SizeInTokens(JNIEnv* env, jclass /*type*/, jlong session, jbyteArray text) {
  const auto size = FromHandle<LlmInferenceSession>(session)->SizeInTokens(ToString(env, text));
  if (size.ok()) return *size;
  Throw(env, size.status());
  return 0;
}

jlong Clone(JNIEnv* env, jclass /*type*/, jlong session) {
  auto clone = FromHandle<LlmInferenceSession>(session)->Clone();
  if (clone.ok()) return ToHandle(*std::move(clone));
  Throw(env, clone.status());
  return 0;
}

void UpdateOptions(JNIEnv* env, jclass /*type*/, jlong session, jint top_k, jfloat top_p,
                   jfloat temperature, jint random_seed, jint max_output_tokens,
                   jobjectArray templates) {
  const auto status = FromHandle<LlmInferenceSession>(session)->UpdateOptions(
      ToOptions(env, top_k, top_p, temperature, random_seed, max_output_tokens, templates));
  if (!status.ok()) Throw(env, status);
}

}  // namespace

bool RegisterLlmInferenceSession(JNIEnv* env) {
  return Register(env, "org/edgetasks/genai/llminference/LlmInferenceSession",
                  {{"createNative", "(JIFFII[[B)J", &Create},
                   {"deleteNative", "(J)V", &DeleteHandle<LlmInferenceSession>},
                   {"addQueryChunkNative", "(J[B)V", &AddQueryChunk},
                   {"generateResponseNative", "(J)Lorg/edgetasks/genai/llminference/LlmResponse;",
                    &GenerateResponse},
                   {"cancelNative", "(J)V", &Cancel},
                   {"sizeInTokensNative", "(J[B)I", &SizeInTokens},
                   {"cloneNative", "(J)J", &Clone},
                   {"updateOptionsNative", "(JIFFII[[B)V", &UpdateOptions}});
}

}  // namespace edgetasks::jni
