// The pieces of a model: text to id, and back.
#ifndef CORE_TEXT_TOKENIZER_JSON_VOCABULARY_H_
#define CORE_TEXT_TOKENIZER_JSON_VOCABULARY_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/tokenizer_json/string_pool.h"

namespace edgetasks::text::tokenizer_json {

// Ids of a vocabulary are below this: some ten times what the largest have. A file cannot ask for
// more tables than that.
inline constexpr int64_t kMaxIds = int64_t{1} << 22;

class Vocabulary {
 public:
  Vocabulary() = default;
  // ids[i] is the id of pieces[i], each in [0, kMaxIds). Of equal pieces the last counts, and of
  // equal ids.
  Vocabulary(StringPool pieces, std::vector<int32_t> ids);

  // One more than the greatest id.
  int32_t size() const { return static_cast<int32_t>(piece_of_id_.size()); }
  // How many ids have a piece.
  int32_t count() const { return count_; }
  // The id, or -1.
  int32_t Find(absl::string_view piece) const {
    const int64_t index = index_.Find(pieces_, piece);
    return index < 0 ? -1 : ids_[static_cast<size_t>(index)];
  }
  bool Has(int32_t id) const { return id >= 0 && id < size() && piece_of_id_[id] >= 0; }
  // The piece of an id that Has.
  absl::string_view Piece(int32_t id) const { return pieces_[piece_of_id_[id]]; }

  // The ids of "<0x00>" to "<0xFF>", -1 where there is none.
  std::array<int32_t, 256> BytePieces() const;

 private:
  StringPool pieces_;
  std::vector<int32_t> ids_;
  std::vector<int32_t> piece_of_id_;  // -1: a gap
  StringIndex index_;
  int32_t count_ = 0;
};

// The byte that a piece such as "<0x0A>" stands for, or -1.
int ByteOfPiece(absl::string_view piece);

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_VOCABULARY_H_
