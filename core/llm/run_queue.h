// Who runs a model next, where several contexts want to: in turns, and together where they can.
#ifndef CORE_LLM_RUN_QUEUE_H_
#define CORE_LLM_RUN_QUEUE_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"

namespace edgetasks::llm {

// Runs are served in the order in which they were asked for. A run that others may join (a decode
// step) takes along those of its kind that wait by then, up to `max_together`: so nobody waits for
// more than one run of each of the others. (A plain mutex would let the thread that just released
// it take it again at once, and the others starve.)
//
// Who just made a step comes back soon, after choosing a token: the next step waits for it, but
// only where it came back soon the last time, and for at most a quarter of a step. So sessions
// whose steps take much longer than what is between them stay together; a session that went away
// costs the others that quarter once; and one alone never waits.
//
// Thread safe. Allocates only where more contexts wait than ever before.
class RunQueue {
 public:
  using Clock = std::chrono::steady_clock;

  // One context, as the queue knows it. Asks for one run at a time.
  class Member {
   public:
    Member() = default;
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

   private:
    friend class RunQueue;
    enum class State { kWaiting, kLeads, kDone };

    State state = State::kDone;
    bool joins = false;      // while it waits: for a run that others may join
    bool prompt = false;     // came back soon the last time
    bool expected = false;   // is between two steps, and was prompt
    Clock::time_point left;  // the end of its last step
    std::condition_variable turn;
  };
  using Together = absl::Span<Member* const>;

  // max_together >= 1.
  explicit RunQueue(int max_together);

  // Not while a member waits or runs.
  void SetMaxTogether(int max_together);

  // Calls `run` on this thread when it is the member's turn, alone.
  void Run(Member* member, absl::FunctionRef<void()> run);

  // Returns after somebody's `run` was called with this member among others, or this one's on this
  // thread with it and those who joined.
  void RunTogether(Member* member, absl::FunctionRef<void(Together)> run);

  // Before a member is destroyed, that does not wait.
  void Remove(Member* member);

 private:
  using Lock = std::unique_lock<std::mutex>;
  void Enter(Member* member, bool joins, Lock& lock);
  void Gather(Member* leader, Lock& lock);
  void TakeAlong(Member* leader);
  void Expect(Clock::time_point now);
  void NoLongerExpected(Member* member);
  void HandOver();
  bool Complete() const;

  size_t max_together_;
  std::mutex mutex_;
  bool busy_ = false;              // somebody leads
  std::vector<Member*> waiting_;   // the first came first
  size_t joining_ = 0;             // of these: for a run that others may join
  std::vector<Member*> together_;  // who is in the present run
  std::vector<Member*> expected_;
  Member* gathering_ = nullptr;  // leads, and waits for others
  Clock::duration patience_{0};
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_RUN_QUEUE_H_
