#include "core/text/byte_unicode.h"

#include <array>
#include <cstdint>

#include "core/base/utf8.h"

namespace edgetasks::text {
namespace {

// The characters of the bytes that do not stand for themselves end at U+0100 + 67.
constexpr int kCharacters = 256 + 68;

constexpr bool StandsForItself(int byte) {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

struct Tables {
  std::array<char32_t, 256> character{};
  std::array<int16_t, kCharacters> byte{};  // -1: the character stands for no byte
};

constexpr Tables MakeTables() {
  Tables tables;
  for (int16_t& byte : tables.byte) byte = -1;
  int next = 256;
  for (int byte = 0; byte < 256; ++byte) {
    const int character = StandsForItself(byte) ? byte : next++;
    tables.character[byte] = static_cast<char32_t>(character);
    tables.byte[character] = static_cast<int16_t>(byte);
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

}  // namespace

std::string BytesToUnicode(absl::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char byte : bytes) AppendUtf8(kTables.character[static_cast<uint8_t>(byte)], &text);
  return text;
}

bool IsByteCharacter(char32_t c) { return c < kCharacters && kTables.byte[c] >= 0; }

std::string UnicodeToBytes(absl::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  AppendUnicodeAsBytes(text, &bytes);
  return bytes;
}

void AppendUnicodeAsBytes(absl::string_view text, std::string* bytes) {
  while (!text.empty()) {
    const size_t length = Utf8CharBytes(text);
    if (length == 0) {
      bytes->push_back(text[0]);
      text.remove_prefix(1);
      continue;
    }
    const char32_t c = DecodeUtf8Char(text);
    if (IsByteCharacter(c)) {
      bytes->push_back(static_cast<char>(kTables.byte[c]));
    } else {
      bytes->append(text.data(), length);
    }
    text.remove_prefix(length);
  }
}

}  // namespace edgetasks::text
