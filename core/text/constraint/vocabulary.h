// The bytes of all tokens, in the order in which they are spelled.
#ifndef CORE_TEXT_CONSTRAINT_VOCABULARY_H_
#define CORE_TEXT_CONSTRAINT_VOCABULARY_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/text/tokenizer.h"

namespace edgetasks::text {

// Immutable: safe to use from several threads. Made once for a tokenizer, shared by constraints.
// It holds some 18 bytes for each different beginning of a token (about three a token).
class Vocabulary {
 public:
  // A node of the tree of all beginnings of tokens, in preorder: its first child, if it has one,
  // follows it, and `end` is the node after its last descendant.
  struct Node {
    uint32_t end;
    uint32_t first_token;  // into sorted_ids(); tokens up to the next node's are spelled by it
    uint32_t kinds_below;  // a bit for each kind of character that its descendants add
    uint16_t depth;        // bytes spelled, 1 for the children of the root
    uint8_t byte;
  };

  // Kinds of characters, 0 to 31, which formats are likely to treat alike: most ASCII signs are a
  // kind each; letters of a case, digits, controls and the other signs are one. What is not ASCII
  // is kNotAscii, what is no UTF-8 (as after half a character) kNoCharacter.
  static constexpr int kNotAscii = 30, kNoCharacter = 31;
  static int KindOf(uint8_t byte);  // of the character that begins with it

  // `excluded`: ids that are no text of a response, such as stop tokens; ids outside the
  // vocabulary are ignored. Tokens without bytes are left out too: neither is ever allowed.
  // Errors: those of Tokenizer::AppendIdBytes; RESOURCE_EXHAUSTED (kBadValue) for a token of more
  // than 65,535 bytes.
  static absl::StatusOr<std::shared_ptr<const Vocabulary>> Create(
      const Tokenizer& tokenizer, absl::Span<const int32_t> excluded);
  // The same of the bytes of each id, empty for those that are left out.
  static absl::StatusOr<std::shared_ptr<const Vocabulary>> Create(
      absl::Span<const std::string> bytes_of_ids);

  // Ids are 0 to size() - 1.
  int size() const { return static_cast<int>(offsets_.size()) - 1; }
  // 64-bit words of a mask with a bit for each id.
  size_t mask_words() const { return (static_cast<size_t>(size()) + 63) / 64; }
  // Empty for ids that are left out, and for ids outside the vocabulary.
  absl::string_view BytesOf(int32_t id) const;

  const std::vector<Node>& nodes() const { return nodes_; }  // without the root
  const std::vector<int32_t>& sorted_ids() const { return sorted_ids_; }
  // The tokens that node `i` spells, as a part of sorted_ids().
  absl::Span<const int32_t> TokensOf(size_t i) const { return TokensOf(i, i + 1); }
  // Those of nodes `first` up to and without `end`.
  absl::Span<const int32_t> TokensOf(size_t first, size_t end) const {
    const size_t from = nodes_[first].first_token;
    const size_t to = end < nodes_.size() ? nodes_[end].first_token : sorted_ids_.size();
    return absl::MakeConstSpan(sorted_ids_).subspan(from, to - from);
  }
  // The bytes that are tokens by themselves.
  const std::array<bool, 256>& single_bytes() const { return single_bytes_; }
  int longest_token() const { return longest_token_; }  // in bytes

 private:
  Vocabulary() = default;
  void BuildTree();

  std::string bytes_;
  std::vector<size_t> offsets_;  // of each id in bytes_, and the end
  std::vector<int32_t> sorted_ids_;
  std::vector<Node> nodes_;
  std::array<bool, 256> single_bytes_{};
  int longest_token_ = 0;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_VOCABULARY_H_
