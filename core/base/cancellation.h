// Tells work under way to end early: because somebody asked, or because its time is up.
#ifndef CORE_BASE_CANCELLATION_H_
#define CORE_BASE_CANCELLATION_H_

#include <atomic>
#include <chrono>

namespace edgetasks {

// Cancel and the questions may be called from any thread at any time.
class Cancellation {
 public:
  using Clock = std::chrono::steady_clock;

  // Without a deadline.
  Cancellation() = default;
  explicit Cancellation(Clock::time_point deadline) : deadline_(deadline) {}

  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }

  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }
  // The deadline is over. Looks at the clock only if there is one.
  bool expired() const {
    return deadline_ != Clock::time_point::max() && Clock::now() >= deadline_;
  }
  bool ShouldStop() const { return cancelled() || expired(); }

 private:
  std::atomic<bool> cancelled_{false};
  const Clock::time_point deadline_ = Clock::time_point::max();
};

}  // namespace edgetasks

#endif  // CORE_BASE_CANCELLATION_H_
