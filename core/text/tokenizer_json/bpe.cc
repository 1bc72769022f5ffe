#include "core/text/tokenizer_json/bpe.h"

#include <algorithm>
#include <queue>

#include "absl/hash/hash.h"

namespace edgetasks::text::tokenizer_json {
namespace {

uint64_t PairOf(int32_t left, int32_t right) {
  return (static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32) | static_cast<uint32_t>(right);
}

struct Symbol {
  int32_t id;  // kGone: was joined to the one before
  int32_t previous, next;
};
constexpr int32_t kGone = -1;

struct Candidate {
  uint32_t rank;
  int32_t position;
  int32_t id;
  // For a queue whose top is the lowest rank, of equal ones the leftmost.
  bool operator<(const Candidate& other) const {
    return rank != other.rank ? rank > other.rank : position > other.position;
  }
};

}  // namespace

MergeTable::MergeTable(size_t capacity) {
  size_t slots = 16;
  while (slots < 2 * capacity) slots *= 2;
  slots_.resize(slots);
}

void MergeTable::Add(int32_t left, int32_t right, Merge merge) {
  Slot& slot = slots_[SlotOf(PairOf(left, right))];
  slot.pair = PairOf(left, right);
  slot.merge = merge;
}

const Merge* MergeTable::Find(int32_t left, int32_t right) const {
  const Slot& slot = slots_[SlotOf(PairOf(left, right))];
  return slot.pair == kFree ? nullptr : &slot.merge;
}

size_t MergeTable::SlotOf(uint64_t pair) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = absl::Hash<uint64_t>()(pair) & mask;
  while (slots_[slot].pair != kFree && slots_[slot].pair != pair) slot = (slot + 1) & mask;
  return slot;
}

void ApplyMerges(const MergeTable& merges, std::vector<int32_t>* symbols) {
  const auto count = static_cast<int32_t>(symbols->size());
  std::vector<Symbol> list(symbols->size());
  for (int32_t i = 0; i < count; ++i) {
    list[i] = {(*symbols)[i], i - 1, i + 1 < count ? i + 1 : -1};
  }
  std::vector<Candidate> heap;
  const auto offer = [&](int32_t position) {
    const Merge* merge = merges.Find(list[position].id, list[list[position].next].id);
    if (merge == nullptr) return;
    heap.push_back({merge->rank, position, merge->id});
    std::push_heap(heap.begin(), heap.end());
  };
  for (int32_t i = 0; i + 1 < count; ++i) offer(i);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end());
    const Candidate best = heap.back();
    heap.pop_back();
    Symbol& left = list[best.position];
    if (left.id == kGone || left.next < 0) continue;
    // An entry is out of date if its neighbours have become others that do not make the same.
    const Merge* merge = merges.Find(left.id, list[left.next].id);
    if (merge == nullptr || merge->id != best.id) continue;
    Symbol& right = list[left.next];
    left.id = best.id;
    left.next = right.next;
    right.id = kGone;
    if (left.next >= 0) list[left.next].previous = best.position;
    if (left.previous >= 0) offer(left.previous);
    if (left.next >= 0) offer(best.position);
  }
  symbols->clear();
  for (const Symbol& symbol : list) {
    if (symbol.id != kGone) symbols->push_back(symbol.id);
  }
}

}  // namespace edgetasks::text::tokenizer_json
