#include "core/text/charsmap_check.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/base/error.h"
#include "core/base/status_macros.h"

// The blob: u32 bytes of the trie; the trie, u32 units of a Darts-clone double array; then
// replacement strings, each ended by NUL. A unit holds a label (bits 0-7), "has a value" (bit 8),
// and the distance to its children (bits 10-30, shifted left by 8 if bit 9 is set); bit 31 marks a
// value unit, whose other bits are the offset of a replacement. The children of the unit at `i`
// stand at (i ^ distance) ^ byte, its value at i ^ distance.
namespace edgetasks::text {
namespace {

constexpr uint32_t kIsValue = 1u << 31;
// SentencePiece gives a walk room for 32 matches (Normalizer::kMaxTrieResultsSize).
constexpr int kMaxMatches = 32;
// Longest rule accepted, in bytes; the rules of SentencePiece's own maps are below 100.
constexpr int kMaxDepth = 1024;

class Trie {
 public:
  Trie(absl::string_view bytes, absl::string_view replacements)
      : units_(bytes.size() / sizeof(uint32_t)), replacements_(replacements) {
    std::memcpy(units_.data(), bytes.data(), units_.size() * sizeof(uint32_t));
    matches_below_.assign(units_.size(), kUnseen);
  }

  // The most matches on any walk from the root.
  absl::Status Check() {
    if (units_.empty() || units_.size() % 256 != 0) {
      return CorruptFile("the characters map has ", units_.size(),
                         " trie units; expected a multiple of 256");
    }
    return Visit(0, 0);
  }

 private:
  static constexpr int kUnseen = -1, kOpen = -2;

  // The root is entered whatever its bits are, so a value unit may stand there too.
  absl::Status Visit(uint32_t index, int depth) {
    const uint32_t unit = units_[index];
    const uint32_t base = index ^ ((unit >> 10) << ((unit & (1u << 9)) >> 6));
    if (base >= units_.size()) {
      return CorruptFile("trie unit ", index, " of the characters map points to unit ", base,
                         " of ", units_.size());
    }
    if (depth > kMaxDepth) return CorruptFile("a rule of the characters map is endless");
    matches_below_[index] = kOpen;
    // The library reads the value of a unit it reached through a byte; the root has none.
    const bool has_value = index != 0 && (unit & (1u << 8)) != 0;
    if (has_value) ET_RETURN_IF_ERROR(CheckValue(base));
    int most = 0;
    for (uint32_t byte = 0; byte < 256; ++byte) {
      const uint32_t child = base ^ byte;  // in range: the size is a multiple of 256
      if ((units_[child] & (kIsValue | 0xFF)) != byte) continue;
      if (matches_below_[child] == kOpen) {
        return CorruptFile("the trie of the characters map has a cycle at unit ", child);
      }
      if (matches_below_[child] == kUnseen) ET_RETURN_IF_ERROR(Visit(child, depth + 1));
      most = std::max(most, matches_below_[child]);
    }
    matches_below_[index] = most + (has_value ? 1 : 0);
    if (matches_below_[index] > kMaxMatches) {
      return CorruptFile("more than ", kMaxMatches, " rules of the characters map match one text");
    }
    return absl::OkStatus();
  }

  absl::Status CheckValue(uint32_t index) const {
    const uint32_t offset = units_[index] & ~kIsValue;
    if (offset >= replacements_.size()) {
      return CorruptFile("trie unit ", index, " of the characters map names replacement byte ",
                         offset, " of ", replacements_.size());
    }
    return absl::OkStatus();
  }

  std::vector<uint32_t> units_;
  absl::string_view replacements_;
  std::vector<int> matches_below_;  // on any walk from that unit on, or kUnseen or kOpen
};

}  // namespace

absl::Status CheckCharsMap(absl::string_view blob) {
  if (blob.empty()) return absl::OkStatus();
  uint32_t trie_bytes = 0;
  if (blob.size() <= sizeof(trie_bytes)) {
    return CorruptFile("the characters map has ", blob.size(), " bytes; expected more than 4");
  }
  std::memcpy(&trie_bytes, blob.data(), sizeof(trie_bytes));
  blob.remove_prefix(sizeof(trie_bytes));
  if (trie_bytes >= blob.size() || trie_bytes % sizeof(uint32_t) != 0) {
    return CorruptFile("the trie of the characters map has ", trie_bytes, " bytes, of ",
                       blob.size(), " in all");
  }
  const absl::string_view replacements = blob.substr(trie_bytes);
  if (replacements.back() != '\0') {
    return CorruptFile("the replacements of the characters map do not end with NUL");
  }
  return Trie(blob.substr(0, trie_bytes), replacements).Check();
}

}  // namespace edgetasks::text
