#include "jni/llm_results.h"

#include <string>
#include <vector>

namespace edgetasks::jni {
namespace {

// Calls the static method fromNative of a class of org.edgetasks.genai.llminference, whose
// parameters `signature` tells.
template <typename... Args>
jobject Make(JNIEnv* env, const std::string& name, const std::string& signature, Args... args) {
  if (env->ExceptionCheck()) return nullptr;
  const std::string path = "org/edgetasks/genai/llminference/" + name;
  const ScopedLocalRef type(env, env->FindClass(path.c_str()));
  if (type.get() == nullptr) return nullptr;
  const jmethodID make =
      env->GetStaticMethodID(type.get(), "fromNative", (signature + "L" + path + ";").c_str());
  return make == nullptr ? nullptr : env->CallStaticObjectMethod(type.get(), make, args...);
}

}  // namespace

struct TokenArrays::Parts {
  std::vector<jint> entries;
  std::vector<float> logprobs;
  std::string bytes;

  void Add(const LlmTokenLogprob& token) {
    entries.push_back(token.id);
    entries.push_back(static_cast<jint>(token.bytes.size()));
    logprobs.push_back(token.logprob);
    bytes += token.bytes;
  }

  static Parts Of(absl::Span<const LlmResponseToken> tokens) {
    Parts parts;
    for (const LlmResponseToken& token : tokens) {
      parts.entries.push_back(static_cast<jint>(token.top.size()));
      parts.Add(token.chosen);
      for (const LlmTokenLogprob& other : token.top) parts.Add(other);
    }
    return parts;
  }

  static Parts Of(absl::Span<const LlmTokenLogprob> tokens) {
    Parts parts;
    for (const LlmTokenLogprob& token : tokens) {
      parts.entries.push_back(0);
      parts.Add(token);
    }
    return parts;
  }
};

TokenArrays::TokenArrays(JNIEnv* env, const Parts& parts)
    : entries_(env, parts.entries.empty() ? nullptr : ToInts(env, parts.entries)),
      logprobs_(env, entries_.get() == nullptr ? nullptr : ToFloats(env, parts.logprobs)),
      bytes_(env, logprobs_.get() == nullptr ? nullptr : ToBytes(env, parts.bytes)) {}

TokenArrays::TokenArrays(JNIEnv* env, absl::Span<const LlmResponseToken> tokens)
    : TokenArrays(env, Parts::Of(tokens)) {}

TokenArrays::TokenArrays(JNIEnv* env, absl::Span<const LlmTokenLogprob> tokens)
    : TokenArrays(env, Parts::Of(tokens)) {}

jobject ToJava(JNIEnv* env, const LlmResponse& response) {
  const TokenArrays tokens(env, response.tokens);
  if (env->ExceptionCheck()) return nullptr;
  const ScopedLocalRef text(env, ToBytes(env, response.text));
  return Make(env, "LlmResponse", "([BI[I[F[BIIDDD)", text.get(),
              static_cast<jint>(response.finish_reason), tokens.entries(), tokens.logprobs(),
              tokens.bytes(), response.prompt_tokens, response.output_tokens, response.prefill_ms,
              response.decode_ms, response.first_token_ms);
}

jobject ToJava(JNIEnv* env, const LlmScore& score) {
  const TokenArrays tokens(env, score.tokens);
  return Make(env, "LlmScore", "([I[F[BD)", tokens.entries(), tokens.logprobs(), tokens.bytes(),
              score.logprob);
}

jobject ToJava(JNIEnv* env, const LlmCheckpoint& checkpoint) {
  return Make(env, "LlmCheckpoint", "(IJ)", checkpoint.tokens,
              static_cast<jlong>(checkpoint.random_state));
}

jobject ToJava(JNIEnv* env, const std::vector<LlmMessage>& messages) {
  const ScopedLocalRef type(env, env->FindClass("org/edgetasks/genai/llminference/LlmMessage"));
  if (type.get() == nullptr) return nullptr;
  const jobjectArray array = env->NewObjectArray(messages.size(), type.get(), nullptr);
  for (size_t i = 0; array != nullptr && i < messages.size(); ++i) {
    const ScopedLocalRef role(env, ToBytes(env, messages[i].role));
    if (role.get() == nullptr) return nullptr;
    const ScopedLocalRef content(env, ToBytes(env, messages[i].content));
    const ScopedLocalRef message(env, Make(env, "LlmMessage", "([B[B)", role.get(), content.get()));
    if (message.get() == nullptr) return nullptr;
    env->SetObjectArrayElement(array, i, message.get());
  }
  return array;
}

}  // namespace edgetasks::jni
