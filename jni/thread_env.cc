#include "jni/thread_env.h"

namespace edgetasks::jni {
namespace {

// Detaches its thread when that ends.
class Attachment {
 public:
  explicit Attachment(JavaVM* vm) : vm_(vm) {
    JavaVMAttachArgs args = {JNI_VERSION_1_6, const_cast<char*>("edgetasks-generate"), nullptr};
    // The type of the first parameter is void** in the JDK and JNIEnv** on Android.
    Any env{&env_};
    if (vm_->AttachCurrentThreadAsDaemon(env, &args) != JNI_OK) env_ = nullptr;
  }
  ~Attachment() {
    if (env_ != nullptr) vm_->DetachCurrentThread();
  }
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;
  JNIEnv* env() const { return env_; }

 private:
  struct Any {
    JNIEnv** env;
    operator void**() const { return reinterpret_cast<void**>(env); }  // NOLINT
    operator JNIEnv**() const { return env; }                          // NOLINT
  };

  JavaVM* const vm_;
  JNIEnv* env_ = nullptr;
};

}  // namespace

JNIEnv* ThreadEnv(JavaVM* vm) {
  void* env = nullptr;
  if (vm->GetEnv(&env, JNI_VERSION_1_6) == JNI_OK) return static_cast<JNIEnv*>(env);
  thread_local const Attachment attachment(vm);
  return attachment.env();
}

GlobalRef::GlobalRef(JNIEnv* env, jobject object) : ref_(env->NewGlobalRef(object)) {
  env->GetJavaVM(&vm_);
}

GlobalRef::~GlobalRef() {
  JNIEnv* const env = ref_ == nullptr ? nullptr : ThreadEnv(vm_);
  if (env != nullptr) env->DeleteGlobalRef(ref_);
}

}  // namespace edgetasks::jni
