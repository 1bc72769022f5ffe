#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/naive_conv.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using ir::OpCode;
using test::OpRunner;
using test::PerTensor;
using test::RandomValues;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename T>
std::vector<T> Reduced(OpCode code, const ir::Shape& shape, const std::vector<T>& x,
                       const std::vector<int32_t>& axes) {
  OpRunner runner(code, ir::ReducerParams{false});
  runner.AddInput<T>(shape, x);
  runner.AddConstant<int32_t>({static_cast<int32_t>(axes.size())}, axes);
  runner.AddOutput(ir::DTypeOf<T>());
  EXPECT_TRUE(runner.Run(2).ok());
  return runner.Output<T>(0);
}

std::vector<int> ReducedBools(OpCode code, const ir::Shape& shape, const std::vector<bool>& x,
                              int32_t axis) {
  OpRunner runner(code, ir::ReducerParams{false});
  runner.AddInput<bool>(shape, x);
  runner.AddConstant<int32_t>({1}, {axis});
  runner.AddOutput(DType::kBool);
  EXPECT_TRUE(runner.Run().ok());
  const auto bytes = runner.Output<uint8_t>(0);
  return {bytes.begin(), bytes.end()};
}

struct Case {
  const char* name;
  ir::Shape input;
  std::vector<int32_t> axes;
};

class ReduceTest : public ::testing::TestWithParam<Case> {};

