// A mutex that serves its waiters in the order in which they came.
#ifndef CORE_LLM_FAIR_MUTEX_H_
#define CORE_LLM_FAIR_MUTEX_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace edgetasks::llm {

// For steps of milliseconds that several sessions take in turn: a std::mutex lets the thread that
// just released it take it again at once, and the others starve. Use with std::lock_guard.
class FairMutex {
 public:
  void lock() {
    std::unique_lock<std::mutex> guard(mutex_);
    const uint64_t ticket = next_ticket_++;
    turn_.wait(guard, [&] { return ticket == serving_; });
  }
  void unlock() {
    {
      std::lock_guard<std::mutex> guard(mutex_);
      ++serving_;
    }
    turn_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable turn_;
  uint64_t next_ticket_ = 0, serving_ = 0;
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_FAIR_MUTEX_H_
