// The fused op computes what its three ops compute one after another, bit for bit: a sum is made in
// the order of its taps, whatever rows are computed together.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/naive_conv.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::OpRunner;
using test::PerTensor;
using test::RandomValues;
using ::testing::HasSubstr;

struct Case {
  const char* name;
  ir::Shape input;
  int32_t filter_h, filter_w, expanded;  // of the first op
  ir::Conv2DParams expand;
  int32_t taps_h, taps_w;  // of the depthwise op
  ir::DepthwiseConv2DParams depthwise;
  int32_t projected;
};

constexpr ir::Conv2DParams kOneTap = {ir::Padding::kSame, 1, 1, 1, 1, ir::Activation::kRelu6};
constexpr auto kSame = ir::Padding::kSame;
constexpr auto kValid = ir::Padding::kValid;
constexpr auto kRelu6 = ir::Activation::kRelu6;

// Inputs of the fused op. Filters have a scale for each channel where they are int8.
template <typename T, typename Bias>
struct Operands {
  std::vector<T> x, filters[3];
  std::vector<Bias> biases[3];
  ir::Shape shapes[3];
  ir::Quantization x_numbers, filter_numbers[3], outputs[3];
};

template <typename T, typename Bias>
Operands<T, Bias> MakeOperands(const Case& c) {
  Operands<T, Bias> o;
  constexpr bool kFloat = std::is_same_v<T, float>;
  constexpr double kLeast = kFloat ? -1 : std::is_same_v<T, int8_t> ? -127 : 0;
  constexpr double kMost = kFloat ? 1 : std::is_same_v<T, int8_t> ? 127 : 255;
  o.x = RandomValues<T>(c.input.num_elements(), kLeast, kMost, 1);
  o.shapes[0] = {c.expanded, c.filter_h, c.filter_w, c.input.dim(3)};
  o.shapes[1] = {1, c.taps_h, c.taps_w, c.expanded};
  o.shapes[2] = {c.projected, 1, 1, c.expanded};
  for (int i = 0; i < 3; ++i) {
    const int32_t channels = i == 2 ? c.projected : c.expanded;
    o.filters[i] = RandomValues<T>(o.shapes[i].num_elements(), kLeast, kMost, 2 + i);
    o.biases[i] = RandomValues<Bias>(channels, kFloat ? -1 : -500, kFloat ? 1 : 500, 5 + i);
    if (kFloat) continue;
    if (std::is_same_v<T, uint8_t>) {
      o.filter_numbers[i] = PerTensor(0.01f, 120 + i);
    } else {
      o.filter_numbers[i].axis = i == 1 ? 3 : 0;
      for (int32_t k = 0; k < channels; ++k) {
        o.filter_numbers[i].scales.push_back(0.004f * static_cast<float>(1 + k % 5));
      }
      o.filter_numbers[i].zero_points.assign(channels, 0);
    }
    o.outputs[i] = PerTensor(i == 2 ? 0.5f : 0.03f, std::is_same_v<T, int8_t> ? -100 + i : 3 + i);
  }
  if (!kFloat) o.x_numbers = PerTensor(0.02f, std::is_same_v<T, int8_t> ? 5 : 130);
  return o;
}

// The last of the three has no bias and no activation, as in the blocks that this op is made for.
ir::Conv2DParams ProjectParams() {
  ir::Conv2DParams params = kOneTap;
  params.activation = ir::Activation::kNone;
  return params;
}

template <typename T, typename Bias>
std::vector<T> OneAfterAnother(const Case& c, const Operands<T, Bias>& o, ir::Shape* shape) {
  const ir::OpCode codes[] = {ir::OpCode::CONV_2D, ir::OpCode::DEPTHWISE_CONV_2D,
                              ir::OpCode::CONV_2D};
  const ir::OpParams params[] = {c.expand, c.depthwise, ProjectParams()};
  std::vector<T> x = o.x;
  *shape = c.input;
  ir::Quantization numbers = o.x_numbers;
  for (int i = 0; i < 3; ++i) {
    OpRunner runner(codes[i], params[i]);
    runner.AddInput<T>(*shape, x, numbers);
    runner.AddConstant<T>(o.shapes[i], o.filters[i], o.filter_numbers[i]);
    if (i < 2) {
      runner.AddConstant<Bias>({static_cast<int32_t>(o.biases[i].size())}, o.biases[i]);
    }
    runner.AddOutput(ir::DTypeOf<T>(), o.outputs[i]);
    EXPECT_TRUE(runner.Run().ok());
    x = runner.Output<T>(0);
    *shape = runner.OutputShape(0);
    numbers = o.outputs[i];
  }
  return x;
}

