#include <limits>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::Activation;
using ir::ActivationParams;
using ir::OpCode;
using test::OpRunner;
using test::PerTensor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ArithmeticTest, BroadcastsFloats) {
  OpRunner runner(OpCode::SUB, ActivationParams{});
  runner.AddInput<float>({2, 1, 3}, {1, 2, 3, 4, 5, 6});
  runner.AddInput<float>({2, 1}, {10, 20});
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{2, 2, 3}));
  EXPECT_THAT(runner.Output<float>(0),
              ElementsAre(-9, -8, -7, -19, -18, -17, -6, -5, -4, -16, -15, -14));
}

TEST(ArithmeticTest, AppliesTheFusedActivation) {
  OpRunner runner(OpCode::MUL, ActivationParams{Activation::kRelu6});
  runner.AddInput<float>({3}, {-1, 2, 5});
  runner.AddInput<float>({}, {2});
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(0, 4, 6));
}

TEST(ArithmeticTest, DividesFloatsAsIeee) {
  OpRunner runner(OpCode::DIV, ActivationParams{});
  runner.AddInput<float>({2}, {1, -7});
  runner.AddInput<float>({2}, {0, 2});
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(std::numeric_limits<float>::infinity(), -3.5f));
}

TEST(ArithmeticTest, IntegersWrapAndClamp) {
  constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
  OpRunner add(OpCode::ADD, ActivationParams{});
  add.AddInput<int32_t>({2}, {kMax, 1});
  add.AddInput<int32_t>({2}, {1, 2});
  add.AddOutput(ir::DType::kInt32);
  ASSERT_TRUE(add.Run().ok());
  EXPECT_THAT(add.Output<int32_t>(0), ElementsAre(std::numeric_limits<int32_t>::min(), 3));

  OpRunner clamped(OpCode::ADD, ActivationParams{Activation::kReluN1To1});
  clamped.AddInput<int64_t>({3}, {-5, 0, 5});
  clamped.AddInput<int64_t>({1}, {0});
  clamped.AddOutput(ir::DType::kInt64);
  ASSERT_TRUE(clamped.Run().ok());
  EXPECT_THAT(clamped.Output<int64_t>(0), ElementsAre(-1, 0, 1));
}

TEST(ArithmeticTest, IntegerDivisionByZeroIsABadValue) {
  OpRunner runner(OpCode::DIV, ActivationParams{});
  runner.AddInput<int32_t>({2}, {1, 2});
  runner.AddInput<int32_t>({2}, {1, 0});
  runner.AddOutput(ir::DType::kInt32);
  const absl::Status status = runner.Run();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kBadValue);
  EXPECT_THAT(std::string(status.message()), HasSubstr("element 1 of the divisor is 0"));
}

TEST(ArithmeticTest, IntegerDivisionTruncates) {
  OpRunner runner(OpCode::DIV, ActivationParams{});
  runner.AddInput<int32_t>({3}, {-7, 7, std::numeric_limits<int32_t>::min()});
  runner.AddInput<int32_t>({3}, {2, 2, -1});
  runner.AddOutput(ir::DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int32_t>(0), ElementsAre(-3, 3, std::numeric_limits<int32_t>::min()));
}

// Numbers without rounding: 0.5 * (q + 1) + 0.25 * q, in steps of 0.5.
TEST(ArithmeticTest, QuantizedOperandsMayHaveDifferentScales) {
  OpRunner runner(OpCode::ADD, ActivationParams{});
  runner.AddInput<int8_t>({3}, {1, 9, 127}, PerTensor(0.5f, -1));
  runner.AddInput<int8_t>({1}, {4}, PerTensor(0.25f, 0));
  runner.AddOutput(ir::DType::kInt8, PerTensor(0.5f, 10));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(14, 22, 127));
}

TEST(ArithmeticTest, QuantizedActivationIsInRealNumbers) {
  OpRunner runner(OpCode::SUB, ActivationParams{Activation::kRelu6});
  runner.AddInput<uint8_t>({3}, {100, 110, 200}, PerTensor(0.5f, 100));
  runner.AddInput<uint8_t>({3}, {102, 100, 100}, PerTensor(0.5f, 100));
  runner.AddOutput(ir::DType::kUInt8, PerTensor(0.5f, 100));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<uint8_t>(0), ElementsAre(100, 110, 112));
}

TEST(ArithmeticTest, Int16WithZeroPointsMultiplies) {
  OpRunner runner(OpCode::MUL, ActivationParams{});
  runner.AddInput<int16_t>({2}, {-32768, 3}, PerTensor(1.0f, 32767));
  runner.AddInput<int16_t>({1}, {32767}, PerTensor(1.0f, 32766));
  runner.AddOutput(ir::DType::kInt16, PerTensor(4.0f, 0));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int16_t>(0), ElementsAre(-16384, -8191));
}

TEST(ArithmeticTest, Int16WithoutQuantizationIsPlain) {
  OpRunner runner(OpCode::MUL, ActivationParams{});
  runner.AddInput<int16_t>({2}, {-3, 300});
  runner.AddInput<int16_t>({2}, {7, 3});
  runner.AddOutput(ir::DType::kInt16);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int16_t>(0), ElementsAre(-21, 900));
}

