// The arithmetic of the specifications against the C library's.
#include "core/kernels/simd/scalar_floats.h"

#include <cmath>
#include <cstring>
#include <random>

#include "gtest/gtest.h"
#include "tests/support/same_bits.h"

namespace edgetasks::kernels::simd {
namespace {

float FloatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

::testing::AssertionResult IsFused(float a, float b, float c) {
  const float fused = FusedMultiplyAdd(a, b, c), expected = std::fma(a, b, c);
  if (testing::SameNumber(fused, expected)) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << std::hexfloat << a << " * " << b << " + " << c << " is "
                                       << fused << ", expected " << expected;
}

TEST(FusedMultiplyAddTest, RoundsOnceWhateverTheNumbers) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000000; ++i) {
    ASSERT_TRUE(IsFused(FloatOf(random()), FloatOf(random()), FloatOf(random())));
  }
}

// Sums near a tie: the addend is about a last bit of the product, or the other way round, and few
// bits are set, so that doubles round to what lies in the middle of two floats.
TEST(FusedMultiplyAddTest, RoundsOnceNearTies) {
  std::mt19937 random(2);
  const auto few_bits = [&] {
    const float sign = random() % 2 == 0 ? 1.0f : -1.0f;
    return sign * (1.0f + std::ldexp(1.0f, -static_cast<int>(random() % 24)) +
                   std::ldexp(1.0f, -static_cast<int>(random() % 24)));
  };
  for (int i = 0; i < 1000000; ++i) {
    const int shift = static_cast<int>(random() % 120) - 60;
    ASSERT_TRUE(IsFused(few_bits(), few_bits(), std::ldexp(few_bits(), shift)));
  }
}

TEST(FusedMultiplyAddTest, RoundsOnceBelowTheNormalNumbers) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> any(-2.0f, 2.0f);
  for (int i = 0; i < 100000; ++i) {
    const float tiny = std::ldexp(any(random), -70 - static_cast<int>(random() % 10));
    ASSERT_TRUE(IsFused(tiny, std::ldexp(any(random), -70), std::ldexp(any(random), -140)));
  }
}

TEST(FusedMultiplyAddTest, KeepsZerosInfinitiesAndNan) {
  const float numbers[] = {0.0f, -0.0f, 1.0f, -1.0f, INFINITY, -INFINITY, std::nanf(""), 3e38f};
  for (const float a : numbers) {
    for (const float b : numbers) {
      for (const float c : numbers) ASSERT_TRUE(IsFused(a, b, c));
    }
  }
}

TEST(SpecifiedExpTest, IsWithinItsBound) {
  for (float x = -87.0f; x <= 80.0f; x += 0.01f) {
    const double exact = std::exp(static_cast<double>(x));
    ASSERT_NEAR(SpecifiedExp(x), exact, std::ldexp(exact, -21)) << x;
  }
  EXPECT_EQ(SpecifiedExp(-INFINITY), 0.0f);
  EXPECT_EQ(SpecifiedExp(-200.0f), 0.0f);
  EXPECT_TRUE(std::isnan(SpecifiedExp(std::nanf(""))));
}

}  // namespace
}  // namespace edgetasks::kernels::simd
