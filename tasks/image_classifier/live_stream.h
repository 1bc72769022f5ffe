// Frames of a camera: one at a time on a thread of its own, and those that come meanwhile dropped.
#ifndef TASKS_IMAGE_CLASSIFIER_LIVE_STREAM_H_
#define TASKS_IMAGE_CLASSIFIER_LIVE_STREAM_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tasks/components/category.h"
#include "tasks/image_classifier/running_mode.h"

namespace edgetasks::tasks {

// The times of a stream's frames. Not thread safe.
class FrameClock {
 public:
  // INVALID_ARGUMENT (kBadValue) unless the time is 0 or more, and later than that of the last call
  // that was OK.
  absl::Status Advance(int64_t timestamp_ms);

 private:
  int64_t last_ms_ = -1;
};

// Thread safe. Only one frame is under way at any time, so results come in the order of time.
class LiveStream {
 public:
  // `run` classifies the frame that `prepare` (below) put where it finds it. Both are called by one
  // thread at a time, and never at the same time. RESOURCE_EXHAUSTED (kOutOfMemory) if the system
  // gives no thread.
  static absl::StatusOr<std::unique_ptr<LiveStream>> Create(
      std::function<absl::StatusOr<ClassificationResult>()> run, ResultCallback callback);

  // As Close. Not in the callback.
  ~LiveStream();
  LiveStream(const LiveStream&) = delete;
  LiveStream& operator=(const LiveStream&) = delete;

  // Takes a frame and returns; or, while another one is under way, counts it as dropped.
  // FAILED_PRECONDITION (kClosed); FrameClock's errors; and those of `prepare`, which is called
  // before this returns, if at all: a frame that it refuses is none.
  absl::Status Offer(int64_t timestamp_ms, absl::FunctionRef<absl::Status()> prepare);

  // Takes no more frames. Waits until the one under way was delivered, but not in the callback.
  void Close();

  LiveStreamStatistics statistics() const;

 private:
  enum class State {
    kIdle,
    kPreparing,  // a caller of Offer fills the model's input
    kReady,      // for the thread, until the callback has returned
  };

  LiveStream(std::function<absl::StatusOr<ClassificationResult>()> run, ResultCallback callback)
      : run_(std::move(run)), callback_(std::move(callback)) {}
  void Loop();
  // False if the frame failed, or the callback threw.
  bool Deliver(int64_t timestamp_ms);

  const std::function<absl::StatusOr<ClassificationResult>()> run_;
  const ResultCallback callback_;
  mutable std::mutex mutex_;  // guards what follows, but thread_
  std::condition_variable changed_;
  State state_ = State::kIdle;
  bool closed_ = false;
  FrameClock clock_;
  int64_t time_ms_ = 0;  // of the frame under way
  LiveStreamStatistics statistics_;
  std::thread thread_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_IMAGE_CLASSIFIER_LIVE_STREAM_H_