// Sums element by element into the output position that its kept coordinates name.
TEST_P(ReduceTest, SumAndMeanMatchTheDefinition) {
  const Case& c = GetParam();
  const auto x = RandomValues<float>(c.input.num_elements(), -1, 1, 1);
  std::vector<bool> reduced(c.input.rank());
  for (int32_t axis : c.axes) reduced[axis < 0 ? axis + c.input.rank() : axis] = true;
  ir::Shape with_ones, without;
  for (int a = 0; a < c.input.rank(); ++a) {
    with_ones.Append(reduced[a] ? 1 : c.input.dim(a));
    if (!reduced[a]) without.Append(c.input.dim(a));
  }
  std::vector<double> sums(without.num_elements());
  for (size_t i = 0; i < x.size(); ++i) {
    int64_t rest = static_cast<int64_t>(i), target = 0, stride = 1;
    for (int a = c.input.rank() - 1; a >= 0; --a) {
      if (!reduced[a]) {
        target += rest % c.input.dim(a) * stride;
        stride *= c.input.dim(a);
      }
      rest /= c.input.dim(a);
    }
    sums[target] += x[i];
  }
  const double count = static_cast<double>(x.size()) / static_cast<double>(sums.size());
  for (bool keep_dims : {false, true}) {
    for (bool constant_axes : {false, true}) {
      for (OpCode code : {OpCode::SUM, OpCode::MEAN}) {
        OpRunner runner(code, ir::ReducerParams{keep_dims});
        runner.AddInput<float>(c.input, x);
        const ir::Shape axes_shape = {static_cast<int32_t>(c.axes.size())};
        if (constant_axes) {
          runner.AddConstant<int32_t>(axes_shape, c.axes);
        } else {
          runner.AddInput<int32_t>(axes_shape, c.axes);
        }
        runner.AddOutput(DType::kFloat32);
        ASSERT_TRUE(runner.Run(3).ok());
        EXPECT_EQ(runner.OutputShape(0), keep_dims ? with_ones : without);
        const auto out = runner.Output<float>(0);
        ASSERT_EQ(out.size(), sums.size());
        for (size_t i = 0; i < out.size(); ++i) {
          const double expected = code == OpCode::SUM ? sums[i] : sums[i] / count;
          // Accumulated in double: one rounding to float of a value of at most `count`.
          EXPECT_NEAR(out[i], expected, count * 6e-8) << i;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Axes, ReduceTest,
    ::testing::Values(Case{"Last", {3, 4, 5}, {2}}, Case{"First", {3, 4, 5}, {0}},
                      Case{"Middle", {3, 4, 5}, {1}}, Case{"Spatial", {2, 3, 4, 5}, {1, 2}},
                      Case{"Ends", {2, 3, 4, 5}, {0, -1}}, Case{"All", {3, 4}, {0, 1}},
                      Case{"None", {3, 4}, {}}, Case{"Alternating", {2, 3, 2, 3, 2}, {4, 0, -3}},
                      Case{"RepeatedAndNegative", {3, 4, 5}, {-1, 2, 2}}),
    [](const auto& tested) { return tested.param.name; });

TEST(ReduceTypesTest, ExtremesAndProducts) {
  const std::vector<float> x = {1, -2, 3, 4, 0.5f, -6};
  EXPECT_THAT(Reduced<float>(OpCode::REDUCE_MAX, {2, 3}, x, {1}), ElementsAre(3, 4));
  EXPECT_THAT(Reduced<float>(OpCode::REDUCE_MIN, {2, 3}, x, {0}), ElementsAre(1, -2, -6));
  EXPECT_THAT(Reduced<float>(OpCode::REDUCE_PROD, {2, 3}, x, {1}), ElementsAre(-6, -12));
  EXPECT_THAT(Reduced<int32_t>(OpCode::REDUCE_PROD, {2, 2}, {3, -4, 5, 6}, {1}),
              ElementsAre(-12, 30));
  EXPECT_THAT(Reduced<int64_t>(OpCode::REDUCE_MAX, {3}, {-5, -3, -9}, {0}), ElementsAre(-3));
}

TEST(ReduceTypesTest, IntegerSumsWrapAndMeansTruncate) {
  constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
  EXPECT_THAT(Reduced<int32_t>(OpCode::SUM, {2}, {kMax, 1}, {0}),
              ElementsAre(std::numeric_limits<int32_t>::min()));
  EXPECT_THAT(Reduced<int32_t>(OpCode::MEAN, {2, 2}, {1, 2, -1, -2}, {1}), ElementsAre(1, -1));
  EXPECT_THAT(Reduced<int64_t>(OpCode::MEAN, {2}, {std::numeric_limits<int32_t>::max(), kMax}, {0}),
              ElementsAre(kMax));
}

TEST(ReduceTypesTest, BooleansAreAnyOrAll) {
  const std::vector<bool> x = {true, false, false, false, true, true};
  EXPECT_THAT(ReducedBools(OpCode::REDUCE_ANY, {3, 2}, x, 1), ElementsAre(1, 0, 1));
  EXPECT_THAT(ReducedBools(OpCode::REDUCE_ALL, {3, 2}, x, 1), ElementsAre(0, 0, 1));
}

TEST(ReduceTypesTest, NothingIsTheNeutralElement) {
  EXPECT_THAT(Reduced<float>(OpCode::SUM, {2, 0}, {}, {1}), ElementsAre(0, 0));
  EXPECT_THAT(Reduced<float>(OpCode::REDUCE_PROD, {0}, {}, {0}), ElementsAre(1));
  EXPECT_THAT(Reduced<int32_t>(OpCode::MEAN, {0}, {}, {0}), ElementsAre(0));
  EXPECT_THAT(ReducedBools(OpCode::REDUCE_ALL, {0}, {}, 0), ElementsAre(1));
  EXPECT_THAT(Reduced<float>(OpCode::SUM, {0, 2}, {}, {1}), IsEmpty());
}

TEST(ReduceTypesTest, AScalarStaysWhatItIs) {
  EXPECT_THAT(Reduced<float>(OpCode::SUM, {}, {5}, {0}), ElementsAre(5));
}

template <typename T>
void TestQuantized(OpCode code, int in_zero, int out_zero) {
  constexpr int kLeast = std::numeric_limits<T>::min(), kGreatest = std::numeric_limits<T>::max();
  const float in_scale = 0.02f, out_scale = code == OpCode::SUM ? 0.07f : 0.013f;
  const auto x = RandomValues<T>(2 * 3 * 4, kLeast, kGreatest, 3);
  OpRunner runner(code, ir::ReducerParams{false});
  runner.AddInput<T>({2, 3, 4}, x, PerTensor(in_scale, in_zero));
  runner.AddConstant<int32_t>({1}, {1});
  runner.AddOutput(ir::DTypeOf<T>(), PerTensor(out_scale, out_zero));
  ASSERT_TRUE(runner.Run().ok());
  const auto out = runner.template Output<T>(0);
  ASSERT_EQ(out.size(), 8u);
  for (int i = 0; i < 8; ++i) {
    double sum = 0, product = 1;
    for (int k = 0; k < 3; ++k) {
      const double real = (x[i / 4 * 12 + k * 4 + i % 4] - in_zero) * in_scale;
      sum += real;
      product *= real;
    }
    const double real = code == OpCode::SUM ? sum : code == OpCode::MEAN ? sum / 3 : product;
    EXPECT_NEAR(out[i], test::NaiveQuantize(real / out_scale, out_zero, kLeast, kGreatest), 1);
  }
}

TEST(ReduceQuantizedTest, RescalesSumsMeansAndProducts) {
  for (OpCode code : {OpCode::SUM, OpCode::MEAN, OpCode::REDUCE_PROD}) {
    TestQuantized<int8_t>(code, 5, -7);
    TestQuantized<uint8_t>(code, 120, 130);
    TestQuantized<int16_t>(code, 0, 0);
  }
}

TEST(ReduceQuantizedTest, MeansOfManyChannelsOverPixels) {
  constexpr int kBatches = 2, kPixels = 35, kChannels = 600;
  const auto x = RandomValues<uint8_t>(kBatches * kPixels * kChannels, 0, 255, 4);
  OpRunner runner(OpCode::MEAN, ir::ReducerParams{true});
  runner.AddInput<uint8_t>({kBatches, 5, 7, kChannels}, x, PerTensor(0.5f, 3));
  runner.AddConstant<int32_t>({2}, {1, 2});
  runner.AddOutput(DType::kUInt8, PerTensor(0.25f, 10));
  ASSERT_TRUE(runner.Run(2).ok());
  const auto out = runner.Output<uint8_t>(0);
  ASSERT_EQ(out.size(), static_cast<size_t>(kBatches * kChannels));
  for (int i = 0; i < kBatches * kChannels; ++i) {
    int sum = 0;
    for (int k = 0; k < kPixels; ++k) {
      sum += x[(i / kChannels * kPixels + k) * kChannels + i % kChannels] - 3;
    }
    // Scales are exact: only the last rounding is left.
    EXPECT_EQ(out[i], test::NaiveQuantize(sum * 2.0 / kPixels, 10, 0, 255)) << i;
  }
}

TEST(ReduceQuantizedTest, AZeroOutputScaleGivesTheZeroPoint) {
  OpRunner runner(OpCode::MEAN, ir::ReducerParams{false});
  runner.AddInput<int8_t>({2}, {50, 70}, PerTensor(1, 0));
  runner.AddConstant<int32_t>({1}, {0});
  runner.AddOutput(DType::kInt8, PerTensor(0, 9));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(9));
}

TEST(ReduceQuantizedTest, ExtremesNeedOneScale) {
  OpRunner runner(OpCode::REDUCE_MAX, ir::ReducerParams{false});
  runner.AddInput<int8_t>({2}, {50, 70}, PerTensor(1, 0));
  runner.AddConstant<int32_t>({1}, {0});
  runner.AddOutput(DType::kInt8, PerTensor(2, 0));
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("must share scale"));
}

TEST(ReduceEdgesTest, NamesAnAxisThatDoesNotExist) {
  OpRunner runner(OpCode::SUM, ir::ReducerParams{false});
  runner.AddInput<float>({2}, {1, 2});
  runner.AddInput<int32_t>({1}, {1});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("SUM: axis 1 does not exist"));
}

}  // namespace
}  // namespace edgetasks
