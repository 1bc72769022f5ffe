// The steps over the border that all native methods share. Text crosses as UTF-8 bytes: JNI's own
// strings are modified UTF-8.
#ifndef JNI_JNI_UTIL_H_
#define JNI_JNI_UTIL_H_

#include <jni.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace edgetasks::jni {

// A local reference that is given back at the end of its scope: in a loop, and on threads that
// never return to Java, they would pile up.
template <typename T>
class ScopedLocalRef {
 public:
  ScopedLocalRef(JNIEnv* env, T ref) : env_(env), ref_(ref) {}
  ~ScopedLocalRef() {
    if (ref_ != nullptr) env_->DeleteLocalRef(ref_);
  }
  ScopedLocalRef(const ScopedLocalRef&) = delete;
  ScopedLocalRef& operator=(const ScopedLocalRef&) = delete;
  T get() const { return ref_; }

 private:
  JNIEnv* const env_;
  const T ref_;
};

// A native object as Java holds it. Java's NativeHandle sees to it that it is released once, and
// never during a call.
template <typename T>
jlong ToHandle(std::unique_ptr<T> object) {
  return reinterpret_cast<jlong>(object.release());
}
template <typename T>
T* FromHandle(jlong handle) {
  return reinterpret_cast<T*>(handle);
}
template <typename T>
void DeleteHandle(JNIEnv* /*env*/, jclass /*type*/, jlong handle) {
  delete FromHandle<T>(handle);
}

// Java's arrays, copied. Null gives an empty one.
std::string ToString(JNIEnv* env, jbyteArray bytes);
std::vector<std::string> ToStrings(JNIEnv* env, jobjectArray arrays);
std::vector<jint> ToInts(JNIEnv* env, jintArray ints);
std::vector<float> ToFloats(JNIEnv* env, jfloatArray floats);

// New Java arrays. Null with an exception pending if there is no memory.
jbyteArray ToBytes(JNIEnv* env, absl::string_view text);
jintArray ToInts(JNIEnv* env, const std::vector<jint>& ints);
jfloatArray ToFloats(JNIEnv* env, const std::vector<float>& floats);
jobjectArray ToArrays(JNIEnv* env, const std::vector<std::string>& texts);

// An EdgeTasksException of an error. Null with an exception pending if it cannot be made.
jthrowable ToException(JNIEnv* env, const absl::Status& error);

// Makes an EdgeTasksException of an error pending. None may be pending yet.
void Throw(JNIEnv* env, const absl::Status& error);

// A native method: its name and JNI signature in Java, and the function behind it.
struct NativeMethod {
  template <typename Function>
  NativeMethod(const char* java_name, const char* jni_signature, Function* implementation)
      : name(java_name),
        signature(jni_signature),
        function(reinterpret_cast<void*>(implementation)) {}
  const char* name;
  const char* signature;
  void* function;
};

// Binds the native methods of a class; false with an exception pending if they do not match.
bool Register(JNIEnv* env, const char* type, const std::vector<NativeMethod>& methods);

}  // namespace edgetasks::jni

#endif  // JNI_JNI_UTIL_H_
