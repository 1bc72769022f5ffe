#include "core/kernels/ref/quantized_arithmetic.h"

#include <cmath>

#include "gtest/gtest.h"

namespace edgetasks::kernels::ref {
namespace {

constexpr ActivationRange<int32_t> kInt8 = {-128, 127};
constexpr ActivationRange<int32_t> kInt16 = {-32768, 32767};

// The integer paths round two or three times; the last rounding is to a step of the output, the
// others are 2^-15 or less of one. So they are within one step of the real result.
template <typename T>
void ExpectWithinOneStep(T got, double real, Affine output, ActivationRange<int32_t> range) {
  const double steps = std::round(real / output.scale) + output.zero_point;
  const double clamped = std::min<double>(range.max, std::max<double>(range.min, steps));
  EXPECT_NEAR(got, clamped, 1.0);
}

TEST(QuantizedSumTest, Int8IsWithinOneStepEverywhere) {
  const Affine a = {0.037f, 5}, b = {0.011f, -100}, output = {0.041f, -3};
  QuantizedSum<int8_t> add, subtract;
  ASSERT_TRUE(add.Init(a, b, output, false, kInt8));
  ASSERT_TRUE(subtract.Init(a, b, output, true, kInt8));
  for (int x = -128; x <= 127; ++x) {
    for (int y = -128; y <= 127; ++y) {
      const double p = Dequantize<double>(x, a), q = Dequantize<double>(y, b);
      ExpectWithinOneStep(add(x, y), p + q, output, kInt8);
      ExpectWithinOneStep(subtract(x, y), p - q, output, kInt8);
    }
  }
}

TEST(QuantizedSumTest, Int16WithExtremeZeroPointsDoesNotOverflow) {
  const Affine a = {0.5f, 32767}, b = {0.5f, -32768}, output = {40.0f, 32767};
  QuantizedSum<int16_t> add;
  ASSERT_TRUE(add.Init(a, b, output, false, kInt16));
  for (int x : {-32768, -1, 0, 32767}) {
    for (int y : {-32768, -1, 0, 32767}) {
      ExpectWithinOneStep(add(x, y), Dequantize<double>(x, a) + Dequantize<double>(y, b), output,
                          kInt16);
    }
  }
}

TEST(QuantizedSumTest, LeavesExtremeScalesToRealNumbers) {
  QuantizedSum<int8_t> sum;
  EXPECT_FALSE(sum.Init({1.0f, 0}, {1.0f, 0}, {0.0f, 0}, false, kInt8));
  EXPECT_FALSE(sum.Init({1.0f, 0}, {1.0f, 0}, {1e-7f, 0}, false, kInt8));
  EXPECT_FALSE(sum.Init({0.0f, 0}, {0.0f, 0}, {1.0f, 0}, false, kInt8));
  // One operand that is always zero is no extreme.
  ASSERT_TRUE(sum.Init({0.0f, 0}, {1.0f, 0}, {1.0f, 0}, false, kInt8));
  EXPECT_EQ(sum(99, 7), 7);
}

TEST(QuantizedProductTest, Int8IsWithinOneStepEverywhere) {
  const Affine a = {0.037f, 5}, b = {0.11f, -100}, output = {0.2f, -3};
  QuantizedProduct<int8_t> product;
  ASSERT_TRUE(product.Init(a, b, output, kInt8));
  for (int x = -128; x <= 127; ++x) {
    for (int y = -128; y <= 127; ++y) {
      ExpectWithinOneStep(product(x, y), Dequantize<double>(x, a) * Dequantize<double>(y, b),
                          output, kInt8);
    }
  }
}

TEST(QuantizedProductTest, LeavesWhatCouldOverflowToRealNumbers) {
  QuantizedProduct<int8_t> narrow;
  EXPECT_FALSE(narrow.Init({1.0f, 0}, {1.0f, 0}, {1e-6f, 0}, kInt8));
  EXPECT_FALSE(narrow.Init({1.0f, 0}, {1.0f, 0}, {0.0f, 0}, kInt8));
  QuantizedProduct<int16_t> wide;
  EXPECT_FALSE(wide.Init({1.0f, 1}, {1.0f, 0}, {1.0f, 0}, kInt16));
  EXPECT_FALSE(wide.Init({1.0f, 0}, {1.0f, 0}, {0.5f, 0}, kInt16));
  EXPECT_TRUE(wide.Init({0.5f, 0}, {0.5f, 0}, {1.0f, 0}, kInt16));
  EXPECT_EQ(wide(-32768, -32768), 32767);
}

}  // namespace
}  // namespace edgetasks::kernels::ref
