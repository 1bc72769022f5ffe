// The limits of ARM: loads of 16 bytes, FMLA, and sums of 8-bit products by the instructions of a
// set. Everything here is local to the file that includes it, which is compiled with the flags of
// its set.
#ifndef CORE_KERNELS_SIMD_LIMITS_ARM_128_H_
#define CORE_KERNELS_SIMD_LIMITS_ARM_128_H_

#include <arm_neon.h>

#include "core/kernels/simd/limits/limits.h"

namespace edgetasks::kernels::simd {
namespace {

// Sums that do not wait for one another: as many as cover the latency of four multiplications at a
// time, and leave registers for the factors.
constexpr int kSums = 20;

uint64_t Read(const uint8_t* data, int64_t bytes) {
  uint8x16_t sums[16];
  for (auto& sum : sums) sum = vdupq_n_u8(0);
  for (int64_t i = 0; i < bytes; i += static_cast<int64_t>(sizeof(sums))) {
#pragma GCC unroll 16
    for (int k = 0; k < 16; ++k) sums[k] = veorq_u8(sums[k], vld1q_u8(data + i + 16 * k));
  }
  for (int k = 1; k < 16; ++k) sums[0] = veorq_u8(sums[0], sums[k]);
  const uint64x2_t words = vreinterpretq_u64_u8(sums[0]);
  return vgetq_lane_u64(words, 0) ^ vgetq_lane_u64(words, 1);
}

// Products::Add adds kMacs products of bytes below 64 to four sums.
template <typename Products>
uint64_t MultiplyIntegers(int64_t rounds, uint32_t seed) {
  const int8x16_t factor = vdupq_n_s8(static_cast<int8_t>(seed & 63));
  int8x16_t other = vdupq_n_s8(static_cast<int8_t>(seed >> 8 & 63));
  int32x4_t sums[kSums];
  for (auto& sum : sums) sum = vdupq_n_s32(0);
  for (int64_t r = 0; r < rounds; ++r) {
#pragma GCC unroll 20
    for (auto& sum : sums) {
      // The factor must look new to the compiler each time, or it would multiply only once.
      __asm__ volatile("" : "+w"(other));
      sum = Products::Add(sum, factor, other);
    }
  }
#pragma GCC unroll 20
  for (int k = 1; k < kSums; ++k) sums[0] = vaddq_s32(sums[0], sums[k]);
  const uint64x2_t words = vreinterpretq_u64_s32(sums[0]);
  return vgetq_lane_u64(words, 0) + vgetq_lane_u64(words, 1);
}

float MultiplyFloats(int64_t rounds, float seed) {
  const float32x4_t factor = vdupq_n_f32(seed);
  float32x4_t other = factor;
  float32x4_t sums[kSums];
  for (auto& sum : sums) sum = vdupq_n_f32(0.0f);
  for (int64_t r = 0; r < rounds; ++r) {
#pragma GCC unroll 20
    for (auto& sum : sums) {
      __asm__ volatile("" : "+w"(other));  // as above
      sum = vfmaq_f32(sum, factor, other);
    }
  }
#pragma GCC unroll 20
  for (int k = 1; k < kSums; ++k) sums[0] = vaddq_f32(sums[0], sums[k]);
  return vgetq_lane_f32(sums[0], 0) + vgetq_lane_f32(sums[0], 3);
}

template <typename Products>
constexpr LimitKernels TableOf(CpuLevel level) {
  return {level,     Read,          kSums * Products::kMacs, MultiplyIntegers<Products>,
          kSums * 4, MultiplyFloats};
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_LIMITS_ARM_128_H_
