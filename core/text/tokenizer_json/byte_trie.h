// A trie over byte strings: which of many strings stand at the start of a text.
#ifndef CORE_TEXT_TOKENIZER_JSON_BYTE_TRIE_H_
#define CORE_TEXT_TOKENIZER_JSON_BYTE_TRIE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace edgetasks::text::tokenizer_json {

class ByteTrie {
 public:
  ByteTrie() = default;
  // Keys with their values (0 or more). Of equal keys the last counts; empty keys are left out.
  // The views are not kept.
  explicit ByteTrie(std::vector<std::pair<absl::string_view, int32_t>> entries);

  bool empty() const { return nodes_.empty(); }

  // Calls `found(length, value)` for every key that `text` starts with, the shortest first.
  template <typename Found>
  void ForEachPrefix(absl::string_view text, Found found) const {
    uint32_t node = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      node = Child(node, static_cast<uint8_t>(text[i]));
      if (node == 0) return;
      if (nodes_[node].value >= 0) found(i + 1, nodes_[node].value);
    }
  }

  // The longest key that `text` starts with: its length and value, or {0, -1}.
  std::pair<size_t, int32_t> LongestPrefix(absl::string_view text) const {
    std::pair<size_t, int32_t> longest{0, -1};
    ForEachPrefix(text, [&](size_t length, int32_t value) { longest = {length, value}; });
    return longest;
  }

 private:
  // Children stand side by side in ascending order of their bytes.
  struct Node {
    uint32_t first_child = 0;
    uint16_t children = 0;
    uint8_t byte = 0;
    int32_t value = -1;  // -1: no key ends here
  };

  // 0 (the root is nobody's child): none.
  uint32_t Child(uint32_t node, uint8_t byte) const;

  std::vector<Node> nodes_;
  uint32_t root_children_[256] = {};
};

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_BYTE_TRIE_H_
