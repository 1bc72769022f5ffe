#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::LeakyReluParams;
using ir::OpCode;
using test::OpRunner;
using test::PerTensor;
using ::testing::ElementsAre;

TEST(LeakyReluTest, ScalesNegativeFloats) {
  OpRunner runner(OpCode::LEAKY_RELU, LeakyReluParams{0.25f});
  runner.AddInput<float>({3}, {-8, 0, 3});
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(-2, 0, 3));
}

// Without rounding: steps of 0.5 into steps of 0.25.
TEST(LeakyReluTest, UsesBothScalesAndZeroPoints) {
  OpRunner runner(OpCode::LEAKY_RELU, LeakyReluParams{0.5f});
  runner.AddInput<int8_t>({4}, {-7, 1, 3, 100}, PerTensor(0.5f, 1));
  runner.AddOutput(ir::DType::kInt8, PerTensor(0.25f, -2));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(-10, -2, 2, 127));
}

// TFLite rounds the product to one more bit first, then once more, ties away from zero:
// -1361 * 0.3 * 1.2573264589899154 = -513.37 -> -1027 halves -> -514.
TEST(LeakyReluTest, Int16RoundsTwiceAsTfliteDoes) {
  OpRunner runner(OpCode::LEAKY_RELU, LeakyReluParams{0.3f});
  runner.AddInput<int16_t>({2}, {-1361, 1000}, PerTensor(0.00583687f, 0));
  runner.AddOutput(ir::DType::kInt16, PerTensor(0.00464229f, 0));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int16_t>(0), ElementsAre(-514, 1257));
}

TEST(LeakyReluTest, TakesNegativeSlopesAndExtremeScales) {
  OpRunner negative(OpCode::LEAKY_RELU, LeakyReluParams{-0.5f});
  negative.AddInput<uint8_t>({2}, {0, 14}, PerTensor(1.0f, 10));
  negative.AddOutput(ir::DType::kUInt8, PerTensor(1.0f, 10));
  ASSERT_TRUE(negative.Run().ok());
  EXPECT_THAT(negative.Output<uint8_t>(0), ElementsAre(15, 14));

  for (float output_scale : {0.0f, 1e-30f}) {
    OpRunner extreme(OpCode::LEAKY_RELU, LeakyReluParams{0.5f});
    extreme.AddInput<int16_t>({3}, {-5, 0, 5}, PerTensor(1.0f, 0));
    extreme.AddOutput(ir::DType::kInt16, PerTensor(output_scale, 0));
    ASSERT_TRUE(extreme.Run().ok());
    if (output_scale == 0.0f) {
      EXPECT_THAT(extreme.Output<int16_t>(0), ElementsAre(0, 0, 0));
    } else {
      EXPECT_THAT(extreme.Output<int16_t>(0), ElementsAre(-32768, 0, 32767));
    }
  }
}

}  // namespace
}  // namespace edgetasks
