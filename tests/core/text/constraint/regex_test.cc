#include "core/text/constraint/regex.h"

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tests/support/constraint_testing.h"

namespace edgetasks::text {
namespace {

using testing::Matches;

std::shared_ptr<const Constraint> Compile(const std::string& pattern) {
  const auto constraint =
      Constraint::Compile({ResponseFormatKind::kRegex, pattern, {}}, testing::ByteVocabulary());
  EXPECT_TRUE(constraint.ok()) << pattern << ": " << constraint.status();
  return constraint.ok() ? *constraint : nullptr;
}

struct Case {
  std::string pattern;
  std::vector<std::string> texts, others;
};

// What Python says of thousands more: tests/golden/constraint_golden_test.cc.
TEST(RegexTest, MatchesTheWholeText) {
  const Case cases[] = {
      {"", {""}, {"a"}},
      {"a|", {"a", ""}, {"aa"}},
      {"ab*c+d?", {"ac", "abbccd"}, {"ab", "acdd"}},
      {"(?:ab){2,3}", {"abab", "ababab"}, {"ab", "abababab", "aba"}},
      {"(?<x>a){2}(?P<y>b){0,}", {"aa", "aabb"}, {"a"}},
      {"a{,2}", {"", "aa"}, {"aaa", "a{,2}"}},
      {"a{x}", {"a{x}"}, {"a"}},
      {"^(a|b)$", {"a", "b"}, {"ab"}},
      {"(^a|b$)", {"a", "b"}, {""}},
      {"[^a-c]", {"d", "\xC3\xA9", "\xF0\x9F\x98\x80"}, {"a", "", "\xC3", "dd"}},
      {"[\\d_-]+", {"1-_"}, {"a", "\xD9\xA3"}},
      {"[a\\-z]", {"-", "a", "z"}, {"b"}},
      {"\\u00e9\\x41\\u{1F600}\\uD83D\\uDE00",
       {"\xC3\xA9"
        "A\xF0\x9F\x98\x80\xF0\x9F\x98\x80"},
       {"\xC3\xA9"}},
      {".", {"a", "\xE2\x82\xAC", "\r"}, {"\n", "\xE2\x82"}},
      {"a*?b", {"aab"}, {"aa"}},
      {"\\.\\[\\$", {".[$"}, {"a[$"}},
      {"(a*)*b", {"b", "aaab"}, {"a"}},
      {"(a|aa){1000}", {std::string(1500, 'a')}, {std::string(999, 'a'), std::string(2001, 'a')}},
  };
  for (const Case& c : cases) {
    const auto constraint = Compile(c.pattern);
    ASSERT_NE(constraint, nullptr);
    for (const std::string& text : c.texts) {
      EXPECT_TRUE(Matches(constraint, text, true)) << c.pattern << " " << text;
    }
    for (const std::string& text : c.others) {
      EXPECT_FALSE(Matches(constraint, text, true)) << c.pattern << " " << text;
    }
  }
}

TEST(RegexTest, RefusesWhatItCannotHonourWithItsPosition) {
  const std::pair<const char*, const char*> cases[] = {
      {"a(b", "at byte 1: the group is not closed"},
      {"a)b", "at byte 1: ')' closes no group"},
      {"(a)\\1", "at byte 3: back references"},
      {"ab(?=c)", "at byte 2: lookaround"},
      {"(?<!c)", "at byte 0: lookaround"},
      {"\\bword", "at byte 0: word boundaries"},
      {"(?i)a", "at byte 0: this kind of group"},
      {"a*+", "at byte 2: possessive"},
      {"a**", "at byte 2: a repetition is repeated"},
      {"*a", "at byte 0: there is nothing to repeat"},
      {"a{3,2}", "at byte 1: the counts are in the wrong order"},
      {"a{10001}", "at byte 1: a count is beyond 10000"},
      {"a^b", "at byte 1: '^' stands in the middle"},
      {"a$b", "at byte 2: only ')' or '|'"},
      {"a(^b)", "at byte 1: '^' or '$' in a group"},
      {"(b$)c", "at byte 0: '^' or '$' in a group"},
      {"(^b)*", "at byte 0: a group with '^' or '$' cannot be repeated"},
      {"[]", "at byte 1: [] means different things"},
      {"[a", "at byte 2: a class is not closed"},
      {"[b-a]", "at byte 4: a range ends before it begins"},
      {"\\p{L}", "at byte 0: \\p is not supported"},
      {"\\uD800", "at byte 0: half of a surrogate pair"},
      {"\\x4", "at byte 0: an escape needs 2"},
      {"\\", "at byte 0: a backslash stands at the end"},
      {"\xFF", "not valid UTF-8"},
      {"[^\\s\\S]", "no text satisfies"},
  };
  for (const auto& [pattern, message] : cases) {
    const auto constraint =
        Constraint::Compile({ResponseFormatKind::kRegex, pattern, {}}, testing::ByteVocabulary());
    ASSERT_FALSE(constraint.ok()) << pattern;
    EXPECT_EQ(GetErrorDetail(constraint.status()), ErrorDetail::kInvalidOption);
    EXPECT_NE(constraint.status().message().find(message), absl::string_view::npos)
        << pattern << ": " << constraint.status();
  }
}

TEST(RegexTest, NestedCountsStaySmallAndTooManyStatesAreRefused) {
  EXPECT_NE(Compile("((abcd){1000}){100}"), nullptr);
  std::string many;
  for (int i = 0; i < 60; ++i) many += "[a-z]{10000}";
  const auto constraint =
      Constraint::Compile({ResponseFormatKind::kRegex, many, {}}, testing::ByteVocabulary());
  ASSERT_FALSE(constraint.ok());
  EXPECT_NE(constraint.status().message().find("too large"), absl::string_view::npos);
}

}  // namespace
}  // namespace edgetasks::text
