#include <algorithm>
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
using test::NaiveConv;
using test::OpRunner;
using test::PerTensor;
using test::RandomValues;
using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

struct Case {
  const char* name;
  ir::Shape input;
  int filter_h, filter_w;
  NaiveConv window;
};

ir::Pool2DParams ParamsOf(const Case& c, ir::Activation activation = ir::Activation::kNone) {
  return {c.window.same ? ir::Padding::kSame : ir::Padding::kValid,
          c.window.stride_h,
          c.window.stride_w,
          c.filter_h,
          c.filter_w,
          activation};
}

// Calls visit(output index, elements of its window) in the output's order.
template <typename T, typename Visit>
void ForWindows(const Case& c, const std::vector<T>& x, const Visit& visit) {
  int oh, ow, pad_h, pad_w;
  const ir::Shape& in = c.input;
  test::NaiveAxis(in.dim(1), c.filter_h, c.window.stride_h, 1, c.window.same, &oh, &pad_h);
  test::NaiveAxis(in.dim(2), c.filter_w, c.window.stride_w, 1, c.window.same, &ow, &pad_w);
  size_t index = 0;
  for (int n = 0; n < in.dim(0); ++n)
    for (int y = 0; y < oh; ++y)
      for (int xx = 0; xx < ow; ++xx)
        for (int ch = 0; ch < in.dim(3); ++ch) {
          std::vector<double> window;
          for (int ky = 0; ky < c.filter_h; ++ky)
            for (int kx = 0; kx < c.filter_w; ++kx) {
              const int iy = y * c.window.stride_h + ky - pad_h;
              const int ix = xx * c.window.stride_w + kx - pad_w;
              if (iy < 0 || ix < 0 || iy >= in.dim(1) || ix >= in.dim(2)) continue;
              window.push_back(x[((n * in.dim(1) + iy) * in.dim(2) + ix) * in.dim(3) + ch]);
            }
          visit(index++, window);
        }
}

double Sum(const std::vector<double>& values) {
  double sum = 0;
  for (double value : values) sum += value;
  return sum;
}
double Max(const std::vector<double>& values) {
  return *std::max_element(values.begin(), values.end());
}

class Pool2DTest : public ::testing::TestWithParam<Case> {};

TEST_P(Pool2DTest, FloatMatchesTheDefinition) {
  const Case& c = GetParam();
  const auto x = RandomValues<float>(c.input.num_elements(), -1, 1, 1);
  for (OpCode code : {OpCode::AVERAGE_POOL_2D, OpCode::MAX_POOL_2D, OpCode::L2_POOL_2D}) {
    OpRunner runner(code, ParamsOf(c));
    runner.AddInput<float>(c.input, x);
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run(3).ok());
    const auto out = runner.Output<float>(0);
    size_t seen = 0;
    ForWindows(c, x, [&](size_t i, const std::vector<double>& window) {
      const double n = static_cast<double>(window.size());
      double expected = Max(window);
      if (code == OpCode::AVERAGE_POOL_2D) expected = Sum(window) / n;
      if (code == OpCode::L2_POOL_2D) {
        double squares = 0;
        for (double value : window) squares += value * value;
        expected = std::sqrt(squares / n);
      }
      // n additions of at most 1, a division and a root, each rounded by 2^-24.
      ASSERT_LT(i, out.size());
      EXPECT_NEAR(out[i], expected, (n + 3) * 6e-8 * 2) << i;
      ++seen;
    });
    EXPECT_EQ(seen, out.size());
  }
}

template <typename T>
void TestIntegers(const Case& c, DType dtype, int zero_point) {
  constexpr int kLeast = std::numeric_limits<T>::min(), kGreatest = std::numeric_limits<T>::max();
  const auto x = RandomValues<T>(c.input.num_elements(), kLeast, kGreatest, 2);
  for (OpCode code : {OpCode::AVERAGE_POOL_2D, OpCode::MAX_POOL_2D}) {
    OpRunner runner(code, ParamsOf(c, ir::Activation::kRelu));
    runner.AddInput<T>(c.input, x, PerTensor(0.1f, zero_point));
    runner.AddOutput(dtype, PerTensor(0.1f, zero_point));
    ASSERT_TRUE(runner.Run(2).ok());
    const auto out = runner.template Output<T>(0);
    ForWindows(c, x, [&](size_t i, const std::vector<double>& window) {
      const double real = code == OpCode::MAX_POOL_2D
                              ? Max(window)
                              : Sum(window) / static_cast<double>(window.size());
      EXPECT_EQ(out[i], std::fmax(zero_point, std::round(real))) << i;
    });
  }
}

TEST_P(Pool2DTest, IntegersRoundAwayFromZeroAndKeepTheActivation) {
  TestIntegers<int8_t>(GetParam(), DType::kInt8, -3);
  TestIntegers<uint8_t>(GetParam(), DType::kUInt8, 100);
  TestIntegers<int16_t>(GetParam(), DType::kInt16, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Pool2DTest,
    ::testing::Values(Case{"Same3x3Stride2", {2, 7, 8, 5}, 3, 3, {2, 2}},
                      Case{"Valid2x2", {1, 6, 7, 33}, 2, 2, {2, 2, 1, 1, false}},
                      Case{"Global", {2, 7, 7, 40}, 7, 7, {1, 1, 1, 1, false}},
                      Case{"WindowLargerThanInput", {1, 2, 3, 4}, 5, 9, {1, 1}},
                      Case{"StrideLargerThanInput", {1, 3, 3, 2}, 2, 2, {7, 5}}),
    [](const auto& tested) { return tested.param.name; });

TEST(Pool2DEdgesTest, HugeWindowsCostOnlyWhatIsInside) {
  constexpr int32_t kHuge = std::numeric_limits<int32_t>::max();
  OpRunner runner(OpCode::AVERAGE_POOL_2D,
                  ir::Pool2DParams{ir::Padding::kSame, kHuge, kHuge, kHuge, kHuge});
  runner.AddInput<float>({1, 2, 2, 1}, {1, 2, 3, 6});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(FloatEq(3.0f)));
}

TEST(Pool2DEdgesTest, RefusesWhatHasNoMeaning) {
  const auto message = [](ir::Pool2DParams params, ir::Shape shape, float out_scale) {
    OpRunner runner(OpCode::MAX_POOL_2D, params);
    runner.AddInput<int8_t>(shape, std::vector<int8_t>(shape.num_elements()), PerTensor(1, 0));
    runner.AddOutput(DType::kInt8, PerTensor(out_scale, 0));
    return std::string(runner.Run().message());
  };
  const ir::Shape shape = {1, 4, 4, 1};
  EXPECT_EQ(message({}, shape, 1), "");
  EXPECT_THAT(message({}, {4, 4}, 1), HasSubstr("expected input"));
  EXPECT_THAT(message({}, shape, 2), HasSubstr("must share scale"));
  EXPECT_THAT(message({ir::Padding::kSame, 0, 1, 1, 1}, shape, 1), HasSubstr("no place"));
  EXPECT_THAT(message({ir::Padding::kSame, 1, 1, 0, 1}, shape, 1), HasSubstr("no place"));
  EXPECT_THAT(message({ir::Padding::kValid, 1, 1, 1, 5}, shape, 1), HasSubstr("no place"));
  EXPECT_THAT(message({ir::Padding::kSame, 1, 1, 1, 1, ir::Activation::kTanh}, shape, 1),
              HasSubstr("activation"));
}

}  // namespace
}  // namespace edgetasks
