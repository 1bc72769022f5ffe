#include "core/kernels/ref/affine.h"

#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace edgetasks::kernels::ref {
namespace {

using ::testing::ElementsAre;

TEST(AffineTest, RoundsToNearestWithTiesAwayFromZero) {
  EXPECT_EQ(QuantizeTo<int8_t>(0.74f, {0.5f, 3}), 4);
  EXPECT_EQ(QuantizeTo<int8_t>(0.75f, {0.5f, 3}), 5);
  EXPECT_EQ(QuantizeTo<int8_t>(-0.75f, {0.5f, 3}), 1);
}

TEST(AffineTest, ClampsToTheType) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(QuantizeTo<int8_t>(1000.0f, {1.0f, 0}), 127);
  EXPECT_EQ(QuantizeTo<uint8_t>(-1.0f, {1.0f, 0}), 0);
  EXPECT_EQ(QuantizeTo<int16_t>(kInfinity, {1.0f, 0}), 32767);
  EXPECT_EQ(QuantizeTo<int32_t>(-1e30, {1e-30f, 0}), std::numeric_limits<int32_t>::min());
  EXPECT_EQ(QuantizeTo<int32_t>(1e30, {1.0f, 7}), std::numeric_limits<int32_t>::max());
  EXPECT_EQ(QuantizeTo<int8_t>(0.0f, {1.0f, std::numeric_limits<int32_t>::max()}), 127);
}

TEST(AffineTest, NanBecomesTheLowest) {
  EXPECT_EQ(QuantizeTo<uint8_t>(std::numeric_limits<float>::quiet_NaN(), {1.0f, 9}), 0);
  EXPECT_EQ(QuantizeTo<int8_t>(std::numeric_limits<double>::quiet_NaN(), {1.0f, 9}), -128);
}

TEST(AffineTest, ScaleZeroGivesTheZeroPoint) {
  EXPECT_EQ(QuantizeTo<int8_t>(5.0f, {0.0f, -7}), -7);
  EXPECT_EQ(Dequantize<float>(int8_t{5}, {0.0f, -7}), 0.0f);
}

TEST(AffineTest, DequantizesWithoutOverflow) {
  EXPECT_EQ(Dequantize<double>(std::numeric_limits<int32_t>::max(),
                               {1.0f, std::numeric_limits<int32_t>::min()}),
            4294967295.0);
}

TEST(AffineTest, LoadsWithStrideZeroAndOne) {
  const std::vector<int8_t> data = {1, 2, 3};
  const RealFormat format{ir::DType::kInt8, {0.5f, 1}};
  std::vector<double> real(2);
  LoadReal(format, data.data(), 1, 1, 2, real.data());
  EXPECT_THAT(real, ElementsAre(0.5, 1.0));
  LoadReal(format, data.data(), 2, 0, 2, real.data());
  EXPECT_THAT(real, ElementsAre(1.0, 1.0));
}

}  // namespace
}  // namespace edgetasks::kernels::ref
