#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::OpCode;
using test::OpRunner;
using test::PerTensor;
using ::testing::ElementsAre;
using ::testing::FloatNear;

template <typename T>
std::vector<T> RunBinary(OpCode code, const std::vector<T>& a, const std::vector<T>& b) {
  OpRunner runner(code);
  runner.AddInput<T>({static_cast<int32_t>(a.size())}, a);
  runner.AddInput<T>({static_cast<int32_t>(b.size())}, b);
  runner.AddOutput(ir::DTypeOf<T>());
  const absl::Status status = runner.Run();
  EXPECT_TRUE(status.ok()) << status;
  return runner.Output<T>(0);
}

TEST(BinaryMathTest, PicksTheLargerAndTheSmaller) {
  EXPECT_THAT(RunBinary<float>(OpCode::MAXIMUM, {1, -2, 3}, {2}), ElementsAre(2, 2, 3));
  EXPECT_THAT(RunBinary<float>(OpCode::MINIMUM, {1, -2, 3}, {2}), ElementsAre(1, -2, 2));
  EXPECT_THAT(RunBinary<int64_t>(OpCode::MAXIMUM, {1, -2}, {0, 0}), ElementsAre(1, 0));
  EXPECT_THAT(RunBinary<int8_t>(OpCode::MINIMUM, {100, -100}, {0, 0}), ElementsAre(0, -100));
}

TEST(BinaryMathTest, PicksAmongRealNumbersWhereScalesDiffer) {
  OpRunner runner(OpCode::MAXIMUM);
  runner.AddInput<int8_t>({2}, {10, -20}, PerTensor(0.5f, 0));  // 5, -10
  runner.AddInput<int8_t>({2}, {4, -4}, PerTensor(2.0f, 0));    // 8, -8
  runner.AddOutput(ir::DType::kInt8, PerTensor(1.0f, 1));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(9, -7));
}

TEST(BinaryMathTest, RaisesToPowers) {
  EXPECT_THAT(RunBinary<float>(OpCode::POW, {2, 4, -3}, {10, 0.5f, 3}), ElementsAre(1024, 2, -27));
  EXPECT_THAT(RunBinary<int32_t>(OpCode::POW, {2, -3, 0, 7}, {10, 3, 0, 1}),
              ElementsAre(1024, -27, 1, 7));
}

TEST(BinaryMathTest, NegativeIntegerExponentIsABadValue) {
  OpRunner runner(OpCode::POW);
  runner.AddInput<int32_t>({1}, {2});
  runner.AddInput<int32_t>({1}, {-1});
  runner.AddOutput(ir::DType::kInt32);
  EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kBadValue);
}

TEST(BinaryMathTest, SquaresDifferences) {
  EXPECT_THAT(RunBinary<float>(OpCode::SQUARED_DIFFERENCE, {1, 5}, {3}), ElementsAre(4, 4));
  EXPECT_THAT(RunBinary<int32_t>(OpCode::SQUARED_DIFFERENCE, {1, -5}, {3, 5}), ElementsAre(4, 100));
  OpRunner runner(OpCode::SQUARED_DIFFERENCE);
  runner.AddInput<int8_t>({2}, {1, -5}, PerTensor(0.5f, 0));
  runner.AddInput<int8_t>({2}, {3, 5}, PerTensor(0.5f, 0));
  runner.AddOutput(ir::DType::kInt8, PerTensor(0.25f, -10));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(-6, 90));
}

TEST(BinaryMathTest, Atan2KnowsTheQuadrants) {
  const float pi = std::acos(-1.0f);
  EXPECT_THAT(RunBinary<float>(OpCode::ATAN2, {1, 1, -1, 0}, {1, -1, -1, -1}),
              ElementsAre(FloatNear(pi / 4, 1e-6f), FloatNear(3 * pi / 4, 1e-6f),
                          FloatNear(-3 * pi / 4, 1e-6f), FloatNear(pi, 1e-6f)));
}

TEST(BinaryMathTest, PreluScalesNegativesByChannel) {
  OpRunner runner(OpCode::PRELU);
  runner.AddInput<float>({2, 2}, {-1, 2, 3, -4});
  runner.AddInput<float>({2}, {0.5f, 0.25f});
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(-0.5f, 2, 3, -1));

  OpRunner quantized(OpCode::PRELU);
  quantized.AddInput<int8_t>({2, 2}, {-8, 2, 3, -8}, PerTensor(0.5f, 0));
  quantized.AddInput<int8_t>({2}, {2, 1}, PerTensor(0.25f, 0));
  quantized.AddOutput(ir::DType::kInt8, PerTensor(0.5f, 1));
  ASSERT_TRUE(quantized.Run().ok());
  EXPECT_THAT(quantized.Output<int8_t>(0), ElementsAre(-3, 3, 4, -1));
}

}  // namespace
}  // namespace edgetasks
