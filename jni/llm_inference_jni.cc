// The native methods of LlmInference.java.
#include <memory>

#include "edgetasks/llm_inference.h"
#include "jni/field_reader.h"
#include "jni/jni_util.h"
#include "jni/natives.h"

namespace edgetasks::jni {
namespace {

// The fields of NativeEngineOptions.java, by their names.
void ReadOptions(JNIEnv* env, jobject object, LlmInferenceOptions* options) {
  const FieldReader fields(env, object);
  options->max_tokens = fields.Int("maxTokens");
  options->max_idle_contexts = fields.Int("maxIdleContexts");
  options->tokenizer_path = fields.Bytes("tokenizerPath");
  options->kv_cache_type = static_cast<KvCacheType>(fields.Int("kvCacheType"));
  options->weight_memory = static_cast<WeightMemory>(fields.Int("weightMemory"));
}

jlong Create(JNIEnv* env, jclass /*type*/, jbyteArray path, jint fd, jlong offset, jlong length,
             jobject buffer, jint num_threads, jobject engine_options) {
  LlmInferenceOptions options;
  options.base_options = ToBaseOptions(env, path, fd, offset, length, buffer, num_threads);
  ReadOptions(env, engine_options, &options);
  if (env->ExceptionCheck()) return 0;
  auto engine = LlmInference::Create(options);
  if (engine.ok()) return ToHandle(*std::move(engine));
  Throw(env, engine.status());
  return 0;
}

jint SizeInTokens(JNIEnv* env, jclass /*type*/, jlong engine, jbyteArray text) {
  const auto size = FromHandle<LlmInference>(engine)->SizeInTokens(ToString(env, text));
  if (size.ok()) return *size;
  Throw(env, size.status());
  return 0;
}

jintArray Tokenize(JNIEnv* env, jclass /*type*/, jlong engine, jbyteArray text) {
  const auto ids = FromHandle<LlmInference>(engine)->Tokenize(ToString(env, text));
  if (ids.ok()) return ToInts(env, *ids);
  Throw(env, ids.status());
  return nullptr;
}

jbyteArray Detokenize(JNIEnv* env, jclass /*type*/, jlong engine, jintArray ids) {
  const auto text = FromHandle<LlmInference>(engine)->Detokenize(ToInts(env, ids));
  if (text.ok()) return ToBytes(env, *text);
  Throw(env, text.status());
  return nullptr;
}

jint MaxTokens(JNIEnv* /*env*/, jclass /*type*/, jlong engine) {
  return FromHandle<LlmInference>(engine)->max_tokens();
}

}  // namespace

bool RegisterLlmInference(JNIEnv* env) {
  return Register(env, "org/edgetasks/genai/llminference/LlmInference",
                  {{"createNative",
                    "([BIJJLjava/nio/ByteBuffer;I"
                    "Lorg/edgetasks/genai/llminference/NativeEngineOptions;)J",
                    &Create},
                   {"deleteNative", "(J)V", &DeleteHandle<LlmInference>},
                   {"sizeInTokensNative", "(J[B)I", &SizeInTokens},
                   {"tokenizeNative", "(J[B)[I", &Tokenize},
                   {"detokenizeNative", "(J[I)[B", &Detokenize},
                   {"maxTokensNative", "(J)I", &MaxTokens}});
}

}  // namespace edgetasks::jni
