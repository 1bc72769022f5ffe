// The native methods of ImageClassifier.java.
#include <memory>

#include "edgetasks/image_classifier.h"
#include "jni/jni_util.h"
#include "jni/natives.h"

namespace edgetasks::jni {
namespace {

jlong Create(JNIEnv* env, jclass /*type*/, jbyteArray path, jint fd, jlong offset, jlong length,
             jobject buffer, jint num_threads, jobject classifier_options) {
  ImageClassifierOptions options;
  options.base_options = ToBaseOptions(env, path, fd, offset, length, buffer, num_threads);
  ReadClassifierOptions(env, classifier_options, &options);
  if (env->ExceptionCheck()) return 0;
  auto classifier = ImageClassifier::Create(options);
  if (classifier.ok()) return ToHandle(*std::move(classifier));
  Throw(env, classifier.status());
  return 0;
}

// Calls HeadCollector.addHead. False with an exception pending if there is no memory.
bool AddHead(JNIEnv* env, jobject collector, jmethodID add_head, const Classifications& head) {
  std::vector<jint> indices, name_lengths;
  std::vector<float> scores;
  std::string names;
  for (const Category& category : head.categories) {
    indices.push_back(category.index);
    scores.push_back(category.score);
    name_lengths.push_back(category.category_name.size());
    name_lengths.push_back(category.display_name.size());
    names += category.category_name;
    names += category.display_name;
  }
  const ScopedLocalRef head_name(env, head.head_name ? ToBytes(env, *head.head_name) : nullptr);
  const ScopedLocalRef index_array(env, ToInts(env, indices));
  const ScopedLocalRef score_array(env, ToFloats(env, scores));
  const ScopedLocalRef length_array(env, ToInts(env, name_lengths));
  const ScopedLocalRef name_array(env, ToBytes(env, names));
  if (env->ExceptionCheck()) return false;
  env->CallVoidMethod(collector, add_head, static_cast<jint>(head.head_index), head_name.get(),
                      index_array.get(), score_array.get(), length_array.get(), name_array.get());
  return !env->ExceptionCheck();
}

void TellResult(JNIEnv* env, jobject collector, const ClassificationResult& result) {
  const ScopedLocalRef type(env, env->GetObjectClass(collector));
  const jmethodID add_head = env->GetMethodID(type.get(), "addHead", "(I[B[I[F[I[B)V");
  if (add_head == nullptr) return;
  for (const Classifications& head : result.classifications) {
    if (!AddHead(env, collector, add_head, head)) return;
  }
}

// Calls HeadCollector.fail.
void TellFailure(JNIEnv* env, jobject collector, const absl::Status& error) {
  const ScopedLocalRef type(env, env->GetObjectClass(collector));
  const jmethodID fail =
      env->GetMethodID(type.get(), "fail", "(Lorg/edgetasks/core/EdgeTasksException;)V");
  if (fail == nullptr) return;
  const ScopedLocalRef exception(env, ToException(env, error));
  if (exception.get() != nullptr) env->CallVoidMethod(collector, fail, exception.get());
}

// `region`: null, or left, top, right, bottom.
ImageProcessingOptions ToProcessing(JNIEnv* env, jfloatArray region, jint rotation_degrees) {
  ImageProcessingOptions options;
  const std::vector<float> sides = ToFloats(env, region);
  if (sides.size() == 4) options.region_of_interest = {sides[0], sides[1], sides[2], sides[3]};
  options.rotation_degrees = rotation_degrees;
  return options;
}

// `frame`: a Frame; `collector`: a HeadCollector.
void Classify(JNIEnv* env, jclass /*type*/, jlong classifier, jobject frame, jfloatArray region,
              jint rotation_degrees, jobject collector) {
  const Image image = ToImage(env, frame);
  if (env->ExceptionCheck()) return;
  const auto result = FromHandle<ImageClassifier>(classifier)
                          ->Classify(image, ToProcessing(env, region, rotation_degrees));
  if (!result.ok()) return Throw(env, result.status());
  TellResult(env, collector, *result);
}

// As many `collectors` as `frames`.
void ClassifyAll(JNIEnv* env, jclass /*type*/, jlong classifier, jobjectArray frames,
                 jfloatArray region, jint rotation_degrees, jobjectArray collectors) {
  std::vector<Image> images(env->GetArrayLength(frames));
  for (size_t i = 0; i < images.size(); ++i) {
    const ScopedLocalRef frame(env, env->GetObjectArrayElement(frames, i));
    images[i] = ToImage(env, frame.get());
    if (env->ExceptionCheck()) return;
  }
  const auto results = FromHandle<ImageClassifier>(classifier)
                           ->ClassifyAll(images, ToProcessing(env, region, rotation_degrees));
  for (size_t i = 0; i < results.size() && !env->ExceptionCheck(); ++i) {
    const ScopedLocalRef collector(env, env->GetObjectArrayElement(collectors, i));
    if (results[i].ok()) {
      TellResult(env, collector.get(), *results[i]);
    } else {
      TellFailure(env, collector.get(), results[i].status());
    }
  }
}

jobjectArray Assumptions(JNIEnv* env, jclass /*type*/, jlong classifier) {
  return ToArrays(env, FromHandle<ImageClassifier>(classifier)->assumptions());
}

jobjectArray Labels(JNIEnv* env, jclass /*type*/, jlong classifier, jint head_index) {
  return ToArrays(env, FromHandle<ImageClassifier>(classifier)->labels(head_index));
}

// Name, data, name, data and so on.
jobjectArray CustomMetadata(JNIEnv* env, jclass /*type*/, jlong classifier) {
  std::vector<std::string> names_and_data;
  for (const auto& entry : FromHandle<ImageClassifier>(classifier)->custom_metadata()) {
    names_and_data.push_back(entry.name);
    names_and_data.emplace_back(entry.data.begin(), entry.data.end());
  }
  return ToArrays(env, names_and_data);
}

}  // namespace

#define ET_JAVA(name) "Lorg/edgetasks/vision/imageclassifier/" name ";"

bool RegisterImageClassifier(JNIEnv* env) {
  return Register(
      env, "org/edgetasks/vision/imageclassifier/ImageClassifier",
      {{"createNative", "([BIJJLjava/nio/ByteBuffer;I" ET_JAVA("NativeClassifierOptions") ")J",
        &Create},
       {"deleteNative", "(J)V", &DeleteHandle<ImageClassifier>},
       {"classifyNative", "(J" ET_JAVA("Frame") "[FI" ET_JAVA("HeadCollector") ")V", &Classify},
       {"classifyAllNative", "(J[" ET_JAVA("Frame") "[FI[" ET_JAVA("HeadCollector") ")V",
        &ClassifyAll},
       {"assumptionsNative", "(J)[[B", &Assumptions},
       {"labelsNative", "(JI)[[B", &Labels},
       {"customMetadataNative", "(J)[[B", &CustomMetadata}});
}

#undef ET_JAVA

}  // namespace edgetasks::jni
