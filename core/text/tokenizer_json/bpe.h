// Byte-pair encoding: joins of neighbours, the best first.
#ifndef CORE_TEXT_TOKENIZER_JSON_BPE_H_
#define CORE_TEXT_TOKENIZER_JSON_BPE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace edgetasks::text::tokenizer_json {

// What two neighbours become.
struct Merge {
  uint32_t rank;  // the lowest goes first
  int32_t id;
};

// From a pair of ids to its merge: an open hash table with a key of both ids.
class MergeTable {
 public:
  explicit MergeTable(std::size_t capacity);
  // A later merge of the same pair replaces an earlier one.
  void Add(int32_t left, int32_t right, Merge merge);
  const Merge* Find(int32_t left, int32_t right) const;

 private:
  struct Slot {
    uint64_t pair = kFree;
    Merge merge{};
  };
  static constexpr uint64_t kFree = ~uint64_t{0};
  std::size_t SlotOf(uint64_t pair) const;

  std::vector<Slot> slots_;  // a power of two, at most half full
};

// Applies all merges to `symbols` (ids, in the order of the text) and leaves the result there.
// O(n log n) in the number of symbols.
void ApplyMerges(const MergeTable& merges, std::vector<int32_t>* symbols);

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_BPE_H_
