#include "core/llm/fair_mutex.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace edgetasks::llm {
namespace {

TEST(FairMutexTest, LetsOneThreadInAtATime) {
  FairMutex mutex;
  int64_t count = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        std::lock_guard<FairMutex> guard(mutex);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 2000);
}

// A thread that takes the mutex again and again cannot keep another one out.
TEST(FairMutexTest, ServesWaitersInTurn) {
  FairMutex mutex;
  std::atomic<bool> waiting{false}, served{false};
  mutex.lock();
  std::thread other([&] {
    waiting = true;
    std::lock_guard<FairMutex> guard(mutex);
    served = true;
  });
  while (!waiting) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // until it stands in the queue
  mutex.unlock();
  mutex.lock();
  EXPECT_TRUE(served);
  mutex.unlock();
  other.join();
}

}  // namespace
}  // namespace edgetasks::llm
