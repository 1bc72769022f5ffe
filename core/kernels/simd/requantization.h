// The way from 32-bit sums back to 8 bits, as the families of 8-bit networks are told it.
#ifndef CORE_KERNELS_SIMD_REQUANTIZATION_H_
#define CORE_KERNELS_SIMD_REQUANTIZATION_H_

#include <cstdint>

namespace edgetasks::kernels::simd {

// A sum of channel c becomes clamp(round((sum + bias[c]) * multiplier[c]) + zero, min, max),
// rounded twice as MultiplyFixed rounds; sum + bias wraps modulo 2^32.
struct Requantization {
  const int32_t* bias = nullptr;  // [channels]; may be null
  // Pairs of mantissa and shift, as FixedMultiplier: [channels], or one with multiplier_step 0.
  const int32_t* multipliers = nullptr;
  int64_t multiplier_step = 0;
  int32_t zero = 0, min = 0, max = 0;  // of the output: -128 to 127, or 0 to 255
  // What a set's floats_are_exact says of these multipliers and this range; false where unknown.
  bool floats_are_exact = false;
};

// The bytes of `channels` sums, in plain loops: for numbers that a set's own way does not cover.
void RequantizeRow(const Requantization& r, const int32_t* sums, int64_t channels, uint8_t* q);

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_REQUANTIZATION_H_
