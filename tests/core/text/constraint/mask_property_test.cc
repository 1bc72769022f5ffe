// Masks against brute force: a token is allowed exactly if some text of the language goes on so.
#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/constraint_testing.h"

namespace edgetasks::text {
namespace {

constexpr int kMaxLength = 6;

// Every text over a, b, c of up to kMaxLength characters.
std::vector<std::string> AllTexts() {
  std::vector<std::string> texts = {""};
  for (size_t i = 0; i < texts.size() && texts[i].size() < kMaxLength; ++i) {
    for (const char c : {'a', 'b', 'c'}) texts.push_back(texts[i] + c);
  }
  return texts;
}

// An expression whose texts have at most `length` characters.
std::string RandomPattern(std::mt19937* random, int length) {
  const auto below = [&](int n) { return static_cast<int>((*random)() % n); };
  if (length <= 1 || below(6) == 0) {
    static const char* const kAtoms[] = {"a", "b", "c", "[ab]", "[^a]", "."};
    return length == 0 ? "" : kAtoms[below(6)];
  }
  const int first = 1 + below(length - 1);
  switch (below(4)) {
    case 0:
      return "(?:" + RandomPattern(random, length) + "|" + RandomPattern(random, length) + ")";
    case 1:
      return "(?:" + RandomPattern(random, length / 2) + "){" + std::to_string(below(2)) + ",2}";
    case 2:
      return "(?:" + RandomPattern(random, length) + ")?";
    default:
      return RandomPattern(random, first) + RandomPattern(random, length - first);
  }
}

// With every letter a token, each text can be spelled; the longer tokens cross the borders.
std::vector<std::string> RandomTokens(std::mt19937* random) {
  std::vector<std::string> tokens = {"a", "b", "c", "", "a"};
  for (int i = 0; i < 12; ++i) {
    std::string token;
    for (int n = 1 + (*random)() % 4; n > 0; --n) token.push_back("abc"[(*random)() % 3]);
    tokens.push_back(token);
  }
  return tokens;
}

bool IsPrefixOfOne(const std::set<std::string>& language, const std::string& prefix) {
  const auto at = language.lower_bound(prefix);
  return at != language.end() && at->compare(0, prefix.size(), prefix) == 0;
}

size_t ShortestRest(const std::set<std::string>& language, const std::string& prefix) {
  size_t shortest = kMaxLength + 1;
  for (auto at = language.lower_bound(prefix);
       at != language.end() && at->compare(0, prefix.size(), prefix) == 0; ++at) {
    shortest = std::min(shortest, at->size() - prefix.size());
  }
  return shortest;
}

// Follows random ways through the language and compares every mask on them.
void CheckWays(const std::shared_ptr<const Constraint>& constraint,
               const std::vector<std::string>& tokens, const std::set<std::string>& language,
               std::mt19937* random) {
  for (int way = 0; way < 4; ++way) {
    ConstraintMatcher matcher(constraint);
    std::string text;
    while (true) {
      ASSERT_EQ(matcher.may_end(), language.count(text) > 0) << text;
      const absl::Span<const uint64_t> mask = matcher.Allowed();
      std::vector<int32_t> allowed;
      for (size_t id = 0; id < tokens.size(); ++id) {
        const bool expected = !tokens[id].empty() && IsPrefixOfOne(language, text + tokens[id]);
        ASSERT_EQ(testing::IsSet(mask, static_cast<int32_t>(id)), expected)
            << "'" << text << "' + '" << tokens[id] << "'";
        if (expected) allowed.push_back(static_cast<int32_t>(id));
      }
      ASSERT_EQ(matcher.must_end(), allowed.empty()) << text;
      ASSERT_LE(matcher.min_tokens_to_end(), ShortestRest(language, text));
      if (allowed.empty()) break;
      const int32_t id = allowed[(*random)() % allowed.size()];
      ASSERT_TRUE(matcher.Accept(id));
      text += tokens[id];
    }
  }
}

TEST(MaskPropertyTest, MasksEqualBruteForce) {
  std::mt19937 random(7);
  const std::vector<std::string> texts = AllTexts();
  int checked = 0;
  for (int round = 0; round < 150; ++round) {
    const std::string pattern = RandomPattern(&random, kMaxLength);
    const std::vector<std::string> tokens = RandomTokens(&random);
    SCOPED_TRACE(pattern);
    std::set<std::string> language;
    const std::regex expression(pattern);
    for (const std::string& text : texts) {
      if (std::regex_match(text, expression)) language.insert(text);
    }
    const auto constraint =
        Constraint::Compile({ResponseFormatKind::kRegex, pattern, {}}, *Vocabulary::Create(tokens));
    ASSERT_EQ(constraint.ok(), !language.empty()) << constraint.status();
    if (!constraint.ok()) continue;
    ++checked;
    ASSERT_NO_FATAL_FAILURE(CheckWays(*constraint, tokens, language, &random));
  }
  EXPECT_GT(checked, 100);
}

// A limit so low that generations change inside of nearly every walk changes no mask.
TEST(MaskPropertyTest, DroppedStatesAreMadeAnew) {
  std::mt19937 random(8);
  const std::vector<std::string> texts = AllTexts();
  for (int round = 0; round < 60; ++round) {
    const std::string pattern = RandomPattern(&random, kMaxLength);
    const std::vector<std::string> tokens = RandomTokens(&random);
    SCOPED_TRACE(pattern);
    std::set<std::string> language;
    const std::regex expression(pattern);
    for (const std::string& text : texts) {
      if (std::regex_match(text, expression)) language.insert(text);
    }
    const auto constraint = Constraint::Compile({ResponseFormatKind::kRegex, pattern, {}},
                                                *Vocabulary::Create(tokens), 1);
    if (!constraint.ok()) continue;
    ASSERT_NO_FATAL_FAILURE(CheckWays(*constraint, tokens, language, &random));
  }
}

// Every mask on a random way against Accept, which asks the automaton alone.
void CompareWithAccept(const std::shared_ptr<const Constraint>& constraint, std::mt19937* random) {
  ConstraintMatcher matcher(constraint);
  for (int step = 0; step < 5 && !matcher.must_end(); ++step) {
    const absl::Span<const uint64_t> allowed = matcher.Allowed();
    const std::vector<uint64_t> mask(allowed.begin(), allowed.end());
    std::vector<int32_t> ids;
    for (int32_t id = 0; id < constraint->vocabulary().size(); ++id) {
      ConstraintMatcher copy = matcher;
      ASSERT_EQ(testing::IsSet(mask, id), copy.Accept(id))
          << "step " << step << ": '" << constraint->vocabulary().BytesOf(id) << "'";
      // A double quote would end most of the formats too early.
      if (testing::IsSet(mask, id) && (step == 0 || id != '"')) ids.push_back(id);
    }
    ASSERT_FALSE(ids.empty());
    ASSERT_TRUE(matcher.Accept(ids[(*random)() % ids.size()]));
  }
}

// A vocabulary with many tokens under one beginning, so that walks pass over subtrees that stay in
// one state: with characters of two and more bytes, parts of such, and what ends the loops.
TEST(MaskPropertyTest, WalksThatPassOverSubtreesMissNothing) {
  std::mt19937 random(9);
  static const char* const kParts[] = {
      "a",  "b", "Q",        "7",    " ",    "\"",           "\\",
      "\n", "x", "\xC3\xA9", "\xC3", "\xA9", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80"};
  std::vector<std::string> tokens;
  for (int i = 0; i < 4000; ++i) {
    std::string token = random() % 4 == 0 ? "" : "a";
    // The first five are common, so that some subtrees have nothing else.
    for (int n = 1 + random() % 5; n > 0; --n) {
      token += kParts[random() % (random() % 8 == 0 ? std::size(kParts) : 5)];
    }
    tokens.push_back(token);
  }
  const auto vocabulary = testing::ByteVocabulary(tokens);
  const std::vector<ResponseFormat> formats = {
      {ResponseFormatKind::kJsonSchema, R"({"type": "string"})", {}},
      {ResponseFormatKind::kRegex, ".*", {}},
      {ResponseFormatKind::kRegex, "[^x]*", {}},
      {ResponseFormatKind::kRegex, "[^\xC3\xA9]*", {}},
      {ResponseFormatKind::kRegex, "[a-z \xC3\xA9]*[0-9]", {}},
      {ResponseFormatKind::kRegex, "[ -~]*", {}},
      {ResponseFormatKind::kRegex, "(?:a|[^a][^a])*", {}}};
  for (const ResponseFormat& format : formats) {
    for (const size_t max_cache_bytes : {Constraint::kDefaultMaxCacheBytes, size_t{1}}) {
      SCOPED_TRACE(format.text);
      const auto constraint = Constraint::Compile(format, vocabulary, max_cache_bytes);
      ASSERT_TRUE(constraint.ok()) << constraint.status();
      ASSERT_NO_FATAL_FAILURE(CompareWithAccept(*constraint, &random));
    }
  }
}

}  // namespace
}  // namespace edgetasks::text
