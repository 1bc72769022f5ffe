#include "core/llm/run_queue.h"

#include <algorithm>

namespace edgetasks::llm {
namespace {

// Of a step: how long it waits for those who are expected.
constexpr int kPatienceParts = 4;
// A thread takes so long to fall asleep and wake that waiting for less gains nothing.
constexpr std::chrono::microseconds kLeastPatience(50);
// Contexts that are allowed for without allocating.
constexpr size_t kUsualContexts = 64;

}  // namespace

RunQueue::RunQueue(int max_together) {
  SetMaxTogether(max_together);
  waiting_.reserve(kUsualContexts);
  expected_.reserve(kUsualContexts);
}

void RunQueue::SetMaxTogether(int max_together) {
  Lock lock(mutex_);
  max_together_ = static_cast<size_t>(max_together);
  together_.reserve(max_together_);
}

void RunQueue::Run(Member* member, absl::FunctionRef<void()> run) {
  Lock lock(mutex_);
  Enter(member, false, lock);
  lock.unlock();
  run();
  lock.lock();
  HandOver();
}

void RunQueue::RunTogether(Member* member, absl::FunctionRef<void(Together)> run) {
  Lock lock(mutex_);
  Enter(member, true, lock);
  if (member->state == Member::State::kDone) return;  // somebody took it along
  if (!Complete()) Gather(member, lock);
  TakeAlong(member);
  lock.unlock();
  const Clock::time_point begin = Clock::now();
  run(together_);  // only who leads changes it
  const Clock::time_point end = Clock::now();
  lock.lock();
  patience_ = (end - begin) / kPatienceParts;
  Expect(end);
  for (Member* other : together_) {
    if (other == member) continue;
    other->state = Member::State::kDone;
    other->turn.notify_one();
  }
  HandOver();
}

void RunQueue::Remove(Member* member) {
  Lock lock(mutex_);
  NoLongerExpected(member);
}

// Returns when the member leads, or, where it joins, was taken along.
void RunQueue::Enter(Member* member, bool joins, Lock& lock) {
  if (joins) member->prompt = Clock::now() - member->left < patience_;
  NoLongerExpected(member);
  if (!busy_) {
    busy_ = true;
    member->state = Member::State::kLeads;
    return;
  }
  member->state = Member::State::kWaiting;
  member->joins = joins;
  waiting_.push_back(member);
  if (joins) ++joining_;
  if (gathering_ != nullptr && Complete()) gathering_->turn.notify_one();
  member->turn.wait(lock, [&] { return member->state != Member::State::kWaiting; });
}

// Nobody else can come who is expected, or could be taken along.
bool RunQueue::Complete() const { return expected_.empty() || joining_ + 1 >= max_together_; }

void RunQueue::Gather(Member* leader, Lock& lock) {
  gathering_ = leader;
  const bool complete = leader->turn.wait_for(lock, patience_, [&] { return Complete(); });
  gathering_ = nullptr;
  if (complete) return;
  while (!expected_.empty()) NoLongerExpected(expected_.back());
}

void RunQueue::TakeAlong(Member* leader) {
  together_.clear();
  together_.push_back(leader);
  const auto taken = [&](Member* member) {
    if (!member->joins || together_.size() == max_together_) return false;
    together_.push_back(member);
    --joining_;
    return true;
  };
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), taken), waiting_.end());
}

// Those who made a step will be back.
void RunQueue::Expect(Clock::time_point now) {
  for (Member* member : together_) {
    member->left = now;
    if (!member->prompt) continue;
    member->expected = true;
    expected_.push_back(member);
  }
}

void RunQueue::NoLongerExpected(Member* member) {
  if (!member->expected) return;
  member->expected = false;
  expected_.erase(std::find(expected_.begin(), expected_.end(), member));
  if (gathering_ != nullptr && Complete()) gathering_->turn.notify_one();
}

void RunQueue::HandOver() {
  busy_ = !waiting_.empty();
  if (!busy_) return;
  Member* next = waiting_.front();
  waiting_.erase(waiting_.begin());
  if (next->joins) --joining_;
  next->state = Member::State::kLeads;
  next->turn.notify_one();
}

}  // namespace edgetasks::llm
