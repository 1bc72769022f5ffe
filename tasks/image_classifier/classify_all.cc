// ImageClassifierTask::ClassifyAll: threads across pictures instead of inside of one.
#include <algorithm>
#include <atomic>
#include <utility>

#include "tasks/image_classifier/image_classifier_task.h"

namespace edgetasks::tasks {

void ImageClassifierTask::CreateLanes(int wanted) {
  while (static_cast<int>(lanes_.size()) < wanted) {
    std::unique_ptr<ImageClassifierTask> lane(new ImageClassifierTask(file_, converter_));
    lane->heads_ = heads_;
    if (!lane->CreateRunner(1).ok()) return;
    lanes_.push_back(std::move(lane));
  }
}

std::vector<absl::StatusOr<ClassificationResult>> ImageClassifierTask::ClassifyAll(
    absl::Span<const Image> images, const ImageProcessingOptions& options) {
  const auto count = static_cast<int64_t>(images.size());
  std::vector<absl::StatusOr<ClassificationResult>> results(images.size());
  if (const absl::Status status = CheckCall(RunningMode::kImage, "ClassifyAll"); !status.ok()) {
    std::fill(results.begin(), results.end(), status);
    return results;
  }
  int num_lanes = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const int wanted = static_cast<int>(std::min<int64_t>(engine_->pool.num_threads(), count));
    if (wanted > 1) CreateLanes(wanted);
    num_lanes = std::min(wanted, static_cast<int>(lanes_.size()));
    if (num_lanes > 1 && !closed_) {
      // Each lane takes the next picture, whatever those before it cost.
      std::atomic<int64_t> next{0};
      engine_->pool.ParallelFor(num_lanes, 1, [&](int64_t begin, int64_t end) {
        for (int64_t lane = begin; lane < end; ++lane) {
          for (int64_t i = next++; i < count; i = next++) {
            results[i] = lanes_[lane]->Classify(images[i], options);
          }
        }
      });
      return results;
    }
  }
  // One picture, one thread, or no memory for lanes: as the caller would do it.
  for (int64_t i = 0; i < count; ++i) results[i] = Classify(images[i], options);
  return results;
}

}  // namespace edgetasks::tasks
