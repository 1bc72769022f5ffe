#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using test::OpRunner;
using test::PerTensor;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

// exp, sum and one division: at most depth + 4 roundings of 2^-24 relative each; 1e-6 covers rows
// of up to 12.
constexpr float kTolerance = 1e-6f;

TEST(SoftmaxTest, MatchesTheFormula) {
  OpRunner runner(ir::OpCode::SOFTMAX, ir::SoftmaxParams{0.5f});
  runner.AddInput<float>({2, 3}, {1, 2, 3, -4, 0, 8});
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{2, 3}));
  std::vector<float> expected;
  for (const auto& row : {std::vector<double>{1, 2, 3}, std::vector<double>{-4, 0, 8}}) {
    double sum = 0;
    for (double x : row) sum += std::exp(0.5 * x);
    for (double x : row) expected.push_back(static_cast<float>(std::exp(0.5 * x) / sum));
  }
  EXPECT_THAT(runner.Output<float>(0), Pointwise(FloatNear(kTolerance), expected));
}

TEST(SoftmaxTest, SubtractsMaxSoLargeLogitsStayFinite) {
  OpRunner runner(ir::OpCode::SOFTMAX, ir::SoftmaxParams{1.0f});
  runner.AddInput<float>({1, 2}, {1000.0f, 1000.0f});
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(0.5f, 0.5f));
}

TEST(SoftmaxTest, Int8UsesTheOutputScale) {
  OpRunner runner(ir::OpCode::SOFTMAX, ir::SoftmaxParams{1.0f});
  runner.AddInput<int8_t>({1, 4}, {0, 0, 0, 0}, PerTensor(0.1f, 3));
  runner.AddOutput(ir::DType::kInt8, PerTensor(1.0f / 256, -128));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(-64, -64, -64, -64));
}

TEST(SoftmaxTest, AFullyMaskedRowIsZero) {
  constexpr float kMasked = -std::numeric_limits<float>::infinity();
  OpRunner runner(ir::OpCode::SOFTMAX, ir::SoftmaxParams{1.0f});
  runner.AddInput<float>({2, 2}, {kMasked, kMasked, kMasked, 3});
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(0, 0, 0, 1));
}

TEST(SoftmaxTest, Int8ToInt16KeepsMoreBits) {
  OpRunner runner(ir::OpCode::SOFTMAX, ir::SoftmaxParams{1.0f});
  runner.AddInput<int8_t>({1, 3}, {5, 5, 5}, PerTensor(0.1f, 3));
  runner.AddOutput(ir::DType::kInt16, PerTensor(1.0f / 32768, 0));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int16_t>(0), ElementsAre(10923, 10923, 10923));  // 32768 / 3
}

TEST(SoftmaxTest, AZeroOutputScaleGivesTheZeroPoint) {
  OpRunner runner(ir::OpCode::SOFTMAX, ir::SoftmaxParams{1.0f});
  runner.AddInput<int8_t>({1, 2}, {5, 5}, PerTensor(0.0f, 3));
  runner.AddOutput(ir::DType::kInt8, PerTensor(0.0f, -9));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(-9, -9));
}

TEST(SoftmaxTest, RefusesAScalar) {
  OpRunner runner(ir::OpCode::SOFTMAX, ir::SoftmaxParams{1.0f});
  runner.AddInput<float>({}, {1});
  runner.AddOutput(ir::DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("at least 1 dimension"));
}

TEST(SoftmaxTest, NamesAnUnsupportedType) {
  OpRunner runner(ir::OpCode::SOFTMAX, ir::SoftmaxParams{1.0f});
  runner.AddInput<int32_t>({1, 1}, {1});
  runner.AddOutput(ir::DType::kInt32);
  EXPECT_THAT(std::string(runner.Run().message()),
              HasSubstr("SOFTMAX: input 0 is int32; supported: float32, int8, uint8, int16"));
}

}  // namespace
}  // namespace edgetasks
