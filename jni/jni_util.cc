#include "jni/jni_util.h"

#include "edgetasks/error.h"

namespace edgetasks::jni {

std::string ToString(JNIEnv* env, jbyteArray bytes) {
  if (bytes == nullptr) return "";
  std::string text(env->GetArrayLength(bytes), '\0');
  env->GetByteArrayRegion(bytes, 0, text.size(), reinterpret_cast<jbyte*>(text.data()));
  return text;
}

std::vector<std::string> ToStrings(JNIEnv* env, jobjectArray arrays) {
  std::vector<std::string> texts;
  const jsize size = arrays == nullptr ? 0 : env->GetArrayLength(arrays);
  for (jsize i = 0; i < size; ++i) {
    const ScopedLocalRef bytes(env, env->GetObjectArrayElement(arrays, i));
    if (env->ExceptionCheck()) break;
    texts.push_back(ToString(env, static_cast<jbyteArray>(bytes.get())));
  }
  return texts;
}

std::vector<jint> ToInts(JNIEnv* env, jintArray ints) {
  if (ints == nullptr) return {};
  std::vector<jint> values(env->GetArrayLength(ints));
  env->GetIntArrayRegion(ints, 0, values.size(), values.data());
  return values;
}

std::vector<float> ToFloats(JNIEnv* env, jfloatArray floats) {
  if (floats == nullptr) return {};
  std::vector<float> values(env->GetArrayLength(floats));
  env->GetFloatArrayRegion(floats, 0, values.size(), values.data());
  return values;
}

jbyteArray ToBytes(JNIEnv* env, absl::string_view text) {
  const jbyteArray bytes = env->NewByteArray(text.size());
  if (bytes == nullptr) return nullptr;
  env->SetByteArrayRegion(bytes, 0, text.size(), reinterpret_cast<const jbyte*>(text.data()));
  return bytes;
}

jintArray ToInts(JNIEnv* env, const std::vector<jint>& ints) {
  const jintArray array = env->NewIntArray(ints.size());
  if (array != nullptr) env->SetIntArrayRegion(array, 0, ints.size(), ints.data());
  return array;
}

jfloatArray ToFloats(JNIEnv* env, const std::vector<float>& floats) {
  const jfloatArray array = env->NewFloatArray(floats.size());
  if (array != nullptr) env->SetFloatArrayRegion(array, 0, floats.size(), floats.data());
  return array;
}

jobjectArray ToArrays(JNIEnv* env, const std::vector<std::string>& texts) {
  const ScopedLocalRef type(env, env->FindClass("[B"));
  if (type.get() == nullptr) return nullptr;
  const jobjectArray arrays = env->NewObjectArray(texts.size(), type.get(), nullptr);
  for (size_t i = 0; arrays != nullptr && i < texts.size(); ++i) {
    const ScopedLocalRef bytes(env, ToBytes(env, texts[i]));
    if (bytes.get() == nullptr) return nullptr;
    env->SetObjectArrayElement(arrays, i, bytes.get());
    if (env->ExceptionCheck()) return nullptr;
  }
  return arrays;
}

jthrowable ToException(JNIEnv* env, const absl::Status& error) {
  // Found anew each time: errors are rare, and a global reference would keep the class alive.
  const ScopedLocalRef type(env, env->FindClass("org/edgetasks/core/EdgeTasksException"));
  if (type.get() == nullptr) return nullptr;
  const jmethodID make = env->GetStaticMethodID(type.get(), "fromNative",
                                                "(II[B)Lorg/edgetasks/core/EdgeTasksException;");
  if (make == nullptr) return nullptr;
  const ScopedLocalRef message(
      env, ToBytes(env, absl::string_view(error.message().data(), error.message().size())));
  if (message.get() == nullptr) return nullptr;
  const jobject exception =
      env->CallStaticObjectMethod(type.get(), make, static_cast<jint>(error.code()),
                                  static_cast<jint>(ErrorDetailOf(error)), message.get());
  return env->ExceptionCheck() ? nullptr : static_cast<jthrowable>(exception);
}

void Throw(JNIEnv* env, const absl::Status& error) {
  const ScopedLocalRef exception(env, ToException(env, error));
  if (!env->ExceptionCheck()) env->Throw(exception.get());
}

bool Register(JNIEnv* env, const char* type, const std::vector<NativeMethod>& methods) {
  std::vector<JNINativeMethod> table;
  for (const NativeMethod& method : methods) {
    // JNI's struct is older than const.
    table.push_back(
        {const_cast<char*>(method.name), const_cast<char*>(method.signature), method.function});
  }
  const ScopedLocalRef found(env, env->FindClass(type));
  return found.get() != nullptr &&
         env->RegisterNatives(found.get(), table.data(), table.size()) == JNI_OK;
}

}  // namespace edgetasks::jni
