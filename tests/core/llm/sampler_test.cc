#include "core/llm/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/error.h"

namespace edgetasks::llm {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

SamplerParams Params(int top_k, float top_p, float temperature, uint64_t seed = 0) {
  SamplerParams params;
  params.top_k = top_k;
  params.top_p = top_p;
  params.temperature = temperature;
  params.seed = seed;
  return params;
}

// The frequencies of `draws` samples.
std::vector<double> Frequencies(const SamplerParams& params, const std::vector<float>& logits,
                                int draws) {
  Sampler sampler(params);
  std::vector<double> count(logits.size());
  for (int i = 0; i < draws; ++i) count[*sampler.Sample(logits)] += 1;
  for (double& c : count) c /= draws;
  return count;
}

// The first outputs for seed 1234567, as published with the reference implementation
// (prng.di.unimi.it/splitmix64.c).
TEST(SplitMix64Test, IsTheReferenceGenerator) {
  SplitMix64 random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
  EXPECT_EQ(random.Next(), 4593380528125082431u);
  EXPECT_EQ(random.Next(), 16408922859458223821u);
}

TEST(SplitMix64Test, UnitsLieInTheHalfOpenInterval) {
  SplitMix64 random(1);
  for (int i = 0; i < 1000; ++i) {
    const double u = random.NextUnit();
    EXPECT_GE(u, 0.0);
    EXPECT_LT(u, 1.0);
  }
}

TEST(SamplerTest, GreedyTakesTheLowestIdOfTheHighestLogits) {
  const std::vector<float> logits = {0.5f, 2.0f, -1.0f, 2.0f};
  EXPECT_EQ(*Sampler(Params(1, 1.0f, 0.8f)).Sample(logits), 1);
  EXPECT_EQ(*Sampler(Params(40, 1.0f, 0.0f)).Sample(logits), 1);
}

TEST(SamplerTest, SamplesTheSoftmaxOfTheLogits) {
  // exp of ln 1, ln 2, ln 5, ln 2 over their sum 10. 40,000 draws: standard deviation of a share is
  // below sqrt(0.25 / 40000) = 0.0025; four of them allowed.
  const std::vector<float> logits = {0.0f, std::log(2.0f), std::log(5.0f), std::log(2.0f)};
  const std::vector<double> share = Frequencies(Params(40, 1.0f, 1.0f, 7), logits, 40000);
  EXPECT_NEAR(share[0], 0.1, 0.01);
  EXPECT_NEAR(share[1], 0.2, 0.01);
  EXPECT_NEAR(share[2], 0.5, 0.01);
  EXPECT_NEAR(share[3], 0.2, 0.01);
}

TEST(SamplerTest, TemperatureDividesTheLogits) {
  // At temperature 0.5 the weights are squared: 1, 4, 25, 4 of 34.
  const std::vector<float> logits = {0.0f, std::log(2.0f), std::log(5.0f), std::log(2.0f)};
  const std::vector<double> share = Frequencies(Params(40, 1.0f, 0.5f, 7), logits, 40000);
  EXPECT_NEAR(share[0], 1.0 / 34, 0.01);
  EXPECT_NEAR(share[2], 25.0 / 34, 0.01);
}

TEST(SamplerTest, TopKKeepsTheHighestAndOfEqualOnesTheLowerIds) {
  const std::vector<float> logits = {1.0f, 3.0f, 1.0f, 2.0f, 1.0f};
  const std::vector<double> share = Frequencies(Params(3, 1.0f, 1.0f), logits, 4000);
  EXPECT_GT(share[0], 0.0);
  EXPECT_GT(share[1], 0.0);
  EXPECT_EQ(share[2], 0.0);
  EXPECT_GT(share[3], 0.0);
  EXPECT_EQ(share[4], 0.0);
}

TEST(SamplerTest, TopPKeepsTheShortestBeginningThatReachesIt) {
  // Weights 5, 2, 2, 1 of 10 in descending order: 0.5 needs one token, 0.6 two, 0 still one.
  const std::vector<float> logits = {0.0f, std::log(2.0f), std::log(5.0f), std::log(2.0f)};
  std::vector<double> share = Frequencies(Params(40, 0.49f, 1.0f), logits, 1000);
  EXPECT_EQ(share[2], 1.0);
  share = Frequencies(Params(40, 0.6f, 1.0f), logits, 1000);
  EXPECT_GT(share[1], 0.0);
  EXPECT_EQ(share[3], 0.0);
  EXPECT_EQ(share[0], 0.0);
  EXPECT_EQ(Frequencies(Params(40, 0.0f, 1.0f), logits, 1000)[2], 1.0);
}

// top-p counts probabilities among the top k, not among all: with k = 2 the weights 5 and 2 are 5/7
// and 2/7, so 0.7 needs one token only.
TEST(SamplerTest, TopPComesAfterTopK) {
  const std::vector<float> logits = {0.0f, std::log(2.0f), std::log(5.0f), std::log(2.0f)};
  EXPECT_EQ(Frequencies(Params(2, 0.7f, 1.0f), logits, 1000)[2], 1.0);
}

TEST(SamplerTest, TheSameSeedChoosesTheSameTokens) {
  std::vector<float> logits(100);
  for (int i = 0; i < 100; ++i) logits[i] = std::sin(static_cast<float>(i));
  Sampler a(Params(40, 0.95f, 0.8f, 42)), b(Params(40, 0.95f, 0.8f, 42)),
      c(Params(40, 0.95f, 0.8f, 43));
  int different = 0;
  for (int i = 0; i < 200; ++i) {
    const int32_t id = *a.Sample(logits);
    EXPECT_EQ(id, *b.Sample(logits));
    different += id != *c.Sample(logits);
  }
  EXPECT_GT(different, 100);
}

TEST(SamplerTest, NeverChoosesSuppressedTokens) {
  SamplerParams params = Params(40, 1.0f, 0.0f);
  params.rules.suppressed = {7, 1, -3, 1000};
  EXPECT_EQ(*Sampler(params).Sample({0.0f, 9.0f, 3.0f}), 2);
}

TEST(SamplerTest, PassesOverValuesThatAreNoNumbers) {
  EXPECT_EQ(*Sampler(Params(1, 1.0f, 1.0f)).Sample({kNan, -kInf, -5.0f}), 2);
  EXPECT_EQ(*Sampler(Params(40, 1.0f, 1.0f)).Sample({kNan, 1.0f, kInf}), 2);
  const auto none = Sampler(Params(40, 1.0f, 1.0f)).Sample({kNan, -kInf});
  EXPECT_EQ(GetErrorDetail(none.status()), ErrorDetail::kBadValue);
  EXPECT_FALSE(Sampler(Params(40, 1.0f, 1.0f)).Sample({}).ok());
}

}  // namespace
}  // namespace edgetasks::llm
