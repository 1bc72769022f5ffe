#include "core/llm/logprobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace edgetasks::llm {
namespace {

constexpr float kInf = INFINITY;

TEST(LogprobsTest, AreTheLogarithmsOfTheSoftmax) {
  // Probabilities 1, 2, 5, 2 of 10. A float near ln 0.1 has steps of 2^-22.
  const std::vector<float> logits = {0.0f, std::log(2.0f), std::log(5.0f), std::log(2.0f)};
  const TokenChoice choice = DescribeChoice(logits, 0, 3);
  EXPECT_EQ(choice.chosen.id, 0);
  EXPECT_NEAR(choice.chosen.logprob, std::log(0.1), 1e-6);
  ASSERT_EQ(choice.top.size(), 3);
  EXPECT_EQ(choice.top[0].id, 2);
  EXPECT_NEAR(choice.top[0].logprob, std::log(0.5), 1e-6);
  EXPECT_EQ(choice.top[1].id, 1);  // of two alike the lower id
  EXPECT_EQ(choice.top[2].id, 3);
}

TEST(LogprobsTest, HugeLogitsDoNotOverflow) {
  const TokenChoice choice = DescribeChoice(std::vector<float>{3e38f, -3e38f}, 0, 5);
  EXPECT_EQ(choice.chosen.logprob, 0.0f);
  ASSERT_EQ(choice.top.size(), 2);
  EXPECT_EQ(choice.top[1].logprob, -kInf);
}

TEST(LogprobsTest, ValuesThatAreNoNumbersHaveNoProbability) {
  const std::vector<float> logits = {NAN, 1.0f, -kInf};
  EXPECT_EQ(DescribeChoice(logits, 1, 0).chosen.logprob, 0.0f);
  EXPECT_EQ(DescribeChoice(logits, 0, 0).chosen.logprob, -kInf);
  EXPECT_EQ(DescribeChoice(logits, 2, 0).chosen.logprob, -kInf);
  EXPECT_EQ(DescribeChoice(logits, 1, 3).top[0].id, 1);
  EXPECT_EQ(DescribeChoice(std::vector<float>{kInf, 0.0f}, 0, 0).chosen.logprob, 0.0f);
}

}  // namespace
}  // namespace edgetasks::llm
