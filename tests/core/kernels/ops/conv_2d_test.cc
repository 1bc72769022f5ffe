#include <cmath>

#include "core/base/half.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/naive_conv.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::Centred;
using test::NaiveConv;
using test::NaiveConv2D;
using test::NaiveQuantize;
using test::OpRunner;
using test::PerTensor;
using test::RandomValues;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Case {
  const char* name;
  ir::Shape input, filter;
  NaiveConv conv;
};

ir::Conv2DParams ParamsOf(const NaiveConv& conv, ir::Activation activation) {
  return {conv.same ? ir::Padding::kSame : ir::Padding::kValid,
          conv.stride_h,
          conv.stride_w,
          conv.dilation_h,
          conv.dilation_w,
          activation};
}

ir::Quantization PerChannel(const std::vector<float>& scales, int axis) {
  ir::Quantization q;
  q.scales = scales;
  q.zero_points.assign(scales.size(), 0);
  q.axis = axis;
  return q;
}

// Scales that differ a lot, so that a scale taken from the wrong channel shows.
std::vector<float> ScalesFor(int channels) {
  std::vector<float> scales;
  for (int c = 0; c < channels; ++c) scales.push_back(0.002f * static_cast<float>(1 + c % 5));
  return scales;
}

std::vector<uint8_t> Bytes(const std::vector<int8_t>& values) {
  return {values.begin(), values.end()};
}

std::vector<uint8_t> PackInt4(const std::vector<int8_t>& values) {
  std::vector<uint8_t> packed((values.size() + 1) / 2);
  for (size_t i = 0; i < values.size(); ++i) {
    packed[i / 2] |= static_cast<uint8_t>((values[i] & 0xF) << (4 * (i % 2)));
  }
  return packed;
}

class Conv2DTest : public ::testing::TestWithParam<Case> {};

TEST_P(Conv2DTest, FloatMatchesTheDefinition) {
  const Case& c = GetParam();
  const auto x = RandomValues<float>(c.input.num_elements(), -1, 1, 1);
  const auto w = RandomValues<float>(c.filter.num_elements(), -1, 1, 2);
  const auto bias = RandomValues<float>(c.filter.dim(0), -1, 1, 3);
  ir::Shape shape;
  const auto sums = NaiveConv2D(c.conv, c.input, Centred(x), c.filter, Centred(w), &shape);
  for (int threads : {1, 3}) {
    OpRunner runner(ir::OpCode::CONV_2D, ParamsOf(c.conv, ir::Activation::kRelu6));
    runner.AddInput<float>(c.input, x);
    runner.AddConstant<float>(c.filter, w);
    runner.AddConstant<float>({c.filter.dim(0)}, bias);
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run(threads).ok());
    ASSERT_EQ(runner.OutputShape(0), shape);
    const auto out = runner.Output<float>(0);
    // k products of at most 1, each sum rounded by 2^-24 of at most k.
    const double k = c.filter.Product(1, 4);
    for (size_t i = 0; i < out.size(); ++i) {
      const double real = sums[i] + bias[i % bias.size()];
      EXPECT_NEAR(out[i], std::fmin(6, std::fmax(0, real)), (k + 2) * (k + 1) * 6e-8) << i;
    }
  }
}

TEST_P(Conv2DTest, Float16WeightsAreTheFloatsTheyStandFor) {
  const Case& c = GetParam();
  const auto x = RandomValues<float>(c.input.num_elements(), -1, 1, 1);
  const auto w = RandomValues<int8_t>(c.filter.num_elements(), -64, 64, 2);  // exact in binary16
  std::vector<uint8_t> halves;
  for (int8_t value : w) {
    const uint16_t half = FloatToHalf(value);
    halves.push_back(half & 0xFF);
    halves.push_back(half >> 8);
  }
  OpRunner runner(ir::OpCode::CONV_2D, ParamsOf(c.conv, ir::Activation::kNone));
  runner.AddInput<float>(c.input, x);
  runner.AddBytes(DType::kFloat16, c.filter, halves, {}, true);
  runner.AddMissingInput();
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run(2).ok());
  ir::Shape shape;
  const auto sums = NaiveConv2D(c.conv, c.input, Centred(x), c.filter, Centred(w), &shape);
  const auto out = runner.Output<float>(0);
  ASSERT_EQ(out.size(), sums.size());
  const double k = c.filter.Product(1, 4);
  for (size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out[i], sums[i], 64 * k * k * 6e-8) << i;
}

