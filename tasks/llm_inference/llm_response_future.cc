#include "tasks/llm_inference/llm_response_future.h"

#include "core/base/error.h"

namespace edgetasks::tasks {

void LlmResponseFuture::State::Complete(absl::StatusOr<LlmResponse> value) {
  {
    std::lock_guard<std::mutex> guard(mutex);
    result = std::move(value);
  }
  completed.notify_all();
}

bool LlmResponseFuture::IsDone() const {
  std::lock_guard<std::mutex> guard(state_->mutex);
  return state_->result.has_value();
}

bool LlmResponseFuture::WaitFor(std::chrono::milliseconds timeout) const {
  std::unique_lock<std::mutex> guard(state_->mutex);
  if (std::this_thread::get_id() == state_->worker) return state_->result.has_value();
  return state_->completed.wait_for(guard, timeout, [&] { return state_->result.has_value(); });
}

absl::StatusOr<LlmResponse> LlmResponseFuture::Get() const {
  std::unique_lock<std::mutex> guard(state_->mutex);
  if (!state_->result.has_value() && std::this_thread::get_id() == state_->worker) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorDetail::kBusy,
                     "the progress callback cannot wait for the response that calls it");
  }
  state_->completed.wait(guard, [&] { return state_->result.has_value(); });
  return *state_->result;
}

void LlmResponseFuture::Cancel() { state_->cancel->Cancel(); }

}  // namespace edgetasks::tasks
