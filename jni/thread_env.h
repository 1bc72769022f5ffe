// Java as seen from threads that Java did not start.
#ifndef JNI_THREAD_ENV_H_
#define JNI_THREAD_ENV_H_

#include <jni.h>

namespace edgetasks::jni {

// The environment of the current thread. A thread that Java does not know is attached, as a daemon
// that does not keep the program alive, and detached when it ends. Null if the VM refuses.
JNIEnv* ThreadEnv(JavaVM* vm);

// Keeps a Java object reachable, from any thread.
class GlobalRef {
 public:
  GlobalRef(JNIEnv* env, jobject object);
  ~GlobalRef();
  GlobalRef(const GlobalRef&) = delete;
  GlobalRef& operator=(const GlobalRef&) = delete;
  // Null if there was no memory.
  jobject get() const { return ref_; }
  JavaVM* vm() const { return vm_; }

 private:
  JavaVM* vm_ = nullptr;
  jobject ref_ = nullptr;
};

}  // namespace edgetasks::jni

#endif  // JNI_THREAD_ENV_H_
