#include "core/base/utf8.h"

#include <algorithm>
#include <cstdint>

namespace edgetasks {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool IsContinuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

// The length that a lead byte announces; 0 for a byte that starts no character.
size_t AnnouncedBytes(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;  // a continuation, or the lead of an overlong form
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

// The second byte's range is narrower after four lead bytes (RFC 3629, section 4).
bool IsSecondByte(uint8_t lead, uint8_t byte) {
  switch (lead) {
    case 0xE0:
      return byte >= 0xA0 && byte <= 0xBF;
    case 0xED:
      return byte >= 0x80 && byte <= 0x9F;
    case 0xF0:
      return byte >= 0x90 && byte <= 0xBF;
    case 0xF4:
      return byte >= 0x80 && byte <= 0x8F;
    default:
      return IsContinuation(byte);
  }
}

// The bytes at the start of `text` that agree with the character its first byte announces.
size_t MatchingBytes(absl::string_view text, size_t announced) {
  const size_t available = std::min(announced, text.size());
  size_t n = 1;
  while (n < available) {
    const auto byte = static_cast<uint8_t>(text[n]);
    if (n == 1 ? !IsSecondByte(static_cast<uint8_t>(text[0]), byte) : !IsContinuation(byte)) break;
    ++n;
  }
  return n;
}

}  // namespace

size_t Utf8CharBytes(absl::string_view text) {
  if (text.empty()) return 0;
  const size_t announced = AnnouncedBytes(static_cast<uint8_t>(text[0]));
  if (announced == 0 || MatchingBytes(text, announced) < announced) return 0;
  return announced;
}

char32_t DecodeUtf8Char(absl::string_view text) {
  const size_t bytes = Utf8CharBytes(text);
  const auto lead = static_cast<uint8_t>(text[0]);
  if (bytes <= 1) return lead;
  char32_t c = lead & (0x7F >> bytes);
  for (size_t i = 1; i < bytes; ++i) c = (c << 6) | (static_cast<uint8_t>(text[i]) & 0x3F);
  return c;
}

void AppendUtf8(char32_t c, std::string* text) {
  const auto append = [text](char32_t byte) { text->push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    append(c);
  } else if (c < 0x800) {
    append(0xC0 | (c >> 6));
    append(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    append(0xE0 | (c >> 12));
    append(0x80 | ((c >> 6) & 0x3F));
    append(0x80 | (c & 0x3F));
  } else {
    append(0xF0 | (c >> 18));
    append(0x80 | ((c >> 12) & 0x3F));
    append(0x80 | ((c >> 6) & 0x3F));
    append(0x80 | (c & 0x3F));
  }
}

size_t CompleteUtf8Prefix(absl::string_view text) {
  const size_t longest_tail = std::min<size_t>(3, text.size());
  for (size_t tail = 1; tail <= longest_tail; ++tail) {
    const absl::string_view end = text.substr(text.size() - tail);
    if (IsContinuation(static_cast<uint8_t>(end[0]))) continue;
    const size_t announced = AnnouncedBytes(static_cast<uint8_t>(end[0]));
    const bool may_grow = announced > tail && MatchingBytes(end, announced) == tail;
    return may_grow ? text.size() - tail : text.size();
  }
  return text.size();
}

std::string ReplaceInvalidUtf8(absl::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  AppendReplacingInvalidUtf8(text, &valid);
  return valid;
}

void AppendReplacingInvalidUtf8(absl::string_view text, std::string* valid) {
  while (!text.empty()) {
    const size_t bytes = Utf8CharBytes(text);
    if (bytes == 0) {
      valid->append(kReplacement.data(), kReplacement.size());
      text.remove_prefix(1);
    } else {
      valid->append(text.data(), bytes);
      text.remove_prefix(bytes);
    }
  }
}

}  // namespace edgetasks
