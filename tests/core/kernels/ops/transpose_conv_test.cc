#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/naive_conv.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::Centred;
using test::NaiveConv;
using test::NaiveQuantize;
using test::NaiveTransposeConv;
using test::OpRunner;
using test::PerTensor;
using test::RandomValues;
using ::testing::HasSubstr;

struct Case {
  const char* name;
  ir::Shape input, filter, output;
  NaiveConv conv;
};

ir::TransposeConvParams ParamsOf(const NaiveConv& conv, ir::Activation activation) {
  return {conv.same ? ir::Padding::kSame : ir::Padding::kValid, conv.stride_h, conv.stride_w,
          activation};
}

std::vector<int32_t> Dims(const ir::Shape& shape) {
  return {shape.dims().begin(), shape.dims().end()};
}

class TransposeConvTest : public ::testing::TestWithParam<Case> {};

TEST_P(TransposeConvTest, FloatMatchesTheDefinitionWithAConstantOrRunTimeShape) {
  const Case& c = GetParam();
  const auto x = RandomValues<float>(c.input.num_elements(), -1, 1, 1);
  const auto w = RandomValues<float>(c.filter.num_elements(), -1, 1, 2);
  const auto bias = RandomValues<float>(c.filter.dim(0), -1, 1, 3);
  const auto sums = NaiveTransposeConv(c.conv, c.input, Centred(x), c.filter, Centred(w), c.output);
  for (bool constant : {true, false}) {
    OpRunner runner(ir::OpCode::TRANSPOSE_CONV, ParamsOf(c.conv, ir::Activation::kRelu));
    if (constant) {
      runner.AddConstant<int32_t>({4}, Dims(c.output));
    } else {
      runner.AddInput<int32_t>({4}, Dims(c.output));
    }
    runner.AddConstant<float>(c.filter, w);
    runner.AddInput<float>(c.input, x);
    runner.AddConstant<float>({c.filter.dim(0)}, bias);
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run(2).ok());
    ASSERT_EQ(runner.OutputShape(0), c.output);
    const auto out = runner.Output<float>(0);
    const double k = c.filter.Product(1, 4);  // products of at most 1
    for (size_t i = 0; i < out.size(); ++i) {
      EXPECT_NEAR(out[i], std::fmax(0, sums[i] + bias[i % bias.size()]), (k + 2) * (k + 1) * 6e-8);
    }
  }
}

TEST_P(TransposeConvTest, IntegersAreWithinOneStepOfExactArithmetic) {
  const Case& c = GetParam();
  const auto x = RandomValues<int8_t>(c.input.num_elements(), -128, 127, 4);
  const auto w = RandomValues<int8_t>(c.filter.num_elements(), -127, 127, 5);
  OpRunner runner(ir::OpCode::TRANSPOSE_CONV, ParamsOf(c.conv, ir::Activation::kNone));
  runner.AddConstant<int32_t>({4}, Dims(c.output));
  runner.AddConstant<int8_t>(c.filter, w, PerTensor(0.01f, 0));
  runner.AddInput<int8_t>(c.input, x, PerTensor(0.05f, 7));
  runner.AddOutput(DType::kInt8, PerTensor(0.3f, -20));
  ASSERT_TRUE(runner.Run(2).ok());
  auto sums = NaiveTransposeConv(c.conv, c.input, Centred(x, 7), c.filter, Centred(w), c.output);
  const auto out = runner.Output<int8_t>(0);
  for (size_t i = 0; i < out.size(); ++i) {
    EXPECT_NEAR(out[i], NaiveQuantize(sums[i] * 0.05 * 0.01 / 0.3, -20, -128, 127), 1) << i;
  }

  const auto x16 = RandomValues<int16_t>(c.input.num_elements(), -32768, 32767, 4);
  const auto bias = RandomValues<int64_t>(c.filter.dim(0), -5e6, 5e6, 6);
  OpRunner wide(ir::OpCode::TRANSPOSE_CONV, ParamsOf(c.conv, ir::Activation::kNone));
  wide.AddConstant<int32_t>({4}, Dims(c.output));
  wide.AddConstant<int8_t>(c.filter, w, PerTensor(0.01f, 0));
  wide.AddInput<int16_t>(c.input, x16, PerTensor(1e-4f, 0));
  wide.AddConstant<int64_t>({c.filter.dim(0)}, bias);
  wide.AddOutput(DType::kInt16, PerTensor(2e-3f, 0));
  ASSERT_TRUE(wide.Run(2).ok());
  sums = NaiveTransposeConv(c.conv, c.input, Centred(x16), c.filter, Centred(w), c.output);
  const auto out16 = wide.Output<int16_t>(0);
  for (size_t i = 0; i < out16.size(); ++i) {
    const double real = (sums[i] + static_cast<double>(bias[i % bias.size()])) * 1e-6 / 2e-3;
    // The multiplier keeps 15 bits or more: a relative error of 2^-16, and one rounding.
    EXPECT_NEAR(out16[i], NaiveQuantize(real, 0, -32768, 32767), 1 + std::fabs(real) / 65536);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, TransposeConvTest,
    ::testing::Values(
        Case{"SameStride2", {1, 3, 4, 5}, {3, 3, 3, 5}, {1, 6, 8, 3}, {2, 2}},
        Case{"SameOddOutput", {2, 3, 4, 2}, {3, 3, 3, 2}, {2, 5, 7, 3}, {2, 2}},
        Case{"Valid", {1, 3, 2, 4}, {2, 3, 2, 4}, {1, 5, 3, 2}, {1, 1, 1, 1, false}},
        Case{"ValidStride3", {1, 2, 3, 4}, {2, 2, 5, 4}, {1, 5, 11, 2}, {3, 3, 1, 1, false}},
        Case{"OutputUnrelatedToInput", {1, 9, 1, 1}, {1, 2, 2, 1}, {1, 4, 9, 1}, {2, 2}}),
    [](const auto& tested) { return tested.param.name; });

std::string MessageFor(const std::vector<int32_t>& output, int stride) {
  OpRunner runner(ir::OpCode::TRANSPOSE_CONV,
                  ir::TransposeConvParams{ir::Padding::kValid, stride, stride});
  runner.AddInput<int32_t>({4}, output);
  runner.AddConstant<float>({1, 2, 2, 1}, {1, 1, 1, 1});
  runner.AddInput<float>({1, 1, 1, 1}, {1});
  runner.AddOutput(DType::kFloat32);
  return std::string(runner.Run().message());
}

TEST(TransposeConvEdgesTest, RefusesOutputShapesThatCannotBe) {
  EXPECT_EQ(MessageFor({1, 2, 2, 1}, 1), "");
  EXPECT_THAT(MessageFor({2, 2, 2, 1}, 1), HasSubstr("the output shape is [2, 2, 2, 1]"));
  EXPECT_THAT(MessageFor({1, 2, 2, 3}, 1), HasSubstr("expected [1, h, w, 1]"));
  EXPECT_THAT(MessageFor({1, -1, 2, 1}, 1), HasSubstr("the output shape"));
  EXPECT_THAT(MessageFor({1, 1, 2, 1}, 1), HasSubstr("no place"));
  EXPECT_THAT(MessageFor({1, 2, 2, 1}, 0), HasSubstr("no place"));
}

}  // namespace
}  // namespace edgetasks
