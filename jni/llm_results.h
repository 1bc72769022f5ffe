// What a language model returns, as new Java objects.
#ifndef JNI_LLM_RESULTS_H_
#define JNI_LLM_RESULTS_H_

#include <jni.h>

#include <vector>

#include "absl/types/span.h"
#include "edgetasks/llm_inference_options.h"
#include "edgetasks/llm_inference_result.h"
#include "jni/jni_util.h"

namespace edgetasks::jni {

// Tokens in the three arrays that NativeTokens.java puts together; all null if there are none, or,
// with an exception pending, no memory.
class TokenArrays {
 public:
  TokenArrays(JNIEnv* env, absl::Span<const LlmResponseToken> tokens);
  // As tokens without others.
  TokenArrays(JNIEnv* env, absl::Span<const LlmTokenLogprob> tokens);

  jintArray entries() const { return entries_.get(); }
  jfloatArray logprobs() const { return logprobs_.get(); }
  jbyteArray bytes() const { return bytes_.get(); }

 private:
  struct Parts;
  TokenArrays(JNIEnv* env, const Parts& parts);

  ScopedLocalRef<jintArray> entries_;
  ScopedLocalRef<jfloatArray> logprobs_;
  ScopedLocalRef<jbyteArray> bytes_;
};

// Null with an exception pending if there is no memory.
jobject ToJava(JNIEnv* env, const LlmResponse& response);
jobject ToJava(JNIEnv* env, const LlmScore& score);
jobject ToJava(JNIEnv* env, const LlmCheckpoint& checkpoint);
jobject ToJava(JNIEnv* env, const std::vector<LlmMessage>& messages);

}  // namespace edgetasks::jni

#endif  // JNI_LLM_RESULTS_H_
