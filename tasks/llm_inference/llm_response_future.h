// The handle of a response that another thread generates.
#ifndef TASKS_LLM_INFERENCE_LLM_RESPONSE_FUTURE_H_
#define TASKS_LLM_INFERENCE_LLM_RESPONSE_FUTURE_H_

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "core/base/cancellation.h"
#include "tasks/llm_inference/llm_inference_result.h"

namespace edgetasks::tasks {

// Copies share one response. Thread safe. It may outlive its session, whose destruction cancels and
// completes the response.
class LlmResponseFuture {
 public:
  bool IsDone() const;

  // Blocks until the response is complete, at most `timeout`; false if it is not complete then, and
  // at once on the thread that calls the progress callback, which would wait for itself.
  bool WaitFor(std::chrono::milliseconds timeout) const;

  // Blocks until the response is complete, and returns it or its error. FAILED_PRECONDITION (kBusy)
  // at once on the thread that calls the progress callback.
  absl::StatusOr<LlmResponse> Get() const;

  // Asks to end this response (no later one); it completes with what it has, kCancelled. Never
  // blocks; nothing happens if it is complete.
  void Cancel();

 private:
  friend class LlmSessionTask;
  struct State {
    std::mutex mutex;
    std::condition_variable completed;
    std::optional<absl::StatusOr<LlmResponse>> result;
    std::thread::id worker;
    std::shared_ptr<Cancellation> cancel;

    void Complete(absl::StatusOr<LlmResponse> value);
  };
  explicit LlmResponseFuture(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_LLM_RESPONSE_FUTURE_H_
