#include "core/text/constraint/constraint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "core/base/error.h"
#include "tests/support/constraint_testing.h"

namespace edgetasks::text {
namespace {

using testing::ByteVocabulary;
using testing::IsSet;
using testing::Matches;

std::shared_ptr<const Constraint> Regex(const std::string& pattern,
                                        std::shared_ptr<const Vocabulary> vocabulary) {
  return *Constraint::Compile({ResponseFormatKind::kRegex, pattern, {}}, std::move(vocabulary));
}

TEST(ConstraintTest, NoFormatIsNoConstraint) {
  const auto constraint = Constraint::Compile({}, ByteVocabulary());
  ASSERT_TRUE(constraint.ok());
  EXPECT_EQ(*constraint, nullptr);
}

TEST(ConstraintTest, AChoiceIsOneOfTheTextsExactly) {
  const auto constraint = *Constraint::Compile(
      {ResponseFormatKind::kChoice, "", {"yes", "yesterday", "no", "\xE2\x82\xAC"}},
      ByteVocabulary());
  for (const std::string text : {"yes", "yesterday", "no", "\xE2\x82\xAC"}) {
    EXPECT_TRUE(Matches(constraint, text, true)) << text;
  }
  for (const std::string text : {"", "ye", "yest", " yes", "yes ", "\xE2\x82"}) {
    EXPECT_FALSE(Matches(constraint, text, true)) << text;
  }
  ConstraintMatcher matcher(constraint);
  for (const char c : std::string("yes")) ASSERT_TRUE(matcher.Accept(c));
  EXPECT_TRUE(matcher.may_end());
  EXPECT_FALSE(matcher.must_end());
  EXPECT_FALSE(matcher.Accept('x'));
  EXPECT_TRUE(matcher.may_end()) << "a token that is refused changes nothing";
  EXPECT_FALSE(matcher.Accept(-1));
  EXPECT_FALSE(matcher.Accept(1 << 20));
  matcher.Reset();
  ASSERT_TRUE(matcher.Accept('n'));
  ASSERT_TRUE(matcher.Accept('o'));
  EXPECT_TRUE(matcher.must_end());
  EXPECT_THAT(matcher.Allowed(), ::testing::Each(0));
}

TEST(ConstraintTest, RefusesChoicesThatAreNone) {
  for (const std::vector<std::string>& choices :
       {std::vector<std::string>{}, std::vector<std::string>{"\xFF"}}) {
    const auto constraint =
        Constraint::Compile({ResponseFormatKind::kChoice, "", choices}, ByteVocabulary());
    EXPECT_EQ(GetErrorDetail(constraint.status()), ErrorDetail::kInvalidOption);
  }
}

TEST(ConstraintTest, RefusesAVocabularyThatCannotSpellTheFormat) {
  const auto constraint = Constraint::Compile({ResponseFormatKind::kChoice, "", {"ab", "ac"}},
                                              *Vocabulary::Create({"a", "d"}));
  EXPECT_EQ(GetErrorDetail(constraint.status()), ErrorDetail::kInvalidOption);
  // One that can spell a part of it is held to that part.
  ConstraintMatcher matcher(*Constraint::Compile({ResponseFormatKind::kChoice, "", {"ab", "ac"}},
                                                 *Vocabulary::Create({"a", "c", "ab"})));
  EXPECT_EQ(matcher.Allowed()[0], 0b101u);
  ASSERT_TRUE(matcher.Accept(0));
  EXPECT_EQ(matcher.Allowed()[0], 0b010u);
  matcher.Reset();
  ASSERT_TRUE(matcher.Accept(2));
  EXPECT_TRUE(matcher.must_end());
}

TEST(ConstraintTest, TokensCrossBordersOfCharacters) {
  // é is C3 A9, ê is C3 AA: tokens end in the middle of them.
  const auto vocabulary = ByteVocabulary({"x\xC3", "\xA9y", "\xAAy", "\xA9y\xC3"});
  ConstraintMatcher matcher(Regex("x(\xC3\xA9y)+", vocabulary));
  EXPECT_TRUE(IsSet(matcher.Allowed(), 256));
  ASSERT_TRUE(matcher.Accept(256));
  EXPECT_TRUE(IsSet(matcher.Allowed(), 257));
  EXPECT_FALSE(IsSet(matcher.Allowed(), 258));
  EXPECT_TRUE(IsSet(matcher.Allowed(), 259));
  EXPECT_FALSE(matcher.may_end());
  ASSERT_TRUE(matcher.Accept(259));
  EXPECT_FALSE(matcher.may_end());
  ASSERT_TRUE(matcher.Accept(257));
  EXPECT_TRUE(matcher.may_end());
}

// Whatever is chosen, the text is complete within the tokens, from the fewest that suffice.
TEST(ConstraintTest, AllowedWithinAlwaysReachesTheEnd) {
  const auto vocabulary = ByteVocabulary({"name", "\": \"", "{\"", "\"}", "aaaa", "a\"", "}}"});
  const auto constraint = Regex("\\{\"name\": \"[a-z]{3,}\"(, \"more\": [0-9]+)?\\}", vocabulary);
  const int fewest = ConstraintMatcher(constraint).min_tokens_to_end();
  EXPECT_LT(fewest, 10) << "17 bytes, but the longer tokens spell most of them";
  std::mt19937 random(9);
  for (int budget = fewest; budget < fewest + 25; ++budget) {
    for (int round = 0; round < 20; ++round) {
      ConstraintMatcher matcher(constraint);
      int left = budget;
      while (!matcher.must_end() && left > 0) {
        ASSERT_LE(matcher.min_tokens_to_end(), left);
        const absl::Span<const uint64_t> mask = matcher.AllowedWithin(left);
        std::vector<int32_t> allowed;
        for (int32_t id = 0; id < vocabulary->size(); ++id) {
          if (IsSet(mask, id)) allowed.push_back(id);
        }
        if (allowed.empty()) break;
        ASSERT_TRUE(matcher.Accept(allowed[random() % allowed.size()]));
        --left;
      }
      ASSERT_TRUE(matcher.may_end()) << budget;
    }
  }
}

TEST(ConstraintTest, WithTooFewTokensTheShortestWayIsTaken) {
  ConstraintMatcher matcher(Regex("(ab|abcabcabc)", ByteVocabulary()));
  std::string text;
  while (!matcher.may_end()) {
    const absl::Span<const uint64_t> mask = matcher.AllowedWithin(1);
    int32_t id = 0;
    while (!IsSet(mask, id)) ++id;
    ASSERT_TRUE(matcher.Accept(id));
    text.push_back(static_cast<char>(id));
  }
  EXPECT_EQ(text, "ab");
  EXPECT_THAT(matcher.AllowedWithin(0), ::testing::Each(0));
}

TEST(ConstraintTest, CopiesGoOnByThemselves) {
  ConstraintMatcher matcher(Regex("ab|ac", ByteVocabulary()));
  ASSERT_TRUE(matcher.Accept('a'));
  ConstraintMatcher copy = matcher;
  ASSERT_TRUE(matcher.Accept('b'));
  ASSERT_TRUE(copy.Accept('c'));
}

// For the thread sanitizer, and for masks that are dropped while others use them.
TEST(ConstraintTest, ResponsesShareAConstraintFromSeveralThreads) {
  const auto constraint = *Constraint::Compile(
      {ResponseFormatKind::kRegex, "([a-z]{1,9}[0-9]{1,9}){1,30}", {}}, ByteVocabulary(), 20000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&constraint, t] {
      std::mt19937 random(t);
      for (int round = 0; round < 20; ++round) {
        ConstraintMatcher matcher(constraint);
        for (int i = 0; i < 60; ++i) {
          const absl::Span<const uint64_t> mask = matcher.Allowed();
          int32_t id = static_cast<int32_t>(random() % 256);
          for (int n = 0; n < 256 && !IsSet(mask, id); ++n) id = (id + 1) % 256;
          if (!matcher.Accept(id)) break;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace edgetasks::text
