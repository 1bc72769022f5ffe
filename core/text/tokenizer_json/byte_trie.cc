#include "core/text/tokenizer_json/byte_trie.h"

#include <algorithm>

namespace edgetasks::text::tokenizer_json {

// Breadth first over the sorted keys: a node is a range of keys with a common start.
ByteTrie::ByteTrie(std::vector<std::pair<absl::string_view, int32_t>> entries) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  struct Range {
    size_t begin, end, depth;
  };
  std::vector<Range> ranges = {{0, entries.size(), 0}};
  if (entries.empty()) return;
  nodes_.emplace_back();
  for (uint32_t node = 0; node < ranges.size(); ++node) {
    auto [begin, end, depth] = ranges[node];
    // Keys that end here come first.
    for (; begin < end && entries[begin].first.size() == depth; ++begin) {
      if (depth > 0) nodes_[node].value = entries[begin].second;
    }
    nodes_[node].first_child = static_cast<uint32_t>(nodes_.size());
    while (begin < end) {
      const char byte = entries[begin].first[depth];
      size_t same = begin;
      while (same < end && entries[same].first[depth] == byte) ++same;
      Node child;
      child.byte = static_cast<uint8_t>(byte);
      if (node == 0) root_children_[child.byte] = static_cast<uint32_t>(nodes_.size());
      nodes_.push_back(child);
      ++nodes_[node].children;
      ranges.push_back({begin, same, depth + 1});
      begin = same;
    }
  }
  nodes_.shrink_to_fit();
}

uint32_t ByteTrie::Child(uint32_t node, uint8_t byte) const {
  if (nodes_.empty()) return 0;
  if (node == 0) return root_children_[byte];
  const Node& parent = nodes_[node];
  const auto begin = nodes_.begin() + parent.first_child, end = begin + parent.children;
  const auto child = std::lower_bound(
      begin, end, byte, [](const Node& a, uint8_t wanted) { return a.byte < wanted; });
  return child != end && child->byte == byte ? static_cast<uint32_t>(child - nodes_.begin()) : 0;
}

}  // namespace edgetasks::text::tokenizer_json
