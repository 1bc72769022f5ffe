// Unicode's properties of characters and its normalization forms, as this folder needs them.
// The data is utf8proc's.
#ifndef CORE_TEXT_TOKENIZER_JSON_UNICODE_H_
#define CORE_TEXT_TOKENIZER_JSON_UNICODE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace edgetasks::text::tokenizer_json {

bool IsWhitespace(char32_t c);      // the property White_Space
bool IsNumeric(char32_t c);         // category N
bool IsPunctuation(char32_t c);     // category P, and ASCII's punctuation and symbols
bool IsOther(char32_t c);           // categories Cc, Cf and Co
bool IsMark(char32_t c);            // category M
bool IsNonspacingMark(char32_t c);  // category Mn
bool IsWordCharacter(char32_t c);   // what a word is made of: letters, marks, Nd, Pc, joiners

// Appends the lower case of `c` (SpecialCasing without conditions) in UTF-8.
void AppendLowercase(char32_t c, std::string* text);

enum class NormalForm { kNfc, kNfd, kNfkc, kNfkd };

// Where the part of `text` (valid UTF-8, not empty) ends that can be normalized on its own.
size_t NormalizationSegment(absl::string_view text);
// Appends the normal form of one such part.
void AppendNormalized(absl::string_view segment, NormalForm form, std::string* text);

// The bytes of the extended grapheme cluster that `text` (valid UTF-8, not empty) starts with.
size_t GraphemeBytes(absl::string_view text);

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_UNICODE_H_
