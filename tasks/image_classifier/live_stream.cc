#include "tasks/image_classifier/live_stream.h"

#include <system_error>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::tasks {

absl::Status FrameClock::Advance(int64_t timestamp_ms) {
  if (timestamp_ms > last_ms_) {
    last_ms_ = timestamp_ms;
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kInvalidArgument, ErrorDetail::kBadValue,
      last_ms_ < 0 ? absl::StrCat("timestamp_ms is ", timestamp_ms, "; it must be 0 or more")
                   : absl::StrCat("timestamp_ms is ", timestamp_ms,
                                  "; it must be later than that of the frame before, ", last_ms_));
}

absl::StatusOr<std::unique_ptr<LiveStream>> LiveStream::Create(
    std::function<absl::StatusOr<ClassificationResult>()> run, ResultCallback callback) {
  std::unique_ptr<LiveStream> stream(new LiveStream(std::move(run), std::move(callback)));
  try {
    stream->thread_ = std::thread([raw = stream.get()] { raw->Loop(); });
  } catch (const std::system_error&) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kOutOfMemory,
                     "the system gives no thread for the live stream; use RunningMode::kVideo");
  }
  return stream;
}

LiveStream::~LiveStream() {
  Close();
  if (thread_.joinable()) thread_.join();
}

absl::Status LiveStream::Offer(int64_t timestamp_ms, absl::FunctionRef<absl::Status()> prepare) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) {
      return MakeError(absl::StatusCode::kFailedPrecondition, ErrorDetail::kClosed,
                       "the classifier is closed");
    }
    ET_RETURN_IF_ERROR(clock_.Advance(timestamp_ms));
    ++statistics_.frames;
    if (state_ != State::kIdle) {
      ++statistics_.dropped;
      return absl::OkStatus();
    }
    state_ = State::kPreparing;
    time_ms_ = timestamp_ms;
  }
  const absl::Status prepared = prepare();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!prepared.ok()) --statistics_.frames;
  state_ = prepared.ok() ? State::kReady : State::kIdle;
  changed_.notify_all();
  return prepared;
}

void LiveStream::Close() {
  std::unique_lock<std::mutex> lock(mutex_);
  closed_ = true;
  changed_.notify_all();
  if (std::this_thread::get_id() == thread_.get_id()) return;
  changed_.wait(lock, [this] { return state_ == State::kIdle; });
}

LiveStreamStatistics LiveStream::statistics() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return statistics_;
}

void LiveStream::Loop() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(
        lock, [this] { return state_ == State::kReady || (closed_ && state_ == State::kIdle); });
    if (state_ != State::kReady) return;
    const int64_t timestamp_ms = time_ms_;
    lock.unlock();
    const bool delivered = Deliver(timestamp_ms);
    lock.lock();
    ++(delivered ? statistics_.results : statistics_.errors);
    state_ = State::kIdle;
    changed_.notify_all();
  }
}

bool LiveStream::Deliver(int64_t timestamp_ms) {
  absl::StatusOr<ClassificationResult> result = run_();
  const bool ok = result.ok();
  if (ok) result->timestamp_ms = timestamp_ms;
  try {
    callback_(std::move(result), timestamp_ms);
  } catch (...) {
    return false;  // whatever it was, the next frame is another one
  }
  return ok;
}

}  // namespace edgetasks::tasks
