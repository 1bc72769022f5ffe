#include "core/text/byte_unicode.h"

#include <gtest/gtest.h>

namespace edgetasks::text {
namespace {

// Expected characters: the table printed by GPT-2's bytes_to_unicode().
TEST(ByteUnicodeTest, WritesBytesAsGpt2Does) {
  EXPECT_EQ(BytesToUnicode("Hi!"), "Hi!");
  EXPECT_EQ(BytesToUnicode(" "), "\xC4\xA0");                         // U+0120
  EXPECT_EQ(BytesToUnicode("\n"), "\xC4\x8A");                        // U+010A
  EXPECT_EQ(BytesToUnicode(absl::string_view("\0", 1)), "\xC4\x80");  // U+0100
  EXPECT_EQ(BytesToUnicode("\xAD"), "\xC5\x83");                      // U+0143, the last one
  EXPECT_EQ(BytesToUnicode("\xC3\xA9"), "\xC3\x83\xC2\xA9");          // U+00C3 U+00A9
}

TEST(ByteUnicodeTest, RestoresEveryByte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  EXPECT_EQ(UnicodeToBytes(BytesToUnicode(all)), all);
}

TEST(ByteUnicodeTest, KeepsCharactersThatStandForNoByte) {
  EXPECT_EQ(UnicodeToBytes("\xE2\x82\xAC"), "\xE2\x82\xAC");
  EXPECT_EQ(UnicodeToBytes("\xFF"), "\xFF");
}

}  // namespace
}  // namespace edgetasks::text
