// What the VM calls when it loads the library: binds the native methods of all classes.
#include <jni.h>

#include "jni/natives.h"

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void* /*reserved*/) {
  using namespace edgetasks::jni;  // NOLINT: this function stands outside every namespace
  void* found = nullptr;
  // JNI 1.6 is what every Android and every JVM since Java 6 has.
  if (vm->GetEnv(&found, JNI_VERSION_1_6) != JNI_OK) return JNI_ERR;
  JNIEnv* const env = static_cast<JNIEnv*>(found);
  const bool bound = RegisterImageClassifier(env) && RegisterLlmInference(env) &&
                     RegisterLlmInferenceSession(env) && RegisterResponseTask(env);
  return bound ? JNI_VERSION_1_6 : JNI_ERR;
}
