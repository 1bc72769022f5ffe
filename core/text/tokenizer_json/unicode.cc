#include "core/text/tokenizer_json/unicode.h"

#include <utf8proc.h>

#include <vector>

#include "core/base/utf8.h"

namespace edgetasks::text::tokenizer_json {
namespace {

utf8proc_category_t CategoryOf(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

bool IsIn(char32_t c, utf8proc_category_t first, utf8proc_category_t last) {
  const utf8proc_category_t category = CategoryOf(c);
  return category >= first && category <= last;
}

// Composition may join the character to one before it: it has a combining class, or is a Hangul
// vowel or trailing consonant, or is one of the few starters that compose with what precedes.
bool MayJoinPrevious(char32_t c) {
  const utf8proc_property_t* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
  if (property->combining_class != 0) return true;
  if (c >= 0x1160 && c <= 0x11FF) return true;
  // Second halves of compositions have an entry of the composition table.
  return property->comb_index != UINT16_MAX && property->comb_index >= 0x8000;
}

// Whether what the character decomposes to begins with one that MayJoinPrevious.
bool DecompositionMayJoin(char32_t c) {
  utf8proc_int32_t parts[64];
  int boundary = 0;
  const auto length = utf8proc_decompose_char(
      static_cast<utf8proc_int32_t>(c), parts, 64,
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT), &boundary);
  if (length <= 0) return false;
  return MayJoinPrevious(static_cast<char32_t>(parts[0]));
}

int OptionsOf(NormalForm form) {
  switch (form) {
    case NormalForm::kNfc:
      return UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    case NormalForm::kNfd:
      return UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
    case NormalForm::kNfkc:
      return UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
    case NormalForm::kNfkd:
      return UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT;
  }
  return 0;
}

}  // namespace

bool IsWhitespace(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return c == 0x85 || IsIn(c, UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_ZP);
}

bool IsNumeric(char32_t c) { return IsIn(c, UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO); }

bool IsPunctuation(char32_t c) {
  if (c < 0x80) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
  }
  return IsIn(c, UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO);
}

bool IsOther(char32_t c) {
  const utf8proc_category_t category = CategoryOf(c);
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
         category == UTF8PROC_CATEGORY_CO;
}

bool IsMark(char32_t c) { return IsIn(c, UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME); }
bool IsNonspacingMark(char32_t c) { return CategoryOf(c) == UTF8PROC_CATEGORY_MN; }

bool IsWordCharacter(char32_t c) {
  const utf8proc_category_t category = CategoryOf(c);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME) ||
         category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL ||
         category == UTF8PROC_CATEGORY_PC || c == 0x200C || c == 0x200D ||
         (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F149) ||  // Other_Alphabetic
         (c >= 0x1F150 && c <= 0x1F169) || (c >= 0x1F170 && c <= 0x1F189);
}

void AppendLowercase(char32_t c, std::string* text) {
  if (c < 0x80) {
    text->push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
  } else if (c == 0x130) {  // the only one whose lower case is two characters
    text->append("i\xCC\x87");
  } else {
    AppendUtf8(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))), text);
  }
}

size_t NormalizationSegment(absl::string_view text) {
  size_t end = Utf8CharBytes(text);
  while (end < text.size()) {
    const char32_t c = DecodeUtf8Char(text.substr(end));
    if (c < 0x300 || !(MayJoinPrevious(c) || DecompositionMayJoin(c))) break;
    end += Utf8CharBytes(text.substr(end));
  }
  return end;
}

void AppendNormalized(absl::string_view segment, NormalForm form, std::string* text) {
  if (segment.size() == 1) {  // ASCII is what it is in every form
    text->push_back(segment[0]);
    return;
  }
  const auto options = static_cast<utf8proc_option_t>(OptionsOf(form));
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(segment.data());
  const auto size = static_cast<utf8proc_ssize_t>(segment.size());
  const utf8proc_ssize_t needed = utf8proc_decompose(bytes, size, nullptr, 0, options);
  if (needed < 0) {  // no valid UTF-8
    text->append(segment.data(), segment.size());
    return;
  }
  std::vector<utf8proc_int32_t> characters(static_cast<size_t>(needed) + 1);
  utf8proc_decompose(bytes, size, characters.data(), needed, options);
  const utf8proc_ssize_t length = utf8proc_normalize_utf32(characters.data(), needed, options);
  for (utf8proc_ssize_t i = 0; i < length; ++i) {
    AppendUtf8(static_cast<char32_t>(characters[static_cast<size_t>(i)]), text);
  }
}

size_t GraphemeBytes(absl::string_view text) {
  size_t end = Utf8CharBytes(text);
  auto previous = static_cast<utf8proc_int32_t>(DecodeUtf8Char(text));
  utf8proc_int32_t state = 0;
  while (end < text.size()) {
    const auto next = static_cast<utf8proc_int32_t>(DecodeUtf8Char(text.substr(end)));
    if (utf8proc_grapheme_break_stateful(previous, next, &state)) break;
    end += Utf8CharBytes(text.substr(end));
    previous = next;
  }
  return end;
}

}  // namespace edgetasks::text::tokenizer_json
