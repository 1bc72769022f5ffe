// Requantization in integers: scaling an accumulator by a real multiplier, rounded as TFLite
// rounds. Sources: B. Jacob et al., "Quantization and Training of Neural Networks for Efficient
// Integer-Arithmetic-Only Inference" (2018), section 2.2; the gemmlowp fixed-point definitions of
// SaturatingRoundingDoublingHighMul and RoundingDivideByPOT.
#ifndef CORE_BASE_FIXED_POINT_H_
#define CORE_BASE_FIXED_POINT_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace edgetasks {

// real = mantissa * 2^(shift - 31), mantissa in [2^30, 2^31), or both 0.
struct FixedMultiplier {
  int32_t mantissa = 0;
  int32_t shift = 0;
};

// The nearest FixedMultiplier of a real multiplier >= 0 (0 for one below 2^-32).
inline FixedMultiplier ToFixedMultiplier(double real) {
  if (!(real > 0.0) || !std::isfinite(real)) return {};
  int exponent = 0;
  const double fraction = std::frexp(real, &exponent);  // in [0.5, 1)
  int64_t mantissa = std::llround(fraction * (int64_t{1} << 31));
  if (mantissa == (int64_t{1} << 31)) {
    mantissa /= 2;
    ++exponent;
  }
  if (exponent < -31) return {};
  if (exponent > 30) return {std::numeric_limits<int32_t>::max(), 30};
  return {static_cast<int32_t>(mantissa), exponent};
}

// round(a * b / 2^31), ties away from zero, saturating the one overflow.
inline int32_t SaturatingRoundingDoublingHighMul(int32_t a, int32_t b) {
  constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
  if (a == b && a == kMin) return std::numeric_limits<int32_t>::max();
  const int64_t product = static_cast<int64_t>(a) * b;
  const int64_t nudge = product >= 0 ? (int64_t{1} << 30) : (1 - (int64_t{1} << 30));
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}

// round(x / 2^exponent), ties away from zero; exponent in [0, 31].
inline int32_t RoundingDivideByPowerOfTwo(int32_t x, int exponent) {
  const int32_t mask = static_cast<int32_t>((int64_t{1} << exponent) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

// x * multiplier, rounded twice as the two functions above do.
inline int32_t MultiplyFixed(int32_t x, FixedMultiplier multiplier) {
  const int left = multiplier.shift > 0 ? multiplier.shift : 0;
  const int right = multiplier.shift > 0 ? 0 : -multiplier.shift;
  // The shift wraps like two's complement does; accumulators of valid graphs stay below that.
  const int32_t shifted = static_cast<int32_t>(static_cast<uint32_t>(x) << left);
  return RoundingDivideByPowerOfTwo(SaturatingRoundingDoublingHighMul(shifted, multiplier.mantissa),
                                    right);
}

// As above for the 64-bit accumulators of int16 activations: the mantissa is reduced to 16 bits.
// Accumulators beyond 2^47 and results beyond int32 saturate.
inline int32_t MultiplyFixed(int64_t x, FixedMultiplier multiplier) {
  constexpr int64_t kMin = std::numeric_limits<int32_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
  constexpr int64_t kAccumulatorMax = int64_t{1} << 47;
  if (multiplier.mantissa == 0) return 0;
  const int64_t mantissa = multiplier.mantissa < 0x7FFF0000
                               ? ((int64_t{multiplier.mantissa} + (1 << 15)) >> 16)
                               : 0x7FFF;
  const int total_shift = 15 - multiplier.shift;  // -15 to 46
  int64_t result;
  if (total_shift > 0) {
    const int64_t clamped = std::clamp(x, -kAccumulatorMax, kAccumulatorMax);
    result = (clamped * mantissa + (int64_t{1} << (total_shift - 1))) >> total_shift;
  } else {
    result = std::clamp(x, kMin, kMax) * mantissa * (int64_t{1} << -total_shift);
  }
  return static_cast<int32_t>(std::clamp(result, kMin, kMax));
}

}  // namespace edgetasks

#endif  // CORE_BASE_FIXED_POINT_H_
