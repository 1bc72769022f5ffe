// Float arithmetic of the specifications: the operations that every instruction set does, one
// number at a time.
//
// Float kernels of all sets give the same bits because they do the same operations in the same
// order. Where numbers are added up there are sixteen sums, a product being rounded together with
// the sum it enters; then SumOfSixteen says how they become one. AVX-512 holds the sixteen in one
// register, AVX2 in two, NEON in four.
#ifndef CORE_KERNELS_SIMD_SCALAR_FLOATS_H_
#define CORE_KERNELS_SIMD_SCALAR_FLOATS_H_

#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace edgetasks::kernels::simd {

// a * b + c, rounded once, as the instructions do it. NaN stays NaN.
//
// Where the compiler may not use those, in doubles: the product of two floats is one, and the sum's
// error is found (Knuth's TwoSum) and left behind as an odd last bit, so that rounding to float
// sees on which side of a tie the exact sum lies. Source: Boldo and Melquiond, "Emulation of a FMA
// and correctly rounded sums: proved algorithms using rounding to odd" (2008). (std::fma is a call,
// which takes hundreds of cycles where the processor has no such instruction.)
inline float FusedMultiplyAdd(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_fmaf(a, b, c);
#else
  const double product = static_cast<double>(a) * b, addend = c;
  double sum = product + addend;
  const double part = sum - product;
  const double error = (product - (sum - part)) + (addend - part);
  int64_t bits;
  std::memcpy(&bits, &sum, sizeof(bits));
  if ((error > 0.0 || error < 0.0) && (bits & 1) == 0) {
    bits += (error > 0.0) == (sum > 0.0) ? 1 : -1;
    std::memcpy(&sum, &bits, sizeof(sum));
  }
  return static_cast<float>(sum);
#endif
}

inline float SumOfSixteen(const float (&sums)[16]) {
  float eight[8], four[4];
  for (int i = 0; i < 8; ++i) eight[i] = sums[i] + sums[i + 8];
  for (int i = 0; i < 4; ++i) four[i] = eight[i] + eight[i + 4];
  return (four[0] + four[2]) + (four[1] + four[3]);
}

// exp of numbers <= 80: the formula of floats_math.h.
inline float SpecifiedExp(float x) {
  const float at_least = x < -120.0f ? -120.0f : x;
  const float n = std::nearbyint(at_least * 1.44269504f);
  float r = FusedMultiplyAdd(-n, 0.693359375f, at_least);
  r = FusedMultiplyAdd(-n, -2.12194440e-4f, r);
  float y = 1.0f / 720;
  for (const float next : {1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f}) {
    y = FusedMultiplyAdd(y, r, next);
  }
  // NaN fails the comparison.
  return n < -126.0f ? 0.0f : std::ldexp(y, std::isnan(n) ? 0 : static_cast<int>(n));
}

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_SCALAR_FLOATS_H_
