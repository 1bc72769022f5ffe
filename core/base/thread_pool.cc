#include "core/base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <system_error>

namespace edgetasks {

struct ThreadPool::Loop {
  absl::FunctionRef<void(int64_t, int64_t)> body;
  int64_t count;
  int64_t num_ranges;

  void RunRange(int64_t index) const {
    const int64_t begin = count * index / num_ranges;
    const int64_t end = count * (index + 1) / num_ranges;
    if (begin < end) body(begin, end);
  }
};

int ThreadPool::DefaultNumThreads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

ThreadPool::ThreadPool(int num_threads) {
  if (num_threads < 1) num_threads = DefaultNumThreads();
  workers_.reserve(num_threads - 1);
  for (int i = 1; i < num_threads; ++i) {
    try {
      workers_.emplace_back([this, i] { WorkerMain(i); });
    } catch (const std::system_error&) {
      break;  // fewer threads than wished for: slower, not wrong
    }
  }
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  work_ready_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::ParallelFor(int64_t count, int64_t min_range,
                             absl::FunctionRef<void(int64_t, int64_t)> body) {
  if (count <= 0) return;
  const int64_t wanted = count / std::max<int64_t>(1, min_range);
  const int64_t num_ranges = std::clamp<int64_t>(wanted, 1, num_threads());
  if (num_ranges == 1) {
    body(0, count);
    return;
  }
  std::lock_guard<std::mutex> turn(caller_mutex_);
  const Loop loop{body, count, num_ranges};
  {
    std::lock_guard<std::mutex> lock(mutex_);
    loop_ = &loop;
    ++generation_;
    pending_ = static_cast<int>(workers_.size());
  }
  work_ready_.notify_all();
  loop.RunRange(0);
  std::unique_lock<std::mutex> lock(mutex_);
  work_done_.wait(lock, [this] { return pending_ == 0; });
  loop_ = nullptr;
}

void ThreadPool::WorkerMain(int worker_index) {
  uint64_t seen = 0;
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    work_ready_.wait(lock, [&] { return stopping_ || generation_ != seen; });
    if (stopping_) return;
    seen = generation_;
    const Loop* loop = loop_;
    lock.unlock();
    if (worker_index < loop->num_ranges) loop->RunRange(worker_index);
    lock.lock();
    if (--pending_ == 0) work_done_.notify_one();
  }
}

}  // namespace edgetasks
