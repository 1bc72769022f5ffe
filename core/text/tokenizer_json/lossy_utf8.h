// Bytes to text as the tokenizers package has it.
#ifndef CORE_TEXT_TOKENIZER_JSON_LOSSY_UTF8_H_
#define CORE_TEXT_TOKENIZER_JSON_LOSSY_UTF8_H_

#include <string>

#include "absl/strings/string_view.h"

namespace edgetasks::text::tokenizer_json {

// `bytes` with each longest start of a character that breaks off, and each byte that starts none,
// as one U+FFFD. Source: The Unicode Standard, 3.9, "Substitution of Maximal Subparts", which
// Rust's from_utf8_lossy follows. (ReplaceInvalidUtf8 has one U+FFFD for each byte.)
std::string ReplaceIllFormedUtf8(absl::string_view bytes);

// Whether every character of `text` is one that byte_unicode.h has for a byte.
bool IsByteUnicode(absl::string_view text);

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_LOSSY_UTF8_H_
