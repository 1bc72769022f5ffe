#include "core/text/constraint/char_reader.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace edgetasks::text {
namespace {

bool IsSurrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

}  // namespace

bool CharReader::Take(absl::string_view prefix) {
  if (!StartsWith(prefix)) return false;
  position_ += prefix.size();
  return true;
}

char32_t CharReader::TakeChar() {
  const absl::string_view rest = text_.substr(position_);
  position_ += Utf8CharBytes(rest);
  return DecodeUtf8Char(rest);
}

int CharReader::TakeNumber(int limit) {
  if (!absl::ascii_isdigit(Peek())) return -1;
  int number = 0;
  for (; absl::ascii_isdigit(Peek()); ++position_) {
    if (number <= limit) number = number * 10 + (Peek() - '0');
  }
  return number <= limit ? number : limit + 1;
}

absl::StatusOr<char32_t> CharReader::TakeHex(int min_digits, int max_digits) {
  char32_t value = 0;
  int digits = 0;
  for (; digits < max_digits && absl::ascii_isxdigit(Peek()); ++digits, ++position_) {
    const char c = absl::ascii_tolower(Peek());
    value = value * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
  }
  if (digits < min_digits)
    return InvalidOption("an escape needs ", min_digits, " hexadecimal digits");
  if (value > 0x10FFFF) return InvalidOption("an escape names a character beyond U+10FFFF");
  return value;
}

absl::StatusOr<char32_t> CharReader::TakeUtf16Escape() {
  ET_ASSIGN_OR_RETURN(const char32_t high, TakeHex(4, 4));
  if (high < 0xD800 || high > 0xDBFF || !Take("\\u")) return high;
  ET_ASSIGN_OR_RETURN(const char32_t low, TakeHex(4, 4));
  if (low < 0xDC00 || low > 0xDFFF) return high;
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

absl::StatusOr<char32_t> CharReader::TakeEscapedChar() {
  if (AtEnd()) return InvalidOption("a backslash stands at the end");
  const char32_t c = TakeChar();
  char32_t value = c;
  switch (c) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    case '0':
      if (absl::ascii_isdigit(Peek()))
        return InvalidOption("octal escapes are not supported; use \\xHH");
      return '\0';
    case 'x': {
      ET_ASSIGN_OR_RETURN(value, TakeHex(2, 2));
      return value;
    }
    case 'u':
      if (Take("{")) {
        ET_ASSIGN_OR_RETURN(value, TakeHex(1, 6));
        if (!Take("}")) return InvalidOption("\\u{ is not closed");
      } else {
        ET_ASSIGN_OR_RETURN(value, TakeUtf16Escape());
      }
      break;
    case 'U': {
      ET_ASSIGN_OR_RETURN(value, TakeHex(8, 8));
      break;
    }
    default:
      if (c < 0x80 && absl::ascii_isalnum(static_cast<unsigned char>(c))) {
        return InvalidOption("\\", std::string(1, static_cast<char>(c)), " is not supported");
      }
  }
  if (IsSurrogate(value)) {
    return InvalidOption(
        "half of a surrogate pair is no character; write \\uD83D\\uDE00 or \\u{1F600}");
  }
  return value;
}

}  // namespace edgetasks::text
