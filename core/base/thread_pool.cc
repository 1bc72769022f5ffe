#include "core/base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <system_error>

namespace edgetasks {
namespace {

// The loops of a model follow one another within microseconds, which is less than it takes to wake
// a thread: those that wait look around for this long before they sleep.
constexpr std::chrono::microseconds kSpin{50};
// Looks between two glances at the clock: about a microsecond.
constexpr int kLooks = 64;
// After so many glances a thread that looks around lets others of its processor run, once: a new
// thread begins on that of its maker, and there keeps from working whom it waits for. (More often
// costs the other half of a processor that runs two threads.)
constexpr int kRoundsAlone = 10;

// Tells the processor that this thread is waiting for another one.
inline void Relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ __volatile__("yield");
#endif
}

// A loop's state in one number, so that a range is claimed in one step: the loop's generation, how
// many ranges it has, and which is next.
constexpr uint64_t kNextMask = 0xFFFF;
constexpr int kCountShift = 16, kGenerationShift = 32;
constexpr int kMaxRanges = 0x7FFF;

int NextOf(uint64_t claims) { return static_cast<int>(claims & kNextMask); }
int CountOf(uint64_t claims) { return static_cast<int>((claims >> kCountShift) & kNextMask); }

}  // namespace

int ThreadPool::DefaultNumThreads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

ThreadPool::ThreadPool(int num_threads) {
  const int processors = DefaultNumThreads();
  if (num_threads < 1) num_threads = processors;
  num_threads = std::min(num_threads, kMaxRanges);
  // Where threads share processors, one that looks around keeps another from working.
  spins_ = num_threads <= processors;
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

bool ThreadPool::RunNextRange(int thread) {
  uint64_t claims = claims_.load();
  do {
    if (NextOf(claims) >= CountOf(claims)) return false;
  } while (!claims_.compare_exchange_weak(claims, claims + 1));
  // From here until done_ counts this range, the loop cannot end: its fields are as they were when
  // claims_ was set.
  const int64_t index = NextOf(claims), ranges = CountOf(claims);
  const int64_t begin = count_ * index / ranges, end = count_ * (index + 1) / ranges;
  if (begin < end && range_observer_ == nullptr) (*body_)(begin, end);
  if (begin < end && range_observer_ != nullptr) RunObserved(thread, begin, end);
  if (done_.fetch_add(1) + 1 == ranges && caller_sleeps_.load()) {
    std::lock_guard<std::mutex> lock(mutex_);
    work_done_.notify_one();
  }
  return true;
}

void ThreadPool::RunObserved(int thread, int64_t begin, int64_t end) const {
  const RangeObserver::Clock::time_point start = RangeObserver::Clock::now();
  (*body_)(begin, end);
  range_observer_->OnRange(thread, start, RangeObserver::Clock::now());
}

template <typename Condition>
bool ThreadPool::SpinUntil(const Condition& condition) const {
  if (!spins_) return condition();
  const auto end = std::chrono::steady_clock::now() + kSpin;
  int rounds = 0;
  do {
    for (int i = 0; i < kLooks; ++i) {
      if (condition()) return true;
      Relax();
    }
    if (++rounds == kRoundsAlone) std::this_thread::yield();
  } while (std::chrono::steady_clock::now() < end);
  return false;
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
  body_ = &body;
  count_ = count;
  done_.store(0);
  ++generation_;
  claims_.store(generation_ << kGenerationShift | static_cast<uint64_t>(num_ranges) << kCountShift);
  if (sleepers_.load() > 0) {
    std::lock_guard<std::mutex> lock(mutex_);
    work_ready_.notify_all();
  }
  // A worker that is late finds its range taken: nobody waits for a thread to wake up.
  while (RunNextRange(0)) {
  }
  const auto is_done = [&] { return done_.load() == num_ranges; };
  if (SpinUntil(is_done)) return;
  std::unique_lock<std::mutex> lock(mutex_);
  caller_sleeps_.store(true);
  work_done_.wait(lock, is_done);
  caller_sleeps_.store(false);
}

void ThreadPool::WorkerMain(int thread) {
  const auto is_work = [this] {
    const uint64_t claims = claims_.load();
    return NextOf(claims) < CountOf(claims);
  };
  while (true) {
    if (SpinUntil([&] { return is_work() || stopping_.load(); })) {
      if (stopping_.load()) return;
      RunNextRange(thread);
      continue;
    }
    std::unique_lock<std::mutex> lock(mutex_);
    // Either this sees the caller's new work, or the caller sees a sleeper and wakes it.
    sleepers_.fetch_add(1);
    work_ready_.wait(lock, [&] { return is_work() || stopping_.load(); });
    sleepers_.fetch_sub(1);
  }
}

}  // namespace edgetasks
