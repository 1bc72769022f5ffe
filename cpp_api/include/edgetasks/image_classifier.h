// Names what is in a picture.
#ifndef EDGETASKS_IMAGE_CLASSIFIER_H_
#define EDGETASKS_IMAGE_CLASSIFIER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "edgetasks/category.h"
#include "edgetasks/export.h"
#include "edgetasks/image.h"
#include "edgetasks/image_classifier_options.h"
#include "edgetasks/running_mode.h"

namespace edgetasks {

namespace tasks {
class ImageClassifierTask;
}  // namespace tasks

/// Classifies pictures with a .tflite model.
///
/// The model: one input [1, H, W, C] or [1, C, H, W], C 1, 3 or 4, of uint8, int8, int16, float16
/// or float32; one or more outputs of N scores each, [1, N], [1, 1, N] or [1, 1, 1, N], of float32,
/// float16, uint8, int8, int16 or bool. Labels, normalization and thresholds come from the model's
/// metadata or from the options.
///
/// Thread safe: calls from several threads take turns.
///
///   edgetasks::ImageClassifierOptions options;
///   options.base_options.model_asset_path = "models/emoji/emoji_int8.tflite";
///   options.max_results = 3;
///   auto classifier = edgetasks::ImageClassifier::Create(options);
///   if (!classifier.ok()) return classifier.status();
///   auto result = (*classifier)->Classify(image);
class EDGETASKS_EXPORT ImageClassifier {
 public:
  /// Opens and checks the model, and plans its memory. The weights stay in the mapped file.
  /// Errors name what is wrong, what was expected, and what to set; edgetasks/error.h tells the
  /// causes apart.
  static absl::StatusOr<std::unique_ptr<ImageClassifier>> Create(
      const ImageClassifierOptions& options);

  ~ImageClassifier();
  ImageClassifier(const ImageClassifier&) = delete;
  ImageClassifier& operator=(const ImageClassifier&) = delete;

  /// Blocks until the picture is classified, in RunningMode::kImage. INVALID_ARGUMENT if the
  /// picture or the options are malformed (kInvalidImage, kInvalidOption); FAILED_PRECONDITION in
  /// another mode (kInvalidOption), or if the classifier is closed (kClosed).
  absl::StatusOr<ClassificationResult> Classify(const Image& image,
                                                const ImageProcessingOptions& options = {});

  /// Classifies the next frame of a video, in RunningMode::kVideo, and blocks until that is done.
  /// The result carries the time. Errors as of Classify, and INVALID_ARGUMENT (kBadValue) unless
  /// timestamp_ms is 0 or more, and later than that of the last frame. A frame that is refused as a
  /// picture leaves the time where it was.
  absl::StatusOr<ClassificationResult> ClassifyForVideo(const Image& image, int64_t timestamp_ms,
                                                        const ImageProcessingOptions& options = {});

  /// Takes a frame of a camera, in RunningMode::kLiveStream. The frame is read into the model's
  /// input (well below a millisecond for 1920 x 1080 pixels) before this returns: it may be given
  /// back to the camera at once. The rest happens on another thread, and result_callback gets the
  /// result, or the error. While a frame is under way, others are dropped: nobody hears of them,
  /// but live_stream_statistics() counts them. Errors as of ClassifyForVideo, dropped or not.
  ///
  ///   options.running_mode = edgetasks::RunningMode::kLiveStream;
  ///   options.result_callback = [](absl::StatusOr<edgetasks::ClassificationResult> result,
  ///                                int64_t timestamp_ms) { ... };
  absl::Status ClassifyAsync(const Image& image, int64_t timestamp_ms,
                             const ImageProcessingOptions& options = {});

  /// Takes no more pictures. Waits until those under way are classified and, unless it is called by
  /// the callback, until that has returned. The destructor does the same.
  void Close();

  /// What became of the frames so far; all 0 but in RunningMode::kLiveStream.
  LiveStreamStatistics live_stream_statistics() const;

  /// Blocks until all pictures are classified, in RunningMode::kImage, with the threads across
  /// pictures: each takes one thread, and as many run at a time as there are threads. `options` go
  /// for all of them. Result i is that of Classify(images[i]), or its error, which stops no other.
  ///
  /// The first call plans the model once more for each thread, and keeps that: the memory beside
  /// the weights grows that many times. A single picture takes all threads, as in Classify.
  std::vector<absl::StatusOr<ClassificationResult>> ClassifyAll(
      absl::Span<const Image> images, const ImageProcessingOptions& options = {});

  /// The label of each class of a head, in the order of Category::index; empty strings if it has
  /// none. Empty if the model has no such head.
  std::vector<std::string> labels(int head_index = 0) const;

  /// What had to be assumed because neither the model nor the options say it, each a sentence with
  /// what to set. Empty for a model with full metadata.
  const std::vector<std::string>& assumptions() const;

  /// The custom entries of the model's metadata, in order; views that are valid as long as this
  /// lives (and, for a model in a buffer, as long as the buffer).
  const std::vector<CustomMetadata>& custom_metadata() const;

 private:
  explicit ImageClassifier(std::unique_ptr<tasks::ImageClassifierTask> task);
  std::unique_ptr<tasks::ImageClassifierTask> task_;
};

}  // namespace edgetasks

#endif  // EDGETASKS_IMAGE_CLASSIFIER_H_
