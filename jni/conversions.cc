// What more than one class takes or returns.
#include "jni/jni_util.h"
#include "jni/natives.h"

namespace edgetasks::jni {

BaseOptions ToBaseOptions(JNIEnv* env, jbyteArray path, jint fd, jlong offset, jlong length,
                          jobject buffer, jint num_threads) {
  BaseOptions options;
  options.model_asset_path = ToString(env, path);
  if (fd >= 0) options.model_asset_descriptor = FileDescriptor{fd, offset, length};
  if (buffer != nullptr) {
    options.model_asset_buffer =
        absl::MakeConstSpan(static_cast<const uint8_t*>(env->GetDirectBufferAddress(buffer)),
                            env->GetDirectBufferCapacity(buffer));
  }
  options.num_threads = num_threads;
  return options;
}

jobject ToJava(JNIEnv* env, const LlmResponse& response) {
  const ScopedLocalRef type(env, env->FindClass("org/edgetasks/genai/llminference/LlmResponse"));
  if (type.get() == nullptr) return nullptr;
  const jmethodID make = env->GetStaticMethodID(
      type.get(), "fromNative", "([BIIIDDD)Lorg/edgetasks/genai/llminference/LlmResponse;");
  if (make == nullptr) return nullptr;
  const ScopedLocalRef text(env, ToBytes(env, response.text));
  if (text.get() == nullptr) return nullptr;
  return env->CallStaticObjectMethod(
      type.get(), make, text.get(), static_cast<jint>(response.finish_reason),
      response.prompt_tokens, response.output_tokens, response.prefill_ms, response.decode_ms,
      response.first_token_ms);
}

}  // namespace edgetasks::jni
