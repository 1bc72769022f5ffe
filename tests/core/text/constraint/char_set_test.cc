#include "core/text/constraint/char_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "core/base/utf8.h"
#include "core/text/constraint/utf8_ranges.h"

namespace edgetasks::text {
namespace {

std::set<char32_t> Members(const CharSet& set) {
  std::set<char32_t> members;
  for (const CharSet::Range& r : set.ranges()) {
    for (char32_t c = r.first; c <= r.last; ++c) members.insert(c);
  }
  return members;
}

TEST(CharSetTest, AgreesWithSetsOfCharacters) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    CharSet a, b;
    std::set<char32_t> in_a, in_b;
    for (int i = 0; i < 5; ++i) {
      const char32_t first = random() % 60, last = first + random() % 6;
      a.Add(first, last);
      for (char32_t c = first; c <= last; ++c) in_a.insert(c);
      const char32_t other = random() % 60;
      b.Add(other, other);
      in_b.insert(other);
    }
    EXPECT_EQ(Members(a), in_a);
    std::set<char32_t> both, only_a;
    for (const char32_t c : in_a) (in_b.count(c) > 0 ? both : only_a).insert(c);
    EXPECT_EQ(Members(a.Intersect(b)), both);
    EXPECT_EQ(Members(a.Minus(b)), only_a);
    EXPECT_EQ(a.Complement().Complement().ranges(), a.ranges());
    for (char32_t c = 0; c < 70; ++c) EXPECT_EQ(a.Contains(c), in_a.count(c) > 0);
  }
}

TEST(CharSetTest, HasNoSurrogates) {
  EXPECT_FALSE(CharSet::All().Contains(0xD800));
  EXPECT_FALSE(CharSet('a', 'z').Complement().Contains(0xDFFF));
  EXPECT_TRUE(CharSet(0xD800, 0xDFFF).empty());
}

bool IsIn(const std::vector<ByteRanges>& sequences, const std::string& text) {
  int found = 0;
  for (const ByteRanges& sequence : sequences) {
    bool fits = sequence.size() == text.size();
    for (size_t i = 0; fits && i < text.size(); ++i) {
      const auto byte = static_cast<uint8_t>(text[i]);
      fits = sequence[i].first <= byte && byte <= sequence[i].last;
    }
    found += fits;
  }
  EXPECT_LE(found, 1) << "spelled twice";
  return found > 0;
}

// Every character around every border of the encoding, and random ones.
TEST(Utf8RangesTest, SpellExactlyTheCharactersOfTheSet) {
  std::mt19937 random(6);
  const char32_t borders[] = {0,      0x7F,   0x80,   0x7FF,   0x800,   0xFFF,   0x1000,
                              0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x3FFFF, 0x40000, 0x10FFFF};
  for (int round = 0; round < 60; ++round) {
    CharSet set;
    for (int i = 0; i < 3; ++i) {
      const char32_t a = borders[random() % 14] + random() % 70, b = a + random() % 5000;
      set.Add(a, b);
    }
    const std::vector<ByteRanges> sequences = Utf8RangesOf(set);
    for (int i = 0; i < 400; ++i) {
      const char32_t c = i < 200 && !set.empty()
                             ? set.ranges()[i % set.ranges().size()].first + random() % 5000
                             : borders[random() % 14] + random() % 200;
      if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) continue;
      std::string text;
      AppendUtf8(c, &text);
      EXPECT_EQ(IsIn(sequences, text), set.Contains(c)) << static_cast<uint32_t>(c);
    }
  }
}

}  // namespace
}  // namespace edgetasks::text
