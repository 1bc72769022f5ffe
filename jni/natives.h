// The native methods of each Java class: one file a class binds them.
#ifndef JNI_NATIVES_H_
#define JNI_NATIVES_H_

#include <jni.h>

#include "edgetasks/base_options.h"
#include "edgetasks/image.h"
#include "edgetasks/image_classifier_options.h"
#include "edgetasks/llm_inference_options.h"

namespace edgetasks::jni {

// Each is false, with an exception pending, if the Java class declares them otherwise.
bool RegisterImageClassifier(JNIEnv* env);
bool RegisterLlmInference(JNIEnv* env);
bool RegisterLlmInferenceSession(JNIEnv* env);
bool RegisterResponseTask(JNIEnv* env);

// What NativeBaseOptions.java takes apart. The options refer to the buffer's memory.
BaseOptions ToBaseOptions(JNIEnv* env, jbyteArray path, jint fd, jlong offset, jlong length,
                          jobject buffer, jint num_threads);

// A NativeSessionOptions.java. An exception is pending if it lacks a field.
LlmInferenceSessionOptions ToSessionOptions(JNIEnv* env, jobject object);

// A NativeClassifierOptions.java: all but the base options. An exception is pending if it lacks a
// field.
void ReadClassifierOptions(JNIEnv* env, jobject object, ImageClassifierOptions* options);

// A Frame.java: a view of its planes. An exception is pending if it lacks a field.
Image ToImage(JNIEnv* env, jobject frame);

}  // namespace edgetasks::jni

#endif  // JNI_NATIVES_H_
