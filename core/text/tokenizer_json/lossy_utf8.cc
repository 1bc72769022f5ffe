#include "core/text/tokenizer_json/lossy_utf8.h"

#include <cstdint>

#include "core/base/utf8.h"
#include "core/text/byte_unicode.h"

namespace edgetasks::text::tokenizer_json {
namespace {

// How many bytes at the start of `text`, which starts with no character, could be the start of one:
// at least 1. Table 3-7 of the Unicode Standard gives the second byte's range.
size_t MaximalSubpart(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0xC2 || lead > 0xF4 || text.size() < 2) return 1;
  const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 1;
  const size_t whole = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  size_t length = 2;
  while (length < whole && length < text.size() && (byte(length) & 0xC0) == 0x80) ++length;
  return length;
}

}  // namespace

std::string ReplaceIllFormedUtf8(absl::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    size_t length = Utf8CharBytes(bytes);
    if (length > 0) {
      text.append(bytes.data(), length);
    } else {
      length = MaximalSubpart(bytes);
      text.append("\xEF\xBF\xBD");
    }
    bytes.remove_prefix(length);
  }
  return text;
}

bool IsByteUnicode(absl::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8CharBytes(text);
    if (length == 0) return false;
    if (!IsByteCharacter(DecodeUtf8Char(text))) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace edgetasks::text::tokenizer_json
