#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/naive_conv.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::Centred;
using test::DepthwiseAsGrouped;
using test::NaiveConv;
using test::NaiveQuantize;
using test::OpRunner;
using test::PerTensor;
using test::RandomValues;
using ::testing::HasSubstr;

struct Case {
  const char* name;
  ir::Shape input, filter;
  NaiveConv conv;
};

ir::DepthwiseConv2DParams ParamsOf(const NaiveConv& conv, ir::Activation activation) {
  return {conv.same ? ir::Padding::kSame : ir::Padding::kValid,
          conv.stride_h,
          conv.stride_w,
          conv.dilation_h,
          conv.dilation_w,
          activation};
}

std::vector<double> Sums(const Case& c, const std::vector<double>& x, const std::vector<double>& w,
                         ir::Shape* shape) {
  const ir::Shape grouped = {c.filter.dim(3), c.filter.dim(1), c.filter.dim(2), 1};
  return NaiveConv2D(c.conv, c.input, x, grouped, DepthwiseAsGrouped(c.filter, w), shape);
}

ir::Quantization PerChannel(int channels) {
  ir::Quantization q;
  q.axis = 3;
  for (int c = 0; c < channels; ++c) q.scales.push_back(0.002f * static_cast<float>(1 + c % 5));
  q.zero_points.assign(channels, 0);
  return q;
}

class DepthwiseConv2DTest : public ::testing::TestWithParam<Case> {};

TEST_P(DepthwiseConv2DTest, FloatMatchesTheDefinition) {
  const Case& c = GetParam();
  const auto x = RandomValues<float>(c.input.num_elements(), -1, 1, 1);
  const auto w = RandomValues<float>(c.filter.num_elements(), -1, 1, 2);
  const auto bias = RandomValues<float>(c.filter.dim(3), -1, 1, 3);
  ir::Shape shape;
  const auto sums = Sums(c, Centred(x), Centred(w), &shape);
  for (int threads : {1, 3}) {
    OpRunner runner(ir::OpCode::DEPTHWISE_CONV_2D, ParamsOf(c.conv, ir::Activation::kReluN1To1));
    runner.AddInput<float>(c.input, x);
    runner.AddConstant<float>(c.filter, w);
    runner.AddConstant<float>({c.filter.dim(3)}, bias);
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run(threads).ok());
    ASSERT_EQ(runner.OutputShape(0), shape);
    const auto out = runner.Output<float>(0);
    const double k = c.filter.dim(1) * c.filter.dim(2);  // products of at most 1
    for (size_t i = 0; i < out.size(); ++i) {
      const double real = sums[i] + bias[i % bias.size()];
      EXPECT_NEAR(out[i], std::fmin(1, std::fmax(-1, real)), (k + 2) * (k + 1) * 6e-8) << i;
    }
  }
}

TEST_P(DepthwiseConv2DTest, Int8PerChannelIsWithinOneStepOfExactArithmetic) {
  const Case& c = GetParam();
  const auto x = RandomValues<int8_t>(c.input.num_elements(), -128, 127, 4);
  const auto w = RandomValues<int8_t>(c.filter.num_elements(), -127, 127, 5);
  const auto bias = RandomValues<int32_t>(c.filter.dim(3), -500, 500, 6);
  const ir::Quantization scales = PerChannel(c.filter.dim(3));
  OpRunner runner(ir::OpCode::DEPTHWISE_CONV_2D, ParamsOf(c.conv, ir::Activation::kRelu6));
  runner.AddInput<int8_t>(c.input, x, PerTensor(0.05f, 7));
  runner.AddConstant<int8_t>(c.filter, w, scales);
  runner.AddConstant<int32_t>({c.filter.dim(3)}, bias);
  runner.AddOutput(DType::kInt8, PerTensor(0.1f, -20));
  ASSERT_TRUE(runner.Run(2).ok());
  ir::Shape shape;
  const auto sums = Sums(c, Centred(x, 7), Centred(w), &shape);
  const auto out = runner.Output<int8_t>(0);
  ASSERT_EQ(out.size(), sums.size());
  for (size_t i = 0; i < out.size(); ++i) {
    const size_t o = i % bias.size();
    const double real = (sums[i] + bias[o]) * 0.05f * scales.scales[o] / 0.1f;
    EXPECT_NEAR(out[i], NaiveQuantize(real, -20, -20, 40), 1) << i;
  }
}

TEST_P(DepthwiseConv2DTest, HybridAndInt4WeightsAreWithinTheirQuantization) {
  const Case& c = GetParam();
  const auto x = RandomValues<float>(c.input.num_elements(), -1, 1, 1);
  const auto w = RandomValues<int8_t>(c.filter.num_elements(), -8, 7, 5);
  std::vector<uint8_t> packed((w.size() + 1) / 2);
  for (size_t i = 0; i < w.size(); ++i) {
    packed[i / 2] |= static_cast<uint8_t>((w[i] & 0xF) << (4 * (i % 2)));
  }
  const ir::Quantization scales = PerChannel(c.filter.dim(3));
  OpRunner runner(ir::OpCode::DEPTHWISE_CONV_2D, ParamsOf(c.conv, ir::Activation::kNone));
  runner.AddInput<float>(c.input, x);
  runner.AddBytes(DType::kInt4, c.filter, packed, scales, true);
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run(2).ok());
  ir::Shape shape;
  const auto sums = Sums(c, Centred(x), Centred(w), &shape);
  const auto out = runner.Output<float>(0);
  ASSERT_EQ(out.size(), sums.size());
  // Each activation is off by at most half a step of 2 / 255, each weight is at most 8.
  const double k = c.filter.dim(1) * c.filter.dim(2);
  for (size_t i = 0; i < out.size(); ++i) {
    const double scale = scales.scales[i % scales.scales.size()];
    EXPECT_NEAR(out[i], sums[i] * scale, k * 8 * scale * 1.01 / 255) << i;
  }
}

