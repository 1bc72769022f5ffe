#include "core/llm/logit_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace edgetasks::llm {
namespace {

using ::testing::ElementsAre;

constexpr float kInf = INFINITY;

std::vector<float> Apply(const LogitRules& rules, const std::vector<float>& logits,
                         const std::vector<int32_t>& tokens = {}, size_t response_begin = 0,
                         const std::vector<uint64_t>& allowed = {}) {
  LogitProcessor processor(rules);
  SampleContext context;
  context.tokens = tokens;
  context.response_begin = response_begin;
  context.allowed = allowed;
  // Twice: nothing may be left of the first.
  processor.Apply(logits, context);
  const absl::Span<const float> result = processor.Apply(logits, context);
  return std::vector<float>(result.begin(), result.end());
}

TEST(LogitRulesTest, WithoutRulesNothingIsCopied) {
  const std::vector<float> logits = {1, 2, 3};
  LogitProcessor processor({});
  EXPECT_EQ(processor.Apply(logits, {}).data(), logits.data());
}

TEST(LogitRulesTest, BiasIsAdded) {
  LogitRules rules;
  rules.bias = {{1, 0.5f}, {1, 0.25f}, {-1, 9.0f}, {3, 9.0f}};
  EXPECT_THAT(Apply(rules, {1, 2, 3}), ElementsAre(1, 2.75f, 3));
}

TEST(LogitRulesTest, RepetitionDividesOrMultipliesOnce) {
  LogitRules rules;
  rules.repetition_penalty = 2.0f;
  EXPECT_THAT(Apply(rules, {4, -4, 0, 4}, {0, 1, 0, 2, 99, -1}), ElementsAre(2, -8, 0, 4));
}

TEST(LogitRulesTest, PenaltiesLookAtTheirWindowOnly) {
  LogitRules rules;
  rules.repetition_penalty = 2.0f;
  rules.penalty_window = 2;
  EXPECT_THAT(Apply(rules, {4, 4, 4}, {0, 1, 2}), ElementsAre(4, 2, 2));
  rules.repetition_penalty = 1.0f;
  rules.presence_penalty = 1.0f;
  EXPECT_THAT(Apply(rules, {4, 4, 4}, {0, 1, 2}), ElementsAre(4, 3, 3));
}

TEST(LogitRulesTest, PresenceAndFrequencyCountTheResponse) {
  LogitRules rules;
  rules.presence_penalty = 1.0f;
  rules.frequency_penalty = 0.25f;
  EXPECT_THAT(Apply(rules, {4, 4, 4}, {2, 2, 2, 0, 1, 0}, 3), ElementsAre(2.5f, 2.75f, 4));
  EXPECT_THAT(Apply(rules, {4, 4, 4}, {2, 2}, 2), ElementsAre(4, 4, 4));
}

TEST(LogitRulesTest, NoNgramComesTwice) {
  LogitRules rules;
  rules.no_repeat_ngram_size = 3;
  // 1 2 came before, and 0 and then 3 after it.
  EXPECT_THAT(Apply(rules, {1, 1, 1, 1}, {1, 2, 0, 1, 2, 3, 1, 2}),
              ElementsAre(-kInf, 1, 1, -kInf));
  EXPECT_THAT(Apply(rules, {1, 1, 1, 1}, {1, 2}), ElementsAre(1, 1, 1, 1));
  rules.no_repeat_ngram_size = 1;
  EXPECT_THAT(Apply(rules, {1, 1, 1, 1}, {1, 2}), ElementsAre(1, -kInf, -kInf, 1));
  EXPECT_THAT(Apply(rules, {1, 1}, {}), ElementsAre(1, 1));
}

TEST(LogitRulesTest, SuppressedForbiddenAndUnspeakableTokensAreOut) {
  LogitRules rules;
  rules.suppressed = {1, -5, 70};
  EXPECT_THAT(Apply(rules, {1, 2, 3}), ElementsAre(1, -kInf, 3));
  EXPECT_THAT(Apply({}, {1, 2, 3}, {}, 0, {0b101}), ElementsAre(1, -kInf, 3));
  rules.vocab_limit = 2;
  EXPECT_THAT(Apply(rules, {1, 2, 3}), ElementsAre(1, -kInf));
  // Words that are missing allow nothing.
  const std::vector<float> many = Apply({}, std::vector<float>(70, 1.0f), {}, 0, {~uint64_t{0}});
  EXPECT_EQ(many[63], 1.0f);
  EXPECT_EQ(many[64], -kInf);
}

}  // namespace
}  // namespace edgetasks::llm
