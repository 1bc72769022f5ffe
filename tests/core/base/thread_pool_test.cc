#include "core/base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace edgetasks {
namespace {

using namespace std::chrono_literals;

TEST(ThreadPoolTest, RangesCoverTheLoopOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    for (const int64_t count : {0, 1, 2, 7, 8, 1000}) {
      for (const int64_t min_range : {0, 1, 3, 400}) {
        std::vector<std::atomic<int>> visits(count);
        std::atomic<int> ranges{0};
        pool.ParallelFor(count, min_range, [&](int64_t begin, int64_t end) {
          EXPECT_LT(begin, end);
          ++ranges;
          for (int64_t i = begin; i < end; ++i) ++visits[i];
        });
        for (int64_t i = 0; i < count; ++i) ASSERT_EQ(visits[i], 1) << i << " of " << count;
        EXPECT_LE(ranges, threads);
        if (min_range == 400 && count < 800) {
          EXPECT_LE(ranges, 1);
        }
      }
    }
  }
}

// Results must not depend on which thread is quick.
TEST(ThreadPoolTest, TheSplitIsAlwaysTheSame) {
  ThreadPool pool(3);
  std::set<std::pair<int64_t, int64_t>> first;
  for (int round = 0; round < 200; ++round) {
    std::mutex mutex;
    std::set<std::pair<int64_t, int64_t>> ranges;
    pool.ParallelFor(100, 1, [&](int64_t begin, int64_t end) {
      std::lock_guard<std::mutex> lock(mutex);
      ranges.emplace(begin, end);
    });
    if (round == 0) first = ranges;
    ASSERT_EQ(ranges, first);
  }
  EXPECT_EQ(first.size(), 3u);
}

// Quick loops one after another, with pauses in which the workers go to sleep.
TEST(ThreadPoolTest, NoLoopIsLostBetweenSpinningAndSleeping) {
  ThreadPool pool(2);
  int64_t sum = 0;
  for (int round = 0; round < 20000; ++round) {
    std::atomic<int64_t> part{0};
    pool.ParallelFor(2, 1, [&](int64_t begin, int64_t end) { part += end - begin; });
    sum += part;
    if (round % 2000 == 0) std::this_thread::sleep_for(2ms);
    if (round % 500 == 0) std::this_thread::sleep_for(50us);  // as long as they spin
  }
  EXPECT_EQ(sum, 40000);
}

TEST(ThreadPoolTest, AllThreadsWorkAtOnce) {
  ThreadPool pool(4);
  std::atomic<int> arrived{0};
  // Each range waits for the others: one thread alone would wait for ever.
  pool.ParallelFor(4, 1, [&](int64_t, int64_t) {
    ++arrived;
    while (arrived < 4) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 4);
}

TEST(ThreadPoolTest, CallersTakeTurns) {
  ThreadPool pool(2);
  std::atomic<int> inside{0}, most{0};
  std::atomic<int64_t> total{0};
  const auto caller = [&] {
    for (int round = 0; round < 500; ++round) {
      std::atomic<bool> entered{false};
      pool.ParallelFor(2, 1, [&](int64_t begin, int64_t end) {
        if (!entered.exchange(true)) {
          const int now = ++inside;
          int before = most;
          while (now > before && !most.compare_exchange_weak(before, now)) {
          }
          --inside;
        }
        total += end - begin;
      });
    }
  };
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) callers.emplace_back(caller);
  for (std::thread& thread : callers) thread.join();
  EXPECT_EQ(total, 4 * 500 * 2);
  EXPECT_EQ(most, 1);
}

TEST(ThreadPoolTest, ASlowWorkerIsWaitedFor) {
  ThreadPool pool(2);
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> finished{0};
    pool.ParallelFor(2, 1, [&](int64_t begin, int64_t) {
      if (begin == 1) std::this_thread::sleep_for(3ms);  // longer than the caller spins
      ++finished;
    });
    EXPECT_EQ(finished, 2);
  }
}

TEST(ThreadPoolTest, PoolsComeAndGo) {
  for (int round = 0; round < 200; ++round) {
    ThreadPool pool(1 + round % 4);
    if (round % 3 == 0) continue;  // never used
    std::atomic<int64_t> sum{0};
    pool.ParallelFor(10, 1, [&](int64_t begin, int64_t end) { sum += end - begin; });
    EXPECT_EQ(sum, 10);
  }
}

}  // namespace
}  // namespace edgetasks