TEST_P(DepthwiseConv2DTest, Uint8AndInt16MatchExactArithmetic) {
  const Case& c = GetParam();
  const auto x8 = RandomValues<uint8_t>(c.input.num_elements(), 0, 255, 4);
  const auto w8 = RandomValues<uint8_t>(c.filter.num_elements(), 0, 255, 5);
  OpRunner narrow(ir::OpCode::DEPTHWISE_CONV_2D, ParamsOf(c.conv, ir::Activation::kNone));
  narrow.AddInput<uint8_t>(c.input, x8, PerTensor(0.02f, 130));
  narrow.AddConstant<uint8_t>(c.filter, w8, PerTensor(0.01f, 110));
  narrow.AddOutput(DType::kUInt8, PerTensor(0.1f, 60));
  ASSERT_TRUE(narrow.Run(2).ok());
  ir::Shape shape;
  auto sums = Sums(c, Centred(x8, 130), Centred(w8, 110), &shape);
  const auto out8 = narrow.Output<uint8_t>(0);
  ASSERT_EQ(out8.size(), sums.size());
  for (size_t i = 0; i < out8.size(); ++i) {
    EXPECT_NEAR(out8[i], NaiveQuantize(sums[i] * 0.02 * 0.01 / 0.1, 60, 0, 255), 1) << i;
  }

  const auto x16 = RandomValues<int16_t>(c.input.num_elements(), -32768, 32767, 4);
  const auto w = RandomValues<int8_t>(c.filter.num_elements(), -127, 127, 5);
  OpRunner wide(ir::OpCode::DEPTHWISE_CONV_2D, ParamsOf(c.conv, ir::Activation::kNone));
  wide.AddInput<int16_t>(c.input, x16, PerTensor(1e-4f, 0));
  wide.AddConstant<int8_t>(c.filter, w, PerTensor(0.01f, 0));
  wide.AddOutput(DType::kInt16, PerTensor(1e-3f, 0));
  ASSERT_TRUE(wide.Run(2).ok());
  sums = Sums(c, Centred(x16), Centred(w), &shape);
  const auto out16 = wide.Output<int16_t>(0);
  ASSERT_EQ(out16.size(), sums.size());
  for (size_t i = 0; i < out16.size(); ++i) {
    const double real = sums[i] * 1e-6 / 1e-3;
    // The multiplier keeps 15 bits or more: a relative error of 2^-16, and one rounding.
    EXPECT_NEAR(out16[i], NaiveQuantize(real, 0, -32768, 32767), 1 + std::fabs(real) / 65536);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, DepthwiseConv2DTest,
    ::testing::Values(Case{"Same3x3", {1, 6, 7, 5}, {1, 3, 3, 5}, {}},
                      Case{"Same3x3Stride2", {2, 7, 8, 33}, {1, 3, 3, 33}, {2, 2}},
                      Case{"ValidOneBlock", {1, 5, 5, 32}, {1, 5, 3, 32}, {1, 1, 1, 1, false}},
                      Case{"Multiplier3", {1, 5, 4, 13}, {1, 2, 2, 39}, {1, 2}},
                      Case{"OneInputChannel", {1, 5, 4, 1}, {1, 3, 3, 8}, {}},
                      Case{"Dilated", {1, 9, 9, 4}, {1, 3, 3, 4}, {1, 1, 3, 2}},
                      Case{"DilatedValid", {1, 9, 9, 4}, {1, 3, 3, 4}, {2, 1, 2, 3, false}},
                      Case{"FilterLargerThanInput", {1, 2, 1, 65}, {1, 5, 7, 65}, {}}),
    [](const auto& tested) { return tested.param.name; });

TEST(DepthwiseConv2DEdgesTest, RefusesChannelsThatAreNoMultiple) {
  OpRunner runner(ir::OpCode::DEPTHWISE_CONV_2D, ir::DepthwiseConv2DParams{});
  runner.AddInput<float>({1, 1, 1, 2}, {1, 2});
  runner.AddConstant<float>({1, 1, 1, 3}, {1, 2, 3});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("multiple of the input's"));
}

TEST(DepthwiseConv2DEdgesTest, RefusesASeveralRowFilter) {
  OpRunner runner(ir::OpCode::DEPTHWISE_CONV_2D, ir::DepthwiseConv2DParams{});
  runner.AddInput<float>({1, 1, 1, 1}, {1});
  runner.AddConstant<float>({2, 1, 1, 1}, {1, 2});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("filter [1, h, w, out]"));
}

}  // namespace
}  // namespace edgetasks
