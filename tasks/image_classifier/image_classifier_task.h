// ImageClassifier: what is in a picture. Options and model -> checks -> core -> categories.
#ifndef TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_TASK_H_
#define TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_TASK_H_

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/exec/runner.h"
#include "core/image/image_to_tensor.h"
#include "core/model/model_file.h"
#include "tasks/components/category.h"
#include "tasks/components/classification_head.h"
#include "tasks/image_classifier/image.h"
#include "tasks/image_classifier/image_classifier_options.h"
#include "tasks/image_classifier/live_stream.h"
#include "tasks/image_classifier/model_contract.h"

namespace edgetasks::tasks {

// Thread safe: calls from several threads take turns.
class ImageClassifierTask {
 public:
  // Opens and checks the model and plans it. Errors: those of OpenModel, CheckOptions,
  // CheckContract, ClassificationHead::Create and Runner::Prepare.
  static absl::StatusOr<std::unique_ptr<ImageClassifierTask>> Create(
      const ImageClassifierOptions& options);

  // INVALID_ARGUMENT (kInvalidImage, kInvalidOption); FAILED_PRECONDITION (kInvalidOption) in
  // another mode than kImage, or (kClosed); run-time errors of the model's ops.
  absl::StatusOr<ClassificationResult> Classify(const Image& image,
                                                const ImageProcessingOptions& options = {});

  // The same in mode kVideo, and FrameClock's errors. A frame that is refused has no time.
  absl::StatusOr<ClassificationResult> ClassifyForVideo(const Image& image, int64_t timestamp_ms,
                                                        const ImageProcessingOptions& options = {});

  // The same in mode kLiveStream; run-time errors go to the callback. When this returns, the
  // picture was read: nothing of it is kept. See LiveStream::Offer.
  absl::Status ClassifyAsync(const Image& image, int64_t timestamp_ms,
                             const ImageProcessingOptions& options = {});

  // Waits for calls that are under way, and for a frame's callback unless this is called by it.
  // Calls of this class that classify refuse afterwards.
  void Close();

  // All 0 but in mode kLiveStream.
  LiveStreamStatistics live_stream_statistics() const;

  // classify_all.cc: the pictures one by one, each on one thread, as many at a time as there are
  // threads. Results and errors stand where their pictures do, and are those of Classify.
  std::vector<absl::StatusOr<ClassificationResult>> ClassifyAll(
      absl::Span<const Image> images, const ImageProcessingOptions& options = {});

  // The label of each class of a head, in order; empty strings if it has none. Empty if there is no
  // such head.
  std::vector<std::string> labels(int head_index) const;

  // What had to be assumed because the model does not say it, each a sentence with what to set:
  // normalization, labels. Empty for a model with metadata.
  const std::vector<std::string>& assumptions() const { return assumptions_; }

  // Views into the model's file, as long as this lives.
  const std::vector<CustomMetadata>& custom_metadata() const { return custom_metadata_; }

 private:
  ImageClassifierTask(std::shared_ptr<const model::ModelFile> file, image::ImageToTensor converter)
      : file_(std::move(file)), converter_(std::move(converter)) {}

  // A head, and how its output's integers become scores.
  struct Head {
    HeadOutput output;
    ClassificationHead head;
    std::vector<float> scores;  // [num_classes], reused from call to call
  };

  absl::Status CreateHeads(const ImageClassifierOptions& options,
                           const std::vector<HeadOutput>& outputs);
  absl::Status CheckCall(RunningMode needed, const char* method) const;
  // The parts of a classification; mutex_ is held.
  absl::Status FillInput(const image::PixelView& pixels, const ImageProcessingOptions& options);
  absl::StatusOr<ClassificationResult> Run();
  // INVALID_ARGUMENT (kInvalidOption) if display_names_locale names a locale that no head has.
  absl::Status CheckLocale(const ImageClassifierOptions& options) const;
  void ReadCustomMetadata();
  absl::Status CreateRunner(int num_threads);
  // Makes lanes_ `wanted` long, or as long as memory allows.
  void CreateLanes(int wanted);
  // After a run: the shape that the kernels fixed, perhaps by values, holds all classes.
  absl::Status CheckOutputShape(int i) const;

  std::shared_ptr<const model::ModelFile> file_;
  std::vector<std::string> assumptions_;
  std::vector<CustomMetadata> custom_metadata_;
  RunningMode mode_ = RunningMode::kImage;

  std::mutex mutex_;  // guards what follows up to lanes_, after creation
  bool closed_ = false;
  FrameClock clock_;  // of a video
  image::ImageToTensor converter_;
  std::vector<Head> heads_;
  std::shared_ptr<exec::Engine> engine_;
  std::unique_ptr<exec::Runner> runner_;
  // Tasks of one thread over the same file, for ClassifyAll; made when first needed, then kept.
  std::vector<std::unique_ptr<ImageClassifierTask>> lanes_;
  // Last: its thread uses the others. Null but in mode kLiveStream.
  std::unique_ptr<LiveStream> stream_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_TASK_H_
