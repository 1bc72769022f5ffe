#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/naive_conv.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::NaiveQuantize;
using test::OpRunner;
using test::PerTensor;
using ::testing::HasSubstr;

std::vector<double> LogSoftmax(const std::vector<double>& row) {
  double sum = 0;
  for (double x : row) sum += std::exp(x);
  std::vector<double> result;
  for (double x : row) result.push_back(x - std::log(sum));
  return result;
}

TEST(LogSoftmaxTest, MatchesTheFormula) {
  OpRunner runner(ir::OpCode::LOG_SOFTMAX);
  runner.AddInput<float>({2, 1, 3}, {1, 2, 3, -4, 0, 8});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{2, 1, 3}));
  const auto out = runner.Output<float>(0);
  const auto first = LogSoftmax({1, 2, 3}), second = LogSoftmax({-4, 0, 8});
  // A few roundings of values of at most 16: 16 * 2^-24 each.
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(out[i], first[i], 4e-6);
    EXPECT_NEAR(out[3 + i], second[i], 4e-6);
  }
}

TEST(LogSoftmaxTest, LargeLogitsStayFinite) {
  OpRunner runner(ir::OpCode::LOG_SOFTMAX);
  runner.AddInput<float>({1, 2}, {1000, 1000});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_NEAR(runner.Output<float>(0)[0], -std::log(2.0), 1e-6);
}

TEST(LogSoftmaxTest, Int8AndUint8UseTheOutputScale) {
  const std::vector<double> expected = LogSoftmax({1.0, 0.5, -3.0, 2.0});
  OpRunner narrow(ir::OpCode::LOG_SOFTMAX);
  narrow.AddInput<int8_t>({1, 4}, {10, 5, -30, 20}, PerTensor(0.1f, 0));
  narrow.AddOutput(DType::kInt8, PerTensor(16.0f / 256, 127));
  ASSERT_TRUE(narrow.Run().ok());
  OpRunner unsigned8(ir::OpCode::LOG_SOFTMAX);
  unsigned8.AddInput<uint8_t>({1, 4}, {110, 105, 70, 120}, PerTensor(0.1f, 100));
  unsigned8.AddOutput(DType::kUInt8, PerTensor(16.0f / 256, 255));
  ASSERT_TRUE(unsigned8.Run().ok());
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(narrow.Output<int8_t>(0)[i], NaiveQuantize(expected[i] * 16, 127, -128, 127));
    EXPECT_EQ(unsigned8.Output<uint8_t>(0)[i], NaiveQuantize(expected[i] * 16, 255, 0, 255));
  }
}

TEST(LogSoftmaxTest, RefusesAScalar) {
  OpRunner runner(ir::OpCode::LOG_SOFTMAX);
  runner.AddInput<float>({}, {1});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("at least 1 dimension"));
}

}  // namespace
}  // namespace edgetasks
