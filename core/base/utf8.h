// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#ifndef CORE_BASE_UTF8_H_
#define CORE_BASE_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace edgetasks {

// The bytes (1 to 4) of the character at the start of `text`; 0 if `text` is empty or does not
// start with a whole, valid character.
size_t Utf8CharBytes(absl::string_view text);

// The character at the start of `text`, whose length is Utf8CharBytes(text) > 0.
char32_t DecodeUtf8Char(absl::string_view text);

// Appends the UTF-8 form of `c`, which must be a Unicode scalar value.
void AppendUtf8(char32_t c, std::string* text);

// How much of `text` may be shown before more bytes arrive: all of it, without the bytes at its end
// (at most 3) that begin a character which later bytes could complete. Invalid bytes elsewhere
// count as complete.
size_t CompleteUtf8Prefix(absl::string_view text);

// `text` with every byte that is no part of a valid character replaced by U+FFFD, one for each
// byte: what SentencePiece does with byte pieces that spell no character.
std::string ReplaceInvalidUtf8(absl::string_view text);
// The same, appended to `valid`.
void AppendReplacingInvalidUtf8(absl::string_view text, std::string* valid);

}  // namespace edgetasks

#endif  // CORE_BASE_UTF8_H_
