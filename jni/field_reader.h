// Java objects that carry many values into one call.
#ifndef JNI_FIELD_READER_H_
#define JNI_FIELD_READER_H_

#include <jni.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace edgetasks::jni {

// Reads the fields of an object by their names. If the class has no such field of the type, an
// exception is pending, and everything from there on is zero or empty.
class FieldReader {
 public:
  FieldReader(JNIEnv* env, jobject object)
      : env_(env), object_(object), type_(env->GetObjectClass(object)) {}
  ~FieldReader() { env_->DeleteLocalRef(type_); }
  FieldReader(const FieldReader&) = delete;
  FieldReader& operator=(const FieldReader&) = delete;

  jint Int(const char* name) const;
  jfloat Float(const char* name) const;
  // byte[], int[], float[] and byte[][]; null gives an empty one.
  std::string Bytes(const char* name) const;
  std::vector<jint> Ints(const char* name) const;
  std::vector<float> Floats(const char* name) const;
  std::vector<std::string> Strings(const char* name) const;
  // ByteBuffer[]: the memory of direct buffers, whole, as long as Java keeps them.
  std::vector<absl::Span<const uint8_t>> Buffers(const char* name) const;

 private:
  // Null with an exception pending if there is none.
  jfieldID Find(const char* name, const char* signature) const;
  jobject Object(const char* name, const char* signature) const;

  JNIEnv* const env_;
  const jobject object_;
  const jclass type_;
};

}  // namespace edgetasks::jni

#endif  // JNI_FIELD_READER_H_
