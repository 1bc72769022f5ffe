// A fixed set of worker threads that split one loop at a time.
#ifndef CORE_BASE_THREAD_POOL_H_
#define CORE_BASE_THREAD_POOL_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"

namespace edgetasks {

// Is told of the ranges of loops that were split. Calls come from the threads of the pool, from
// each only one at a time.
class RangeObserver {
 public:
  using Clock = std::chrono::steady_clock;
  virtual ~RangeObserver() = default;
  // `thread`: 0 is the one that called ParallelFor, the others count from 1.
  virtual void OnRange(int thread, Clock::time_point begin, Clock::time_point end) = 0;
};

// One pool serves one engine. ParallelFor may be called from any thread; calls from several threads
// take turns. A loop body must not call ParallelFor of the same pool. Threads that wait look around
// for some microseconds before they sleep, unless there are more of them than processors.
class ThreadPool {
 public:
  // `num_threads` counts the calling thread too: 1 runs everything inline, without workers.
  // Values below 1 mean DefaultNumThreads(). If the system refuses a thread, the pool is smaller.
  explicit ThreadPool(int num_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int num_threads() const { return static_cast<int>(workers_.size()) + 1; }

  // The processors that this process may run on.
  static int DefaultNumThreads();

  // Calls body(begin, end) for disjoint ranges that cover [0, count), and returns when all are
  // done. Ranges hold at least `min_range` items (the last may be shorter), so that small loops
  // stay on the calling thread. The split depends only on count, min_range and num_threads().
  void ParallelFor(int64_t count, int64_t min_range,
                   absl::FunctionRef<void(int64_t begin, int64_t end)> body);

  // Null: nobody, and nothing is measured. Not while a loop runs.
  void SetRangeObserver(RangeObserver* observer) { range_observer_ = observer; }

 private:
  void WorkerMain(int thread);
  // Claims a range of the present loop and runs it; false if none is left.
  bool RunNextRange(int thread);
  void RunObserved(int thread, int64_t begin, int64_t end) const;
  // Looks for the condition for a short time; whether it came.
  template <typename Condition>
  bool SpinUntil(const Condition& condition) const;

  std::vector<std::thread> workers_;
  bool spins_ = false;
  std::mutex caller_mutex_;  // held by the thread whose loop is running

  // The loop: written by its caller before claims_, which publishes it.
  const absl::FunctionRef<void(int64_t, int64_t)>* body_ = nullptr;
  int64_t count_ = 0;
  uint64_t generation_ = 0;
  RangeObserver* range_observer_ = nullptr;  // read only by who has claimed a range
  std::atomic<uint64_t> claims_{0};          // generation, number of ranges, next range
  std::atomic<int64_t> done_{0};             // ranges that were run

  std::mutex mutex_;  // held to sleep and to wake
  std::condition_variable work_ready_;
  std::condition_variable work_done_;
  std::atomic<int> sleepers_{0};
  std::atomic<bool> caller_sleeps_{false};
  std::atomic<bool> stopping_{false};
};

}  // namespace edgetasks

#endif  // CORE_BASE_THREAD_POOL_H_
