#include "jni/field_reader.h"

#include "jni/jni_util.h"

namespace edgetasks::jni {

jfieldID FieldReader::Find(const char* name, const char* signature) const {
  return env_->ExceptionCheck() ? nullptr : env_->GetFieldID(type_, name, signature);
}

jobject FieldReader::Object(const char* name, const char* signature) const {
  const jfieldID field = Find(name, signature);
  return field == nullptr ? nullptr : env_->GetObjectField(object_, field);
}

jint FieldReader::Int(const char* name) const {
  const jfieldID field = Find(name, "I");
  return field == nullptr ? 0 : env_->GetIntField(object_, field);
}

jfloat FieldReader::Float(const char* name) const {
  const jfieldID field = Find(name, "F");
  return field == nullptr ? 0 : env_->GetFloatField(object_, field);
}

std::string FieldReader::Bytes(const char* name) const {
  const ScopedLocalRef bytes(env_, static_cast<jbyteArray>(Object(name, "[B")));
  return ToString(env_, bytes.get());
}

std::vector<jint> FieldReader::Ints(const char* name) const {
  const ScopedLocalRef ints(env_, static_cast<jintArray>(Object(name, "[I")));
  return ToInts(env_, ints.get());
}

std::vector<float> FieldReader::Floats(const char* name) const {
  const ScopedLocalRef floats(env_, static_cast<jfloatArray>(Object(name, "[F")));
  return ToFloats(env_, floats.get());
}

std::vector<std::string> FieldReader::Strings(const char* name) const {
  const ScopedLocalRef arrays(env_, static_cast<jobjectArray>(Object(name, "[[B")));
  return ToStrings(env_, arrays.get());
}

std::vector<absl::Span<const uint8_t>> FieldReader::Buffers(const char* name) const {
  const ScopedLocalRef buffers(env_,
                               static_cast<jobjectArray>(Object(name, "[Ljava/nio/ByteBuffer;")));
  std::vector<absl::Span<const uint8_t>> spans;
  const jsize size = buffers.get() == nullptr ? 0 : env_->GetArrayLength(buffers.get());
  for (jsize i = 0; i < size; ++i) {
    const ScopedLocalRef buffer(env_, env_->GetObjectArrayElement(buffers.get(), i));
    if (env_->ExceptionCheck()) break;
    const auto* bytes = static_cast<const uint8_t*>(env_->GetDirectBufferAddress(buffer.get()));
    spans.push_back({bytes, static_cast<size_t>(env_->GetDirectBufferCapacity(buffer.get()))});
  }
  return spans;
}

}  // namespace edgetasks::jni
