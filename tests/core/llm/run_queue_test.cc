#include "core/llm/run_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace edgetasks::llm {
namespace {

using ::testing::ElementsAre;

constexpr std::chrono::milliseconds kAWhile(20);  // until threads stand in the queue

// Somebody who runs until it is let go.
class Holder {
 public:
  explicit Holder(RunQueue* queue)
      : thread_([this, queue] {
          queue->Run(&member_, [this] {
            holds_ = true;
            while (!free_) std::this_thread::yield();
          });
        }) {
    while (!holds_) std::this_thread::yield();
  }
  void LetGo() {
    std::this_thread::sleep_for(kAWhile);
    free_ = true;
    thread_.join();
  }

 private:
  RunQueue::Member member_;
  std::atomic<bool> holds_{false}, free_{false};
  std::thread thread_;
};

// Members that ask one after the other while somebody holds the queue, and what was run.
class RunQueueTest : public ::testing::Test {
 protected:
  // What `joins` says of each member; the members of each run, in order.
  std::vector<std::vector<int>> Ask(const std::vector<bool>& joins, int max_together) {
    RunQueue queue(max_together);
    std::vector<RunQueue::Member> members(joins.size());
    std::vector<std::vector<int>> runs;
    Holder holder(&queue);
    std::vector<std::thread> threads;
    for (size_t i = 0; i < joins.size(); ++i) {
      threads.emplace_back([&, i] {
        if (!joins[i])
          return queue.Run(&members[i], [&] { runs.push_back({static_cast<int>(i)}); });
        queue.RunTogether(&members[i], [&](RunQueue::Together together) {
          std::vector<int>& run = runs.emplace_back();
          for (const auto* member : together)
            run.push_back(static_cast<int>(member - members.data()));
        });
      });
      std::this_thread::sleep_for(kAWhile);  // in this order
    }
    holder.LetGo();
    for (std::thread& thread : threads) thread.join();
    return runs;
  }
};

TEST_F(RunQueueTest, ThoseWhoWaitJoin) {
  EXPECT_THAT(Ask({true, true, true}, 8), ElementsAre(ElementsAre(0, 1, 2)));
}

TEST_F(RunQueueTest, NoMoreThanAllowed) {
  EXPECT_THAT(Ask({true, true, true, true, true}, 2),
              ElementsAre(ElementsAre(0, 1), ElementsAre(2, 3), ElementsAre(4)));
  EXPECT_THAT(Ask({true, true}, 1), ElementsAre(ElementsAre(0), ElementsAre(1)));
}

// Who runs alone waits for one run of the others, however many of them come.
TEST_F(RunQueueTest, TurnsAreInOrder) {
  EXPECT_THAT(Ask({false, true, false, true}, 8),
              ElementsAre(ElementsAre(0), ElementsAre(1, 3), ElementsAre(2)));
  EXPECT_THAT(Ask({false, false, false}, 8),
              ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2)));
}

TEST_F(RunQueueTest, LetsOneRunAtATime) {
  RunQueue queue(3);
  int64_t count = 0;  // of members in runs
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      RunQueue::Member member;
      for (int i = 0; i < 500; ++i) {
        if (t % 3 == 0) {
          queue.Run(&member, [&] { ++count; });
        } else {
          queue.RunTogether(&member, [&](RunQueue::Together together) {
            EXPECT_LE(together.size(), 3u);
            count += static_cast<int64_t>(together.size());
          });
        }
      }
      queue.Remove(&member);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 6 * 500);
}

// Steps of 20 ms and nothing between: after each has come back once, they wait for each other.
TEST_F(RunQueueTest, ThoseWhoComeBackSoonStayTogether) {
  RunQueue queue(8);
  std::atomic<int> runs{0};
  const auto steps = [&](int count) {
    RunQueue::Member member;
    for (int i = 0; i < count; ++i) {
      queue.RunTogether(&member, [&](RunQueue::Together) {
        ++runs;
        std::this_thread::sleep_for(kAWhile);
      });
    }
    queue.Remove(&member);
  };
  std::thread a(steps, 20), b(steps, 20), c(steps, 20);
  a.join();
  b.join();
  c.join();
  // Together they would be 20, in turns 60. The first are alone; and a busy machine is late.
  EXPECT_LT(runs, 45);
}

// Who went away is waited for once.
TEST_F(RunQueueTest, WhoWentAwayIsWaitedForOnce) {
  RunQueue queue(8);
  RunQueue::Member stays, leaves;
  for (int i = 0; i < 3; ++i) {
    queue.RunTogether(&leaves,
                      [](RunQueue::Together) { std::this_thread::sleep_for(5 * kAWhile); });
  }
  std::vector<RunQueue::Clock::duration> waits;
  for (int i = 0; i < 2; ++i) {
    const RunQueue::Clock::time_point asked = RunQueue::Clock::now();
    queue.RunTogether(&stays, [&](RunQueue::Together together) {
      EXPECT_EQ(together.size(), 1u);
      waits.push_back(RunQueue::Clock::now() - asked);
    });
  }
  EXPECT_GE(waits[0], kAWhile);  // a quarter of a step is at least 25 ms
  EXPECT_LT(waits[1], kAWhile);
}

// A member that is destroyed is expected no more.
TEST_F(RunQueueTest, WhoIsRemovedIsNotWaitedFor) {
  RunQueue queue(8);
  {
    RunQueue::Member leaves;
    for (int i = 0; i < 3; ++i) {
      queue.RunTogether(&leaves,
                        [](RunQueue::Together) { std::this_thread::sleep_for(5 * kAWhile); });
    }
    queue.Remove(&leaves);
  }
  RunQueue::Member stays;
  const RunQueue::Clock::time_point asked = RunQueue::Clock::now();
  queue.RunTogether(
      &stays, [&](RunQueue::Together) { EXPECT_LT(RunQueue::Clock::now() - asked, kAWhile); });
}

}  // namespace
}  // namespace edgetasks::llm
