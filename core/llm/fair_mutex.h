// A mutex that serves its waiters in the order in which they came.
#ifndef CORE_LLM_FAIR_MUTEX_H_
#define CORE_LLM_FAIR_MUTEX_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace edgetasks::llm {

// For steps of milliseconds that several sessions take in turn: a std::mutex lets the thread that
// just released it take it again at once, and the others starve. Where nobody waits, it is taken
// and released without a lock of the system. Use with std::lock_guard.
class FairMutex {
 public:
  void lock() {
    const uint64_t ticket = next_ticket_.fetch_add(1);
    if (serving_.load() == ticket) return;
    std::unique_lock<std::mutex> guard(mutex_);
    turn_.wait(guard, [&] { return serving_.load() == ticket; });
  }
  void unlock() {
    const uint64_t next = serving_.load() + 1;  // only the holder changes it
    serving_.store(next);
    // Whoever drew a ticket before this load may be asleep, or about to be: it looks at serving_
    // under the mutex. Whoever draws one later finds serving_ as it was just set.
    if (next_ticket_.load() == next) return;
    { std::lock_guard<std::mutex> guard(mutex_); }
    turn_.notify_all();
  }

 private:
  std::atomic<uint64_t> next_ticket_{0}, serving_{0};
  std::mutex mutex_;
  std::condition_variable turn_;
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_FAIR_MUTEX_H_
