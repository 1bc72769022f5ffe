#include "core/llm/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "core/base/error.h"
#include "tests/support/fake_llm_executor.h"

namespace edgetasks::llm {
namespace {

using ::edgetasks::testing::FakeLlmExecutor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class GenerateTest : public ::testing::Test {
 protected:
  // Counts up: after token n comes n + 1.
  GenerateTest()
      : executor_(100, 20, [](const std::vector<int32_t>& t) { return (t.back() + 1) % 100; }) {
    SamplerParams greedy;
    greedy.temperature = 0.0f;
    sampler_ = std::make_unique<Sampler>(greedy);
  }

  absl::StatusOr<StopReason> Run(int max_output_tokens = 0,
                                 std::vector<std::vector<int32_t>> stops = {}) {
    StopDetector stop(std::move(stops));
    GenerateParams params;
    params.max_output_tokens = max_output_tokens;
    params.max_context_tokens = max_context_tokens_;
    params.sampler = sampler_.get();
    params.stop = &stop;
    params.cancel = &*cancel_;
    shown_.clear();
    stats_ = {};
    return Generate(
        &executor_, &pending_, params,
        [&](int32_t id) {
          shown_.push_back(id);
          if (static_cast<int>(shown_.size()) == cancel_after_) cancel_->Cancel();
          return static_cast<int>(shown_.size()) != refuse_after_;
        },
        &stats_);
  }

  FakeLlmExecutor executor_;
  std::unique_ptr<Sampler> sampler_;
  std::vector<int32_t> pending_ = {10, 11, 12};
  std::vector<int32_t> shown_;
  std::optional<Cancellation> cancel_{std::in_place};
  int cancel_after_ = -1, refuse_after_ = -1, max_context_tokens_ = 20;
  GenerateStats stats_;
};

TEST_F(GenerateTest, FeedsThePromptThenItsOwnTokens) {
  EXPECT_EQ(*Run(3), StopReason::kMaxOutputTokens);
  EXPECT_THAT(shown_, ElementsAre(13, 14, 15));
  EXPECT_THAT(executor_.tokens(), ElementsAre(10, 11, 12, 13, 14));
  EXPECT_THAT(pending_, ElementsAre(15));
  EXPECT_EQ(stats_.prompt_tokens, 3);
  EXPECT_EQ(stats_.output_tokens, 3);
}

TEST_F(GenerateTest, GoesOnWhereItEnded) {
  Run(2).IgnoreError();
  pending_.push_back(50);
  EXPECT_EQ(*Run(1), StopReason::kMaxOutputTokens);
  EXPECT_THAT(executor_.tokens(), ElementsAre(10, 11, 12, 13, 14, 50));
  EXPECT_THAT(shown_, ElementsAre(51));
}

TEST_F(GenerateTest, HidesTheStopTokenButKeepsItInTheContext) {
  EXPECT_EQ(*Run(0, {{15}}), StopReason::kStopToken);
  EXPECT_THAT(shown_, ElementsAre(13, 14));
  EXPECT_THAT(pending_, ElementsAre(15));
  EXPECT_EQ(stats_.output_tokens, 3);
}

TEST_F(GenerateTest, EndsWhereTheListenerSaysSo) {
  refuse_after_ = 2;
  EXPECT_EQ(*Run(), StopReason::kStopToken);
  EXPECT_THAT(shown_, ElementsAre(13, 14));
}

TEST_F(GenerateTest, EndsWhenTheContextIsFull) {
  EXPECT_EQ(*Run(), StopReason::kContextFull);
  EXPECT_EQ(executor_.position(), 20);
  EXPECT_EQ(shown_.size(), 18);  // 17 that were fed again, and the last one
}

TEST_F(GenerateTest, APromptMayFillTheContext) {
  max_context_tokens_ = 3;
  EXPECT_EQ(*Run(), StopReason::kContextFull);
  EXPECT_THAT(shown_, ElementsAre(13));
}

TEST_F(GenerateTest, RefusesAPromptThatDoesNotFitBeforeFeedingIt) {
  max_context_tokens_ = 2;
  const auto reason = Run();
  EXPECT_EQ(GetErrorDetail(reason.status()), ErrorDetail::kContextFull);
  EXPECT_THAT(std::string(reason.status().message()), HasSubstr("3 tokens, 2 of 2"));
  EXPECT_EQ(executor_.position(), 0);
  EXPECT_EQ(pending_.size(), 3);
}

TEST_F(GenerateTest, RefusesAnEmptyPrompt) {
  pending_.clear();
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(GenerateTest, CancelsBetweenTwoTokensAndGoesOnLater) {
  cancel_after_ = 2;
  EXPECT_EQ(*Run(), StopReason::kCancelled);
  EXPECT_THAT(shown_, ElementsAre(13, 14));
  cancel_.emplace();
  cancel_after_ = -1;
  EXPECT_EQ(*Run(2), StopReason::kMaxOutputTokens);
  EXPECT_THAT(shown_, ElementsAre(15, 16));
}

TEST_F(GenerateTest, CancelsDuringThePromptWithoutLosingAnyOfIt) {
  int taken = 0;
  executor_.before_token = [&] {
    if (++taken == 2) cancel_->Cancel();
  };
  EXPECT_EQ(*Run(), StopReason::kCancelled);
  EXPECT_THAT(executor_.tokens(), ElementsAre(10));
  EXPECT_THAT(pending_, ElementsAre(11, 12));
  executor_.before_token = nullptr;
  cancel_.emplace();
  EXPECT_EQ(*Run(1), StopReason::kMaxOutputTokens);
  EXPECT_THAT(shown_, ElementsAre(13));
}

TEST_F(GenerateTest, AnErrorLosesNothing) {
  executor_.fail_decode = absl::InternalError("broken");
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(pending_, ElementsAre(12));
  EXPECT_EQ(*Run(1), StopReason::kMaxOutputTokens);
  EXPECT_THAT(shown_, ElementsAre(13));
}

}  // namespace
}  // namespace edgetasks::llm