template <typename T, typename Bias>
OpRunner Fused(const Case& c, const Operands<T, Bias>& o) {
  ir::ConvDepthwiseConvParams params;
  params.expand = c.expand;
  params.depthwise = c.depthwise;
  params.project = ProjectParams();
  for (int i = 0; i < 2; ++i) params.between[i] = {ir::DTypeOf<T>(), o.outputs[i]};
  OpRunner runner(ir::OpCode::CONV_DEPTHWISE_CONV, params);
  runner.AddInput<T>(c.input, o.x, o.x_numbers);
  for (int i = 0; i < 3; ++i) {
    runner.AddConstant<T>(o.shapes[i], o.filters[i], o.filter_numbers[i]);
    if (i < 2) {
      runner.AddConstant<Bias>({static_cast<int32_t>(o.biases[i].size())}, o.biases[i]);
    }
  }
  runner.AddMissingInput();
  runner.AddOutput(ir::DTypeOf<T>(), o.outputs[2]);
  return runner;
}

class ConvDepthwiseConvTest : public ::testing::TestWithParam<Case> {
 protected:
  template <typename T, typename Bias>
  void EqualsItsOps() {
    const Case& c = GetParam();
    const auto operands = MakeOperands<T, Bias>(c);
    ir::Shape shape;
    const std::vector<T> expected = OneAfterAnother(c, operands, &shape);
    for (const int threads : {1, 2, 3}) {
      OpRunner runner = Fused(c, operands);
      const absl::Status status = runner.Run(threads);
      ASSERT_TRUE(status.ok()) << status;
      ASSERT_EQ(runner.OutputShape(0), shape);
      const std::vector<T> out = runner.template Output<T>(0);
      ASSERT_EQ(out.size(), expected.size());
      for (size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i], expected[i]) << i;
    }
  }
};

TEST_P(ConvDepthwiseConvTest, FloatsEqualThoseOfItsOps) { EqualsItsOps<float, float>(); }
TEST_P(ConvDepthwiseConvTest, Int8EqualsThatOfItsOps) { EqualsItsOps<int8_t, int32_t>(); }
TEST_P(ConvDepthwiseConvTest, Uint8EqualsThatOfItsOps) { EqualsItsOps<uint8_t, int32_t>(); }

// clang-format off
INSTANTIATE_TEST_SUITE_P(
    , ConvDepthwiseConvTest,
    ::testing::Values(
        Case{"Block", {1, 24, 20, 16}, 1, 1, 96, kOneTap, 3, 3, {kSame, 1, 1, 1, 1, kRelu6}, 24},
        Case{"HalvingBlock", {1, 23, 30, 24}, 1, 1, 144, kOneTap, 3, 3, {kSame, 2, 2, 1, 1, kRelu6}, 32},
        // More rows than there are in a batch entry's ring; a new entry begins anew.
        Case{"Batches", {3, 7, 9, 8}, 1, 1, 40, kOneTap, 3, 3, {kSame, 1, 1, 1, 1, kRelu6}, 17},
        Case{"FirstLayers", {1, 33, 31, 3}, 3, 3, 32, {kSame, 2, 2, 1, 1, kRelu6}, 3, 3, {kSame, 1, 1, 1, 1, kRelu6}, 16},
        Case{"FiveTapsWithoutPadding", {1, 17, 16, 12}, 1, 1, 36, kOneTap, 5, 5, {kValid, 1, 1, 1, 1, kRelu6}, 20},
        Case{"Dilated", {1, 19, 18, 8}, 1, 1, 32, kOneTap, 3, 3, {kSame, 1, 1, 2, 3, kRelu6}, 8},
        // Rows of the first output that no output looks at.
        Case{"StrideBeyondTheFilter", {2, 20, 21, 8}, 1, 1, 24, kOneTap, 2, 2, {kValid, 3, 3, 1, 1, kRelu6}, 8},
        // Rows of bytes that are no whole units: the ops one after another.
        Case{"OddChannels", {1, 10, 11, 5}, 1, 1, 18, kOneTap, 3, 3, {kSame, 1, 1, 1, 1, kRelu6}, 7},
        Case{"LowerThanTheFilter", {1, 2, 40, 16}, 1, 1, 32, kOneTap, 3, 3, {kSame, 1, 1, 1, 1, kRelu6}, 16}),
    [](const auto& test) { return std::string(test.param.name); });
// clang-format on

TEST(ConvDepthwiseConvErrorTest, NamesTheOpWhoseOperandsDoNotFit) {
  const Case c = {"", {1, 8, 8, 4}, 1, 1, 8, kOneTap, 3, 3, {kSame, 1, 1, 1, 1, kRelu6}, 4};
  auto operands = MakeOperands<float, float>(c);
  operands.shapes[2] = {c.projected, 1, 1, 3};
  operands.filters[2].resize(operands.shapes[2].num_elements());
  const absl::Status status = Fused(c, operands).Run();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("CONV_2D"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("does not fit"));
}

TEST(ConvDepthwiseConvErrorTest, AsksForThreeFilters) {
  OpRunner runner(ir::OpCode::CONV_DEPTHWISE_CONV, ir::ConvDepthwiseConvParams{});
  runner.AddInput<float>({1, 4, 4, 4}, std::vector<float>(64));
  runner.AddConstant<float>({4, 1, 1, 4}, std::vector<float>(16));
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("three convolutions"));
}

}  // namespace
}  // namespace edgetasks
