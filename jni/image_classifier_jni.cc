// The native methods of ImageClassifier.java.
#include <memory>

#include "edgetasks/image_classifier.h"
#include "jni/jni_util.h"
#include "jni/natives.h"

namespace edgetasks::jni {
namespace {

jlong Create(JNIEnv* env, jclass /*type*/, jbyteArray path, jint fd, jlong offset, jlong length,
             jobject buffer, jint num_threads, jbyteArray locale, jint max_results,
             jboolean has_threshold, jfloat threshold, jobjectArray allowlist,
             jobjectArray denylist, jobjectArray labels, jbyteArray labels_path, jfloatArray mean,
             jfloatArray std) {
  ImageClassifierOptions options;
  options.base_options = ToBaseOptions(env, path, fd, offset, length, buffer, num_threads);
  if (locale != nullptr) options.display_names_locale = ToString(env, locale);
  options.max_results = max_results;
  if (has_threshold) options.score_threshold = threshold;
  options.category_allowlist = ToStrings(env, allowlist);
  options.category_denylist = ToStrings(env, denylist);
  options.labels = ToStrings(env, labels);
  options.labels_path = ToString(env, labels_path);
  options.mean = ToFloats(env, mean);
  options.std = ToFloats(env, std);
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

// `region`: null, or left, top, right, bottom. `collector`: a HeadCollector.
void Classify(JNIEnv* env, jclass /*type*/, jlong classifier, jobject pixels, jint pixel_bytes,
              jint width, jint height, jint format, jfloatArray region, jint rotation_degrees,
              jobject collector) {
  Image image;
  image.data = absl::MakeConstSpan(static_cast<const uint8_t*>(env->GetDirectBufferAddress(pixels)),
                                   pixel_bytes);
  image.width = width;
  image.height = height;
  image.format = static_cast<PixelFormat>(format);
  ImageProcessingOptions options;
  const std::vector<float> sides = ToFloats(env, region);
  if (sides.size() == 4) options.region_of_interest = {sides[0], sides[1], sides[2], sides[3]};
  options.rotation_degrees = rotation_degrees;
  const auto result = FromHandle<ImageClassifier>(classifier)->Classify(image, options);
  if (!result.ok()) return Throw(env, result.status());
  TellResult(env, collector, *result);
}

jobjectArray Assumptions(JNIEnv* env, jclass /*type*/, jlong classifier) {
  return ToArrays(env, FromHandle<ImageClassifier>(classifier)->assumptions());
}

}  // namespace

bool RegisterImageClassifier(JNIEnv* env) {
  return Register(
      env, "org/edgetasks/vision/imageclassifier/ImageClassifier",
      {{"createNative", "([BIJJLjava/nio/ByteBuffer;I[BIZF[[B[[B[[B[B[F[F)J", &Create},
       {"deleteNative", "(J)V", &DeleteHandle<ImageClassifier>},
       {"classifyNative",
        "(JLjava/nio/ByteBuffer;IIII[FILorg/edgetasks/vision/imageclassifier/HeadCollector;)V",
        &Classify},
       {"assumptionsNative", "(J)[[B", &Assumptions}});
}

}  // namespace edgetasks::jni
