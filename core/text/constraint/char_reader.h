// Reads a pattern or a grammar character by character.
#ifndef CORE_TEXT_CONSTRAINT_CHAR_READER_H_
#define CORE_TEXT_CONSTRAINT_CHAR_READER_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace edgetasks::text {

// `text` is valid UTF-8 and outlives it.
class CharReader {
 public:
  explicit CharReader(absl::string_view text) : text_(text) {}

  size_t position() const { return position_; }  // in bytes
  void set_position(size_t position) { position_ = position; }
  bool AtEnd() const { return position_ == text_.size(); }
  // The next byte, or the one `ahead` of it; 0 past the end.
  char Peek(size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  bool StartsWith(absl::string_view prefix) const {
    return text_.substr(position_, prefix.size()) == prefix;
  }
  // Skips `prefix` if it is next.
  bool Take(absl::string_view prefix);
  // The next character, which is skipped. Not at the end.
  char32_t TakeChar();
  // Digits, skipped; -1 if there are none, `limit` + 1 if the number is beyond `limit`.
  int TakeNumber(int limit);
  // What stands behind a backslash and means one character: t n r f v 0 xHH uHHHH u{H...}
  // UHHHHHHHH, or a character that is no ASCII letter or digit. INVALID_ARGUMENT
  // (kInvalidOption), without a position, for anything else.
  absl::StatusOr<char32_t> TakeEscapedChar();

 private:
  absl::StatusOr<char32_t> TakeHex(int min_digits, int max_digits);
  absl::StatusOr<char32_t> TakeUtf16Escape();

  const absl::string_view text_;
  size_t position_ = 0;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_CHAR_READER_H_
