// A fixed set of worker threads that split one loop at a time.
#ifndef CORE_BASE_THREAD_POOL_H_
#define CORE_BASE_THREAD_POOL_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"

namespace edgetasks {

// One pool serves one engine. ParallelFor may be called from any thread; calls from several threads
// take turns. A loop body must not call ParallelFor of the same pool.
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

 private:
  struct Loop;
  void WorkerMain(int worker_index);

  std::vector<std::thread> workers_;
  std::mutex caller_mutex_;  // held by the thread whose loop is running
  std::mutex mutex_;         // guards all below
  std::condition_variable work_ready_;
  std::condition_variable work_done_;
  const Loop* loop_ = nullptr;
  uint64_t generation_ = 0;
  int pending_ = 0;
  bool stopping_ = false;
};

}  // namespace edgetasks

#endif  // CORE_BASE_THREAD_POOL_H_
