#include "core/base/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace edgetasks {
namespace {

constexpr char kEuro[] = "\xE2\x82\xAC";         // U+20AC
constexpr char kRocket[] = "\xF0\x9F\x9A\x80";   // U+1F680
constexpr char kReplacement[] = "\xEF\xBF\xBD";  // U+FFFD

TEST(Utf8Test, MeasuresCharacters) {
  EXPECT_EQ(Utf8CharBytes(""), 0);
  EXPECT_EQ(Utf8CharBytes("a"), 1);
  EXPECT_EQ(Utf8CharBytes("\xC3\xA9x"), 2);
  EXPECT_EQ(Utf8CharBytes(kEuro), 3);
  EXPECT_EQ(Utf8CharBytes(kRocket), 4);
  EXPECT_EQ(Utf8CharBytes(absl::string_view("\0", 1)), 1);
}

TEST(Utf8Test, RefusesWhatRfc3629Forbids) {
  EXPECT_EQ(Utf8CharBytes("\x80"), 0);              // a continuation alone
  EXPECT_EQ(Utf8CharBytes("\xC0\x80"), 0);          // overlong NUL
  EXPECT_EQ(Utf8CharBytes("\xE0\x80\x80"), 0);      // overlong
  EXPECT_EQ(Utf8CharBytes("\xED\xA0\x80"), 0);      // a surrogate
  EXPECT_EQ(Utf8CharBytes("\xF0\x80\x80\x80"), 0);  // overlong
  EXPECT_EQ(Utf8CharBytes("\xF4\x90\x80\x80"), 0);  // above U+10FFFF
  EXPECT_EQ(Utf8CharBytes("\xF5\x80\x80\x80"), 0);
  EXPECT_EQ(Utf8CharBytes("\xE2\x82"), 0);  // cut off
}

TEST(Utf8Test, AppendsWhatItDecodes) {
  for (const char32_t c :
       {0x00u, 0x41u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xFFFFu, 0x10000u, 0x10FFFFu}) {
    std::string text;
    AppendUtf8(c, &text);
    EXPECT_EQ(Utf8CharBytes(text), text.size()) << static_cast<uint32_t>(c);
    EXPECT_EQ(DecodeUtf8Char(text), c);
  }
}

TEST(Utf8Test, HoldsBackOnlyCharactersThatCanStillBeCompleted) {
  EXPECT_EQ(CompleteUtf8Prefix(""), 0);
  EXPECT_EQ(CompleteUtf8Prefix("ab"), 2);
  EXPECT_EQ(CompleteUtf8Prefix("a\xE2"), 1);
  EXPECT_EQ(CompleteUtf8Prefix("a\xE2\x82"), 1);
  EXPECT_EQ(CompleteUtf8Prefix(std::string("a") + kEuro), 4);
  EXPECT_EQ(CompleteUtf8Prefix("\xF0\x9F\x9A"), 0);
  EXPECT_EQ(CompleteUtf8Prefix("\xE0\x80"), 2);      // nothing can make this a character
  EXPECT_EQ(CompleteUtf8Prefix("\x80\x80\x80"), 3);  // nor this
  EXPECT_EQ(CompleteUtf8Prefix("\xFF"), 1);
}

TEST(Utf8Test, ReplacesEachInvalidByte) {
  EXPECT_EQ(ReplaceInvalidUtf8("a\xE2\x82z"), std::string("a") + kReplacement + kReplacement + "z");
  EXPECT_EQ(ReplaceInvalidUtf8(kRocket), kRocket);
}

}  // namespace
}  // namespace edgetasks