TEST_P(Conv2DTest, Int8PerChannelIsWithinOneStepOfExactArithmetic) {
  const Case& c = GetParam();
  const auto x = RandomValues<int8_t>(c.input.num_elements(), -128, 127, 4);
  const auto bias = RandomValues<int32_t>(c.filter.dim(0), -500, 500, 6);
  const auto scales = ScalesFor(c.filter.dim(0));
  for (DType weights : {DType::kInt8, DType::kInt4}) {
    const int limit = weights == DType::kInt4 ? 7 : 127;
    const auto w = RandomValues<int8_t>(c.filter.num_elements(), -limit - 1, limit, 5);
    OpRunner runner(ir::OpCode::CONV_2D, ParamsOf(c.conv, ir::Activation::kRelu));
    runner.AddInput<int8_t>(c.input, x, PerTensor(0.05f, 7));
    runner.AddBytes(weights, c.filter, weights == DType::kInt4 ? PackInt4(w) : Bytes(w),
                    PerChannel(scales, 0), true);
    runner.AddConstant<int32_t>({c.filter.dim(0)}, bias);
    runner.AddOutput(DType::kInt8, PerTensor(0.3f, -20));
    ASSERT_TRUE(runner.Run(2).ok());
    ir::Shape shape;
    const auto sums = NaiveConv2D(c.conv, c.input, Centred(x, 7), c.filter, Centred(w), &shape);
    const auto out = runner.Output<int8_t>(0);
    ASSERT_EQ(out.size(), sums.size());
    for (size_t i = 0; i < out.size(); ++i) {
      const size_t o = i % bias.size();
      const double real = (sums[i] + bias[o]) * 0.05f * scales[o] / 0.3f;
      EXPECT_NEAR(out[i], NaiveQuantize(real, -20, -20, 127), 1) << i;
    }
  }
}

TEST_P(Conv2DTest, Uint8SubtractsBothZeroPoints) {
  const Case& c = GetParam();
  const auto x = RandomValues<uint8_t>(c.input.num_elements(), 0, 255, 4);
  const auto w = RandomValues<uint8_t>(c.filter.num_elements(), 0, 255, 5);
  OpRunner runner(ir::OpCode::CONV_2D, ParamsOf(c.conv, ir::Activation::kNone));
  runner.AddInput<uint8_t>(c.input, x, PerTensor(0.02f, 130));
  runner.AddConstant<uint8_t>(c.filter, w, PerTensor(0.01f, 110));
  runner.AddOutput(DType::kUInt8, PerTensor(0.1f, 60));
  ASSERT_TRUE(runner.Run(2).ok());
  ir::Shape shape;
  const auto sums =
      NaiveConv2D(c.conv, c.input, Centred(x, 130), c.filter, Centred(w, 110), &shape);
  const auto out = runner.Output<uint8_t>(0);
  ASSERT_EQ(out.size(), sums.size());
  for (size_t i = 0; i < out.size(); ++i) {
    EXPECT_NEAR(out[i], NaiveQuantize(sums[i] * 0.02 * 0.01 / 0.1, 60, 0, 255), 1) << i;
  }
}

TEST_P(Conv2DTest, Int16HasWideBias) {
  const Case& c = GetParam();
  const auto x = RandomValues<int16_t>(c.input.num_elements(), -32768, 32767, 4);
  const auto w = RandomValues<int8_t>(c.filter.num_elements(), -127, 127, 5);
  const auto bias = RandomValues<int64_t>(c.filter.dim(0), -5e6, 5e6, 6);
  OpRunner runner(ir::OpCode::CONV_2D, ParamsOf(c.conv, ir::Activation::kNone));
  runner.AddInput<int16_t>(c.input, x, PerTensor(1e-4f, 0));
  runner.AddConstant<int8_t>(c.filter, w, PerTensor(0.01f, 0));
  runner.AddConstant<int64_t>({c.filter.dim(0)}, bias);
  runner.AddOutput(DType::kInt16, PerTensor(2e-3f, 0));
  ASSERT_TRUE(runner.Run(2).ok());
  ir::Shape shape;
  const auto sums = NaiveConv2D(c.conv, c.input, Centred(x), c.filter, Centred(w), &shape);
  const auto out = runner.Output<int16_t>(0);
  ASSERT_EQ(out.size(), sums.size());
  for (size_t i = 0; i < out.size(); ++i) {
    const double real = (sums[i] + static_cast<double>(bias[i % bias.size()])) * 1e-6 / 2e-3;
    // The multiplier keeps 15 bits or more: a relative error of 2^-16, and one rounding.
    EXPECT_NEAR(out[i], NaiveQuantize(real, 0, -32768, 32767), 1 + std::fabs(real) / 65536) << i;
  }
}