TEST(ArithmeticTest, DivisionOfQuantizedNumbersSaturates) {
  OpRunner runner(OpCode::DIV, ActivationParams{});
  runner.AddInput<uint8_t>({3}, {20, 20, 3}, PerTensor(0.5f, 0));
  runner.AddInput<uint8_t>({3}, {4, 0, 6}, PerTensor(0.5f, 0));
  runner.AddOutput(ir::DType::kUInt8, PerTensor(0.25f, 0));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<uint8_t>(0), ElementsAre(20, 255, 2));
}

TEST(ArithmeticTest, ScaleZeroStandsForZeros) {
  OpRunner runner(OpCode::ADD, ActivationParams{});
  runner.AddInput<int8_t>({2}, {5, -5}, PerTensor(0.0f, 1));
  runner.AddInput<int8_t>({2}, {7, 8}, PerTensor(1.0f, 0));
  runner.AddOutput(ir::DType::kInt8, PerTensor(1.0f, 0));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(7, 8));

  OpRunner zero(OpCode::MUL, ActivationParams{});
  zero.AddInput<int8_t>({2}, {5, -5}, PerTensor(1.0f, 1));
  zero.AddInput<int8_t>({2}, {7, 8}, PerTensor(1.0f, 0));
  zero.AddOutput(ir::DType::kInt8, PerTensor(0.0f, -3));
  ASSERT_TRUE(zero.Run().ok());
  EXPECT_THAT(zero.Output<int8_t>(0), ElementsAre(-3, -3));
}

TEST(ArithmeticTest, MixesFloatsAndQuantizedNumbers) {
  OpRunner runner(OpCode::ADD, ActivationParams{});
  runner.AddInput<float>({2}, {0.5f, 1.25f});
  runner.AddInput<int8_t>({2}, {3, -4}, PerTensor(0.5f, 1));
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1.5f, -1.25f));
}

TEST(ArithmeticTest, SplitsOverThreads) {
  constexpr int kRows = 5000, kColumns = 13;
  std::vector<float> a(kRows * kColumns), b(kColumns), expected(a.size());
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i % 997);
  for (int i = 0; i < kColumns; ++i) b[i] = static_cast<float>(i);
  for (size_t i = 0; i < a.size(); ++i) expected[i] = a[i] + b[i % kColumns];
  OpRunner runner(OpCode::ADD, ActivationParams{});
  runner.AddInput<float>({kRows, kColumns}, a);
  runner.AddInput<float>({kColumns}, b);
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run(3).ok());
  EXPECT_EQ(runner.Output<float>(0), expected);
}

TEST(ArithmeticTest, TakesEmptyTensors) {
  OpRunner runner(OpCode::DIV, ActivationParams{});
  runner.AddInput<int32_t>({0, 3}, {});
  runner.AddInput<int32_t>({1}, {0});
  runner.AddOutput(ir::DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{0, 3}));
}

TEST(ArithmeticTest, RefusesWhatItCannotDo) {
  OpRunner shapes(OpCode::ADD, ActivationParams{});
  shapes.AddInput<float>({2}, {1, 2});
  shapes.AddInput<float>({3}, {1, 2, 3});
  shapes.AddOutput(ir::DType::kFloat32);
  EXPECT_THAT(std::string(shapes.Run().message()), HasSubstr("does not broadcast"));

  OpRunner types(OpCode::ADD, ActivationParams{});
  types.AddInput<float>({1}, {1});
  types.AddInput<int32_t>({1}, {1});
  types.AddOutput(ir::DType::kFloat32);
  EXPECT_THAT(std::string(types.Run().message()), HasSubstr("float32 and int32 to float32"));

  OpRunner activation(OpCode::ADD, ActivationParams{Activation::kTanh});
  activation.AddInput<float>({1}, {1});
  activation.AddInput<float>({1}, {1});
  activation.AddOutput(ir::DType::kFloat32);
  EXPECT_THAT(std::string(activation.Run().message()), HasSubstr("fused activations are"));

  OpRunner unquantized(OpCode::ADD, ActivationParams{});
  unquantized.AddInput<int8_t>({1}, {1});
  unquantized.AddInput<int8_t>({1}, {1});
  unquantized.AddOutput(ir::DType::kInt8);
  EXPECT_THAT(std::string(unquantized.Run().message()), HasSubstr("one scale and zero point"));

  OpRunner zero_point(OpCode::ADD, ActivationParams{});
  zero_point.AddInput<int8_t>({1}, {1}, PerTensor(1.0f, 1 << 30));
  zero_point.AddInput<int8_t>({1}, {1}, PerTensor(1.0f, 0));
  zero_point.AddOutput(ir::DType::kInt8, PerTensor(1.0f, 0));
  EXPECT_THAT(std::string(zero_point.Run().message()), HasSubstr("zero point 1073741824"));

  OpRunner operands(OpCode::ADD, ActivationParams{});
  operands.AddInput<float>({1}, {1});
  operands.AddMissingInput();
  operands.AddOutput(ir::DType::kFloat32);
  EXPECT_FALSE(operands.Run().ok());
}

}  // namespace
}  // namespace edgetasks
