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

}  // namespace edgetasks::jni
