// How a classifier is fed, and who hears of the results.
#ifndef TASKS_IMAGE_CLASSIFIER_RUNNING_MODE_H_
#define TASKS_IMAGE_CLASSIFIER_RUNNING_MODE_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "tasks/components/category.h"

namespace edgetasks {

/// Each mode has its method; those of the other modes refuse.
enum class RunningMode {
  kImage = 0,       ///< single pictures: Classify and ClassifyAll return results
  kVideo = 1,       ///< frames of a video, in the order of time: ClassifyForVideo returns results
  kLiveStream = 2,  ///< frames of a camera: ClassifyAsync returns at once, a callback gets results
};

/// Gets the result of each frame that was not dropped, or its error, with the frame's time in
/// milliseconds: one call at a time, in the order of time, on a thread of the classifier's. The
/// next frame waits for it to return, and those after that are dropped: it should be quick. It may
/// call all methods; ClassifyAsync then drops its frame, and Close does not wait. It must not
/// destroy the classifier. What it throws is caught, and counted as an error.
using ResultCallback =
    std::function<void(absl::StatusOr<ClassificationResult> result, int64_t timestamp_ms)>;

/// What became of a live stream's frames. frames = results + errors + dropped, and one more while a
/// frame is under way.
struct LiveStreamStatistics {
  int64_t frames = 0;   ///< that ClassifyAsync took: it returned OK
  int64_t results = 0;  ///< delivered to the callback, which returned
  int64_t errors = 0;   ///< delivered as errors, or the callback threw
  int64_t dropped = 0;  ///< came while another frame was under way; nobody is told of them
};

}  // namespace edgetasks

#endif  // TASKS_IMAGE_CLASSIFIER_RUNNING_MODE_H_
