#include <array>
#include <cmath>

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
using ::testing::FloatNear;
using ::testing::HasSubstr;

// In double, from the definitions of tf.image.resize.
double PositionOf(int i, int input, int output, const ir::ResizeParams& params) {
  if (params.align_corners && output > 1) return i * (input - 1.0) / (output - 1.0);
  if (params.half_pixel_centers) return (i + 0.5) * input / output - 0.5;
  return static_cast<double>(i) * input / output;
}

double BilinearAt(const std::vector<double>& x, int h, int w, double y_position,
                  double x_position) {
  const auto at = [&](double row, double column) {
    const int r = static_cast<int>(std::fmin(h - 1, std::fmax(0, row)));
    const int c = static_cast<int>(std::fmin(w - 1, std::fmax(0, column)));
    return x[r * w + c];
  };
  const double y0 = std::floor(y_position), x0 = std::floor(x_position);
  const double fy = y_position - y0, fx = x_position - x0;
  return (at(y0, x0) * (1 - fx) + at(y0, x0 + 1) * fx) * (1 - fy) +
         (at(y0 + 1, x0) * (1 - fx) + at(y0 + 1, x0 + 1) * fx) * fy;
}

constexpr ir::ResizeParams kModes[] = {{false, false}, {true, false}, {false, true}};

// Calls check(output, expected) for every element of a one-channel picture.
template <typename T, typename Check>
void ForBilinear(int h, int w, int oh, int ow, const ir::ResizeParams& params, double least,
                 double greatest, const Check& check) {
  const auto x = RandomValues<T>(int64_t{h} * w, least, greatest, h + w);
  const ir::Quantization q = std::is_same_v<T, float> ? ir::Quantization{} : PerTensor(0.5f, 3);
  OpRunner runner(OpCode::RESIZE_BILINEAR, params);
  runner.AddInput<T>({1, h, w, 1}, x, q);
  runner.AddConstant<int32_t>({2}, {oh, ow});
  runner.AddOutput(ir::DTypeOf<T>(), q);
  ASSERT_TRUE(runner.Run(2).ok());
  ASSERT_EQ(runner.OutputShape(0), (ir::Shape{1, oh, ow, 1}));
  const auto out = runner.Output<T>(0);
  for (int y = 0; y < oh; ++y) {
    for (int xx = 0; xx < ow; ++xx) {
      check(static_cast<double>(out[y * ow + xx]),
            BilinearAt(test::Centred(x), h, w, PositionOf(y, h, oh, params),
                       PositionOf(xx, w, ow, params)));
    }
  }
}

TEST(ResizeBilinearTest, MatchesTheDefinition) {
  for (const ir::ResizeParams& params : kModes) {
    for (const auto& size :
         {std::array<int, 4>{5, 7, 11, 3}, {6, 4, 6, 4}, {1, 1, 3, 2}, {9, 8, 1, 1}}) {
      // Positions of at most 11 have errors of at most 11 * 2^-23, which move values of at most 1
      // by twice that on each axis.
      ForBilinear<float>(size[0], size[1], size[2], size[3], params, -1, 1,
                         [](double got, double expected) { EXPECT_NEAR(got, expected, 8e-6); });
      ForBilinear<int8_t>(size[0], size[1], size[2], size[3], params, -128, 127,
                          [](double got, double expected) { EXPECT_NEAR(got, expected, 0.51); });
      ForBilinear<uint8_t>(size[0], size[1], size[2], size[3], params, 0, 255,
                           [](double got, double expected) { EXPECT_NEAR(got, expected, 0.51); });
    }
  }
}

TEST(ResizeBilinearTest, Int16KeepsPositionsOnTflitesGrid) {
  // 3 -> 7: a step is 3 * 1024 / 7 = 438.86, on the grid 439; position 1 is 439 / 1024.
  OpRunner runner(OpCode::RESIZE_BILINEAR, ir::ResizeParams{});
  runner.AddInput<int16_t>({1, 1, 3, 1}, {0, 10240, 20480}, PerTensor(1, 0));
  runner.AddConstant<int32_t>({2}, {1, 7});
  runner.AddOutput(DType::kInt16, PerTensor(1, 0));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int16_t>(0), ElementsAre(0, 4390, 8780, 13170, 17560, 20480, 20480));
}

TEST(ResizeNearestNeighborTest, CopiesTheNearest) {
  const std::vector<float> x = {1, 2, 3, 4};
  const auto resized = [&](const ir::ResizeParams& params, int width) {
    OpRunner runner(OpCode::RESIZE_NEAREST_NEIGHBOR, params);
    runner.AddInput<float>({1, 1, 4, 1}, x);
    runner.AddInput<int32_t>({2}, {1, width});
    runner.AddOutput(DType::kFloat32);
    EXPECT_TRUE(runner.Run().ok());
    return runner.Output<float>(0);
  };
  // Positions: i * 4/6; i * 3/5 rounded; (i + 0.5) * 4/6, all floored but the second.
  EXPECT_THAT(resized({false, false}, 6), ElementsAre(1, 1, 2, 3, 3, 4));
  EXPECT_THAT(resized({true, false}, 6), ElementsAre(1, 2, 2, 3, 3, 4));
  EXPECT_THAT(resized({false, true}, 6), ElementsAre(1, 2, 2, 3, 4, 4));
  EXPECT_THAT(resized({false, false}, 2), ElementsAre(1, 3));
  EXPECT_THAT(resized({false, true}, 2), ElementsAre(2, 4));
}

TEST(ResizeNearestNeighborTest, KeepsPixelsOfAnyTypeWhole) {
  OpRunner runner(OpCode::RESIZE_NEAREST_NEIGHBOR, ir::ResizeParams{});
  runner.AddInput<int16_t>({2, 1, 1, 2}, {1, 2, 3, 4});
  runner.AddConstant<int32_t>({2}, {2, 1});
  runner.AddOutput(DType::kInt16);
  ASSERT_TRUE(runner.Run(2).ok());
  EXPECT_THAT(runner.Output<int16_t>(0), ElementsAre(1, 2, 1, 2, 3, 4, 3, 4));
}

TEST(ResizeEdgesTest, RefusesWhatHasNoMeaning) {
  const auto message = [](ir::Shape shape, std::vector<int32_t> size, ir::ResizeParams params) {
    OpRunner runner(OpCode::RESIZE_BILINEAR, params);
    runner.AddInput<float>(shape, std::vector<float>(shape.num_elements()));
    runner.AddInput<int32_t>({static_cast<int32_t>(size.size())}, size);
    runner.AddOutput(DType::kFloat32);
    return std::string(runner.Run().message());
  };
  EXPECT_EQ(message({1, 2, 2, 1}, {1, 1}, {}), "");
  EXPECT_THAT(message({2, 2}, {1, 1}, {}), HasSubstr("expected input"));
  EXPECT_THAT(message({1, 0, 2, 1}, {1, 1}, {}), HasSubstr("1 or more"));
  EXPECT_THAT(message({1, 2, 2, 1}, {1, 1, 1}, {}), HasSubstr("2 values"));
  EXPECT_THAT(message({1, 2, 2, 1}, {0, 1}, {}), HasSubstr("the size is [0, 1]"));
  EXPECT_THAT(message({1, 2, 2, 1}, {1, 1}, {true, true}), HasSubstr("exclude"));
}

}  // namespace
}  // namespace edgetasks