TEST_P(Conv2DTest, HybridIsWithinItsQuantizationOfTheActivations) {
  const Case& c = GetParam();
  const auto x = RandomValues<float>(c.input.num_elements(), -1, 1, 1);
  const auto bias = RandomValues<float>(c.filter.dim(0), -1, 1, 3);
  const auto scales = ScalesFor(c.filter.dim(0));
  for (DType weights : {DType::kInt8, DType::kInt4}) {
    const int limit = weights == DType::kInt4 ? 7 : 127;
    const auto w = RandomValues<int8_t>(c.filter.num_elements(), -limit, limit, 5);
    OpRunner runner(ir::OpCode::CONV_2D, ParamsOf(c.conv, ir::Activation::kNone));
    runner.AddInput<float>(c.input, x);
    runner.AddBytes(weights, c.filter, weights == DType::kInt4 ? PackInt4(w) : Bytes(w),
                    PerChannel(scales, 0), true);
    runner.AddConstant<float>({c.filter.dim(0)}, bias);
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run(2).ok());
    ir::Shape shape;
    const auto sums = NaiveConv2D(c.conv, c.input, Centred(x), c.filter, Centred(w), &shape);
    const auto out = runner.Output<float>(0);
    ASSERT_EQ(out.size(), sums.size());
    // Activations in [-1, 1] have steps of at most 2 / 255, each rounded by half a step, plus a
    // hair where the zero point was nudged beyond the range; k products of weights up to `limit`.
    const double k = c.filter.Product(1, 4);
    for (size_t i = 0; i < out.size(); ++i) {
      const size_t o = i % bias.size();
      EXPECT_NEAR(out[i], sums[i] * scales[o] + bias[o], k * limit * scales[o] * 1.01 / 255) << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Conv2DTest,
    ::testing::Values(Case{"Pointwise", {1, 5, 7, 9}, {6, 1, 1, 9}, {}},
                      Case{"PointwiseStride2", {2, 5, 6, 8}, {4, 1, 1, 8}, {2, 2}},
                      Case{"Same3x3", {2, 6, 9, 3}, {5, 3, 3, 3}, {}},
                      Case{"Same3x3Stride2", {1, 7, 8, 3}, {8, 3, 3, 3}, {2, 2}},
                      Case{"Valid5x2", {1, 9, 6, 4}, {3, 5, 2, 4}, {1, 2, 1, 1, false}},
                      Case{"Dilated", {1, 9, 8, 5}, {7, 3, 3, 5}, {1, 1, 2, 3}},
                      Case{
                          "DilatedValidStrided", {1, 11, 12, 2}, {4, 3, 2, 2}, {2, 3, 2, 4, false}},
                      Case{"Grouped", {1, 5, 5, 12}, {9, 3, 3, 4}, {}},
                      Case{"GroupsOfOne", {1, 4, 4, 6}, {6, 3, 3, 1}, {1, 2}},
                      Case{"FilterLargerThanInput", {1, 2, 3, 4}, {2, 7, 9, 4}, {}},
                      Case{"StrideLargerThanInput", {1, 3, 3, 2}, {2, 2, 2, 2}, {5, 9}},
                      Case{"ManyPixelsPointwise", {2, 13, 14, 12}, {37, 1, 1, 12}, {}},
                      Case{"ManyPixels3x3", {1, 33, 19, 3}, {35, 3, 3, 3}, {}},
                      Case{"ManyPixelsStride2", {1, 45, 37, 3}, {7, 5, 5, 3}, {2, 2}},
                      Case{"OneByOneInput", {3, 1, 1, 17}, {33, 1, 1, 17}, {}}),
    [](const auto& tested) { return tested.param.name; });

TEST(Conv2DEdgesTest, ZeroScalesGiveTheZeroPoint) {
  OpRunner runner(ir::OpCode::CONV_2D, ir::Conv2DParams{});
  runner.AddInput<int8_t>({1, 1, 1, 1}, {100}, PerTensor(0.5f, 0));
  runner.AddConstant<int8_t>({2, 1, 1, 1}, {100, 100}, PerChannel({0.0f, 1.0f}, 0));
  runner.AddOutput(DType::kInt8, PerTensor(0.0f, 5));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(5, 5));
}

TEST(Conv2DEdgesTest, AnEmptyBatchGivesAnEmptyOutput) {
  OpRunner runner(ir::OpCode::CONV_2D, ir::Conv2DParams{});
  runner.AddInput<float>({0, 4, 4, 1}, {});
  runner.AddConstant<float>({2, 1, 1, 1}, {1, 1});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{0, 4, 4, 2}));
}

