#include <cmath>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::OpRunner;
using ::testing::HasSubstr;

std::vector<float> Normal(std::mt19937* random, int count, float mean, float deviation) {
  std::vector<float> values(count);
  for (float& value : values) value = std::normal_distribution<float>(mean, deviation)(*random);
  return values;
}

TEST(LayerNormTest, TakesTheMeanAndTheDeviationOutOfEachRow) {
  constexpr int kRows = 1200, kDepth = 60;  // enough for two threads
  constexpr float kEpsilon = 0.25f;
  std::mt19937 random(1);
  const std::vector<float> x = Normal(&random, kRows * kDepth, 0.5f, 2.0f);
  const std::vector<float> weight = Normal(&random, kDepth, 0, 1),
                           bias = Normal(&random, kDepth, 0, 1);
  for (const bool with_weight : {false, true}) {
    for (const bool with_bias : {false, true}) {
      OpRunner runner(ir::OpCode::LAYER_NORM, ir::NormParams{kEpsilon});
      runner.AddInput<float>({2, kRows / 2, kDepth}, x);
      if (with_weight)
        runner.AddInput<float>({kDepth}, weight);
      else
        runner.AddMissingInput();
      if (with_bias) runner.AddInput<float>({kDepth}, bias);
      runner.AddOutput(DType::kFloat32);
      const absl::Status status = runner.Run(2);
      ASSERT_TRUE(status.ok()) << status;
      EXPECT_EQ(runner.OutputShape(0), (ir::Shape{2, kRows / 2, kDepth}));
      const auto y = runner.Output<float>(0);
      for (int r = 0; r < kRows; ++r) {
        const float* row = x.data() + r * kDepth;
        double mean = 0, size = 0, variance = 0;
        for (int i = 0; i < kDepth; ++i) mean += row[i] / double{kDepth};
        for (int i = 0; i < kDepth; ++i) size += std::abs(row[i]) / double{kDepth};
        for (int i = 0; i < kDepth; ++i) variance += std::pow(row[i] - mean, 2) / kDepth;
        const double deviation = std::sqrt(variance + kEpsilon);
        for (int i = 0; i < kDepth; ++i) {
          const double w = with_weight ? weight[i] : 1.0;
          const double exact = (row[i] - mean) / deviation * w + (with_bias ? bias[i] : 0.0);
          // The bound of the rowwise family.
          const double range =
              (std::abs(row[i]) + size) / deviation * std::abs(w) + std::abs(exact);
          const double bound = (kDepth / 16.0 + 24) * std::ldexp(range, -24);
          ASSERT_NEAR(y[r * kDepth + i], exact, bound);
        }
      }
    }
  }
}

TEST(LayerNormTest, RefusesABiasOfAnotherSize) {
  OpRunner runner(ir::OpCode::LAYER_NORM, ir::NormParams{});
  runner.AddInput<float>({2, 3}, std::vector<float>(6));
  runner.AddInput<float>({3}, std::vector<float>(3));
  runner.AddInput<float>({2}, std::vector<float>(2));
  runner.AddOutput(DType::kFloat32);
  const absl::Status status = runner.Run();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("input 2 [2]; expected [.., D] and [D]"));
}

}  // namespace
}  // namespace edgetasks
