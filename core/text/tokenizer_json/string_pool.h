// Many strings in one block of memory, and a hash table over them.
#ifndef CORE_TEXT_TOKENIZER_JSON_STRING_POOL_H_
#define CORE_TEXT_TOKENIZER_JSON_STRING_POOL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace edgetasks::text::tokenizer_json {

// Strings by number, in the order in which they were added. All together below 4 GiB, which the
// reader of the file sees to.
class StringPool {
 public:
  void Add(absl::string_view text) {
    bytes_.append(text.data(), text.size());
    ends_.push_back(static_cast<uint32_t>(bytes_.size()));
  }
  size_t size() const { return ends_.size(); }
  absl::string_view operator[](size_t index) const {
    const uint32_t begin = index == 0 ? 0 : ends_[index - 1];
    return absl::string_view(bytes_).substr(begin, ends_[index] - begin);
  }
  void ShrinkToFit() {
    bytes_.shrink_to_fit();
    ends_.shrink_to_fit();
  }

 private:
  std::string bytes_;
  std::vector<uint32_t> ends_;
};

// From a string to its number in a pool: of equal strings the last. The hash is abseil's, whose
// seed no file knows, so that none can be made of colliding strings.
class StringIndex {
 public:
  StringIndex() = default;
  explicit StringIndex(const StringPool& pool);
  // The number, or -1. `pool` is the one that this was made of.
  int64_t Find(const StringPool& pool, absl::string_view text) const;

 private:
  size_t SlotOf(const StringPool& pool, absl::string_view text) const;

  std::vector<uint32_t> slots_;  // number + 1; 0 is free. A power of two, at most half full.
};

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_STRING_POOL_H_
