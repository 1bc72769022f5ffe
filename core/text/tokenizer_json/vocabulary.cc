#include "core/text/tokenizer_json/vocabulary.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace edgetasks::text::tokenizer_json {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

Vocabulary::Vocabulary(StringPool pieces, std::vector<int32_t> ids)
    : pieces_(std::move(pieces)), ids_(std::move(ids)) {
  pieces_.ShrinkToFit();
  index_ = StringIndex(pieces_);
  const int32_t most = ids_.empty() ? -1 : *std::max_element(ids_.begin(), ids_.end());
  piece_of_id_.assign(static_cast<size_t>(most + 1), -1);
  for (size_t i = 0; i < ids_.size(); ++i) {
    int32_t& piece = piece_of_id_[static_cast<size_t>(ids_[i])];
    if (piece < 0) ++count_;
    piece = static_cast<int32_t>(i);
  }
}

std::array<int32_t, 256> Vocabulary::BytePieces() const {
  std::array<int32_t, 256> ids;
  for (int byte = 0; byte < 256; ++byte) ids[byte] = Find(absl::StrFormat("<0x%02X>", byte));
  return ids;
}

int ByteOfPiece(absl::string_view piece) {
  if (piece.size() != 6 || piece.substr(0, 3) != "<0x" || piece[5] != '>') return -1;
  const int high = HexDigit(piece[3]), low = HexDigit(piece[4]);
  // "+F" is a number too for the reference's reader of numbers.
  if (piece[3] == '+' && low >= 0) return low;
  return high < 0 || low < 0 ? -1 : 16 * high + low;
}

}  // namespace edgetasks::text::tokenizer_json