std::string MessageFor(const ir::Conv2DParams& params, const ir::Shape& input,
                       const ir::Shape& filter, const ir::Shape& bias) {
  OpRunner runner(ir::OpCode::CONV_2D, params);
  runner.AddInput<float>(input, std::vector<float>(input.num_elements()));
  runner.AddConstant<float>(filter, std::vector<float>(filter.num_elements()));
  runner.AddConstant<float>(bias, std::vector<float>(bias.num_elements()));
  runner.AddOutput(DType::kFloat32);
  return std::string(runner.Run().message());
}

TEST(Conv2DEdgesTest, RefusesWhatHasNoMeaning) {
  ir::Conv2DParams params;
  EXPECT_THAT(MessageFor(params, {1, 4, 4}, {2, 1, 1, 3}, {2}), HasSubstr("expected input"));
  EXPECT_THAT(MessageFor(params, {1, 4, 4, 3}, {2, 1, 1, 2}, {2}), HasSubstr("does not fit"));
  EXPECT_THAT(MessageFor(params, {1, 4, 4, 4}, {3, 1, 1, 2}, {3}), HasSubstr("groups"));
  EXPECT_THAT(MessageFor(params, {1, 4, 4, 3}, {2, 1, 1, 0}, {2}), HasSubstr("does not fit"));
  EXPECT_THAT(MessageFor(params, {1, 4, 4, 3}, {2, 1, 1, 3}, {3}), HasSubstr("bias"));
  EXPECT_THAT(MessageFor(params, {1, 4, 4, 3}, {2, 0, 1, 3}, {2}), HasSubstr("no place"));
  params.stride_h = 0;
  EXPECT_THAT(MessageFor(params, {1, 4, 4, 3}, {2, 1, 1, 3}, {2}), HasSubstr("no place"));
  params.stride_h = 1;
  params.dilation_w = 2147483647;
  EXPECT_THAT(MessageFor(params, {1, 4, 4, 3}, {2, 2, 3, 3}, {2}), HasSubstr("no place"));
  params.dilation_w = 1;
  params.padding = ir::Padding::kValid;
  EXPECT_THAT(MessageFor(params, {1, 4, 4, 3}, {2, 5, 1, 3}, {2}), HasSubstr("no place"));
  params.activation = ir::Activation::kTanh;
  EXPECT_THAT(MessageFor(params, {1, 4, 4, 3}, {2, 1, 1, 3}, {2}), HasSubstr("activation"));
}

TEST(Conv2DEdgesTest, HugeStridesAndDilationsAreExact) {
  OpRunner runner(ir::OpCode::CONV_2D,
                  ir::Conv2DParams{ir::Padding::kSame, 2147483647, 2147483647, 1, 1073741823});
  runner.AddInput<float>({1, 2, 2, 1}, {1, 2, 3, 4});
  runner.AddConstant<float>({1, 1, 3, 1}, {10, 100, 1000});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  // One output; the middle tap falls on input x = 0 or 1: pad = (2^31 - 1 - 2) / 2 = 2^30 - 2, tap
  // 1 reads 2^30 - 1 - (2^30 - 2) = 1.
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(200));
}

TEST(Conv2DEdgesTest, RefusesQuantizationThatHasNoMeaning) {
  const auto message = [](ir::Quantization in, ir::Quantization w, ir::Quantization out) {
    OpRunner runner(ir::OpCode::CONV_2D, ir::Conv2DParams{});
    runner.AddInput<int8_t>({1, 1, 1, 1}, {1}, std::move(in));
    runner.AddConstant<int8_t>({2, 1, 1, 1}, {1, 1}, std::move(w));
    runner.AddOutput(DType::kInt8, std::move(out));
    return std::string(runner.Run().message());
  };
  const ir::Quantization good = PerTensor(1.0f, 0);
  EXPECT_EQ(message(good, good, good), "");
  EXPECT_THAT(message({}, good, good), HasSubstr("the input is int8"));
  EXPECT_THAT(message(good, {}, good), HasSubstr("integer weights need"));
  EXPECT_THAT(message(good, good, {}), HasSubstr("the output is int8"));
  EXPECT_THAT(message(PerTensor(1.0f, 2147483647), good, good), HasSubstr("zero point"));
  EXPECT_THAT(message(good, PerTensor(1.0f, 1), good), HasSubstr("zero point 1"));
  EXPECT_THAT(message(good, PerChannel({1, 1, 1}, 0), good), HasSubstr("3 scales"));
  EXPECT_THAT(message(good, PerChannel({1, 1}, 3), good), HasSubstr("axis 3"));
}

}  // namespace
}  // namespace edgetasks
