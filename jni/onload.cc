// What the JVM calls when it loads the library.
#include <jni.h>

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void* /*reserved*/) {
  void* env = nullptr;
  // JNI 1.6 is what every Android and every JVM since Java 6 has.
  if (vm->GetEnv(&env, JNI_VERSION_1_6) != JNI_OK) return JNI_ERR;
  return JNI_VERSION_1_6;
}
