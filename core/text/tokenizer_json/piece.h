// A part of the text on its way to tokens.
#ifndef CORE_TEXT_TOKENIZER_JSON_PIECE_H_
#define CORE_TEXT_TOKENIZER_JSON_PIECE_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/utf8.h"
#include "core/text/tokenizer_json/pattern.h"

namespace edgetasks::text::tokenizer_json {

// Text, or an added token that was found in it.
//
// One thing is remembered of where the text came from, because Metaspace with the scheme "first"
// asks for it: whether it starts at the very beginning of the whole text. What stands before may
// have been stripped, and what was put in front counts as being where its successor is.
struct Piece {
  std::string text;        // valid UTF-8
  bool at_start = false;   // begins where the whole text begins
  size_t start_bytes = 0;  // so many bytes of it stem from the first character there
  int32_t id = -1;         // of the added token; -1: not yet tokenized

  // A whole text.
  static Piece Whole(std::string text) {
    Piece piece;
    piece.at_start = true;
    piece.start_bytes = Utf8CharBytes(text);
    piece.text = std::move(text);
    return piece;
  }

  // The part [begin, end).
  Piece Slice(size_t begin, size_t end) const {
    Piece part;
    part.text = text.substr(begin, end - begin);
    part.at_start = at_start && begin < start_bytes;
    part.start_bytes = begin < start_bytes ? start_bytes - begin : 0;
    return part;
  }
};

// Writes the new text of a piece while it follows where each part came from.
class Rewriter {
 public:
  explicit Rewriter(Piece* piece) : piece_(*piece) { out_.reserve(piece->text.size() + 16); }

  // Appends text that replaces the old text's character at `source`.
  void Append(absl::string_view text, size_t source) {
    out_.append(text.data(), text.size());
    Follow(source);
  }
  std::string* out() { return &out_; }
  // What was appended to out() since replaces the character at `source`.
  void Follow(size_t source) {
    leading_ = leading_ && source < piece_.start_bytes;
    if (leading_) start_bytes_ = out_.size();
  }
  void Finish() {
    piece_.text = std::move(out_);
    piece_.start_bytes = start_bytes_;
  }

 private:
  Piece& piece_;
  std::string out_;
  bool leading_ = true;
  size_t start_bytes_ = 0;
};

// What becomes of the matches of a pattern that cuts a text.
enum class SplitBehavior { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };

// Cuts `piece` at `parts`, which cover it, and appends what is not empty to `pieces`.
void CutPiece(const Piece& piece, const std::vector<Part>& parts, SplitBehavior behavior,
              std::vector<Piece>* pieces);

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_PIECE_H_
