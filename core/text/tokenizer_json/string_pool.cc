#include "core/text/tokenizer_json/string_pool.h"

#include "absl/hash/hash.h"

namespace edgetasks::text::tokenizer_json {

StringIndex::StringIndex(const StringPool& pool) {
  size_t slots = 16;
  while (slots < 2 * pool.size()) slots *= 2;
  slots_.assign(slots, 0);
  for (size_t i = 0; i < pool.size(); ++i) {
    slots_[SlotOf(pool, pool[i])] = static_cast<uint32_t>(i + 1);
  }
}

int64_t StringIndex::Find(const StringPool& pool, absl::string_view text) const {
  if (slots_.empty()) return -1;
  return static_cast<int64_t>(slots_[SlotOf(pool, text)]) - 1;
}

// Where `text` is, or the free slot where it belongs.
size_t StringIndex::SlotOf(const StringPool& pool, absl::string_view text) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = absl::Hash<absl::string_view>()(text) & mask;
  while (slots_[slot] != 0 && pool[slots_[slot] - 1] != text) slot = (slot + 1) & mask;
  return slot;
}

}  // namespace edgetasks::text::tokenizer_json
