#include "core/kernels/ref/integer_math.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace edgetasks::kernels::ref {
namespace {

constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
constexpr int64_t kMin64 = std::numeric_limits<int64_t>::min();

TEST(IntegerMathTest, Wraps) {
  EXPECT_EQ(WrapAdd(kMax, 1), kMin);
  EXPECT_EQ(WrapSubtract(kMin, 1), kMax);
  EXPECT_EQ(WrapMultiply(kMin, -1), kMin);
  EXPECT_EQ(WrapMultiply<int16_t>(-300, 300), static_cast<int16_t>(-90000 + 65536));
  EXPECT_EQ(WrapMultiply<int64_t>(kMin64, -1), kMin64);
}

TEST(IntegerMathTest, LowestByMinusOneDoesNotTrap) {
  EXPECT_EQ(DivideTruncating(kMin, -1), kMin);
  EXPECT_EQ(DivideFloor(kMin64, int64_t{-1}), kMin64);
  EXPECT_EQ(ModuloFloor(kMin, -1), 0);
}

TEST(IntegerMathTest, FloorsLikeTheRealQuotient) {
  for (int a = -9; a <= 9; ++a) {
    for (int b = -4; b <= 4; ++b) {
      if (b == 0) continue;
      const int floor = static_cast<int>(std::floor(static_cast<double>(a) / b));
      EXPECT_EQ(DivideFloor(a, b), floor) << a << " / " << b;
      EXPECT_EQ(ModuloFloor(a, b), a - floor * b) << a << " mod " << b;
      EXPECT_EQ(DivideFloor<int8_t>(a, b), floor) << a << " / " << b;
    }
  }
}

TEST(IntegerMathTest, PowersWrapAndZeroToZeroIsOne) {
  EXPECT_EQ(WrapPower(-3, 3), -27);
  EXPECT_EQ(WrapPower(0, 0), 1);
  EXPECT_EQ(WrapPower(2, 32), 0);
  EXPECT_EQ(WrapPower(3, kMax), static_cast<int32_t>(-1431655765));  // 3^(2^31 - 1) mod 2^32
}

TEST(IntegerMathTest, ShiftsByAnyAmount) {
  EXPECT_EQ(ShiftRight(-8, 1), -4);
  EXPECT_EQ(ShiftRight(-8, 99), -1);
  EXPECT_EQ(ShiftRight(-8, -1), -8);
  EXPECT_EQ(ShiftRight<uint8_t>(200, 255), 1);
  EXPECT_EQ(ShiftLeft(3, 31), kMin);
  EXPECT_EQ(ShiftLeft(3, 32), 0);
  EXPECT_EQ(ShiftLeft(3, -1), 0);
  EXPECT_EQ(ShiftLeft<int8_t>(65, 1), static_cast<int8_t>(-126));
}

}  // namespace
}  // namespace edgetasks::kernels::ref
