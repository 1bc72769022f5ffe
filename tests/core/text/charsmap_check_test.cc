#include "core/text/charsmap_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace edgetasks::text {
namespace {

using ::testing::HasSubstr;

std::string Blob(const std::vector<uint32_t>& units, const std::string& replacements) {
  const auto trie_bytes = static_cast<uint32_t>(units.size() * 4);
  std::string blob(4 + trie_bytes, '\0');
  std::memcpy(&blob[0], &trie_bytes, 4);
  std::memcpy(&blob[4], units.data(), trie_bytes);
  return blob + replacements;
}

// A unit whose children stand at `distance` from it.
uint32_t Unit(uint32_t distance, uint8_t label, bool has_value) {
  return distance << 10 | (has_value ? 1u << 8 : 0) | label;
}

// One rule: "A" is replaced by the string at offset 0. Unused units carry a label that cannot
// match.
std::vector<uint32_t> OneRule() {
  std::vector<uint32_t> units(256, 1u << 31);
  units[0] = Unit(1, 0, false);
  units[1 ^ 'A'] = Unit((1 ^ 'A') ^ 2, 'A', true);  // its children and its value are at 2
  units[2] = 1u << 31 | 0;
  return units;
}

TEST(CharsMapCheckTest, AcceptsNoMapAndASoundOne) {
  EXPECT_TRUE(CheckCharsMap("").ok());
  EXPECT_TRUE(CheckCharsMap(Blob(OneRule(), std::string("a\0", 2))).ok());
}

TEST(CharsMapCheckTest, RefusesABrokenFrame) {
  EXPECT_FALSE(CheckCharsMap("abc").ok());
  EXPECT_FALSE(CheckCharsMap(std::string("\xFF\xFF\0\0abcd", 8)).ok());
  EXPECT_FALSE(CheckCharsMap(Blob(OneRule(), "a")).ok());  // no NUL at the end
  EXPECT_FALSE(CheckCharsMap(Blob({0, 0}, std::string("a\0", 2))).ok());
}

TEST(CharsMapCheckTest, RefusesAWalkOutOfTheTrie) {
  std::vector<uint32_t> units = OneRule();
  units[1 ^ 'A'] = Unit(300, 'A', false);
  EXPECT_THAT(CheckCharsMap(Blob(units, std::string("a\0", 2))).message(), HasSubstr("points to"));
  units = OneRule();
  units[0] = Unit(1 << 20, 0, false);
  EXPECT_FALSE(CheckCharsMap(Blob(units, std::string("a\0", 2))).ok());
}

TEST(CharsMapCheckTest, RefusesAReplacementOutsideTheBlob) {
  std::vector<uint32_t> units = OneRule();
  units[2] = 1u << 31 | 2;
  EXPECT_THAT(CheckCharsMap(Blob(units, std::string("a\0", 2))).message(),
              HasSubstr("replacement byte 2 of 2"));
}

// "A" leads back to the node it came from: a text of many As would match without end.
TEST(CharsMapCheckTest, RefusesACycle) {
  std::vector<uint32_t> units = OneRule();
  units[1 ^ 'A'] = Unit((1 ^ 'A') ^ 1, 'A', true);
  units[1] = 1u << 31;
  const absl::Status status = CheckCharsMap(Blob(units, std::string("a\0", 2)));
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kCorruptFile);
  EXPECT_THAT(status.message(), HasSubstr("cycle"));
}

}  // namespace
}  // namespace edgetasks::text
