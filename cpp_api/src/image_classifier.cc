#include "edgetasks/image_classifier.h"

#include <utility>

#include "core/base/status_macros.h"
#include "tasks/image_classifier/image_classifier_task.h"

namespace edgetasks {

absl::StatusOr<std::unique_ptr<ImageClassifier>> ImageClassifier::Create(
    const ImageClassifierOptions& options) {
  ET_ASSIGN_OR_RETURN(auto task, tasks::ImageClassifierTask::Create(options));
  return std::unique_ptr<ImageClassifier>(new ImageClassifier(std::move(task)));
}

ImageClassifier::ImageClassifier(std::unique_ptr<tasks::ImageClassifierTask> task)
    : task_(std::move(task)) {}

ImageClassifier::~ImageClassifier() = default;

absl::StatusOr<ClassificationResult> ImageClassifier::Classify(
    const Image& image, const ImageProcessingOptions& options) {
  return task_->Classify(image, options);
}

absl::StatusOr<ClassificationResult> ImageClassifier::ClassifyForVideo(
    const Image& image, int64_t timestamp_ms, const ImageProcessingOptions& options) {
  return task_->ClassifyForVideo(image, timestamp_ms, options);
}

absl::Status ImageClassifier::ClassifyAsync(const Image& image, int64_t timestamp_ms,
                                            const ImageProcessingOptions& options) {
  return task_->ClassifyAsync(image, timestamp_ms, options);
}

void ImageClassifier::Close() { task_->Close(); }

LiveStreamStatistics ImageClassifier::live_stream_statistics() const {
  return task_->live_stream_statistics();
}

std::vector<absl::StatusOr<ClassificationResult>> ImageClassifier::ClassifyAll(
    absl::Span<const Image> images, const ImageProcessingOptions& options) {
  return task_->ClassifyAll(images, options);
}

std::vector<std::string> ImageClassifier::labels(int head_index) const {
  return task_->labels(head_index);
}

const std::vector<std::string>& ImageClassifier::assumptions() const {
  return task_->assumptions();
}

const std::vector<CustomMetadata>& ImageClassifier::custom_metadata() const {
  return task_->custom_metadata();
}

}  // namespace edgetasks
