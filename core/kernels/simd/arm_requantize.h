// Requantization with NEON, shared by the families of 8-bit networks. Everything here is static: it
// is also included by files that are compiled for more.
#ifndef CORE_KERNELS_SIMD_ARM_REQUANTIZE_H_
#define CORE_KERNELS_SIMD_ARM_REQUANTIZE_H_

#include <arm_neon.h>

#include <cstdint>

#include "core/kernels/simd/requantization.h"

namespace edgetasks::kernels::simd {

// kChannels channels' way from sums to numbers about the output's zero point: every multiplier goes
// it, by the instructions that MultiplyFixed is defined after.
template <int kChannels>
struct RequantizedChannels {
  int32_t start[kChannels];  // what sums begin with
  int32_t mantissa[kChannels];
  int32_t left[kChannels];   // shift before the product, >= 0
  int32_t right[kChannels];  // and after it, <= 0

  // Channel `channel` of r becomes the i-th here.
  void Set(int64_t i, const Requantization& r, int64_t channel, uint32_t first) {
    const int32_t* multiplier = r.multipliers + 2 * channel * r.multiplier_step;
    const uint32_t bias = r.bias != nullptr ? static_cast<uint32_t>(r.bias[channel]) : 0;
    start[i] = static_cast<int32_t>(first + bias);
    mantissa[i] = multiplier[0];
    left[i] = multiplier[1] > 0 ? multiplier[1] : 0;
    right[i] = multiplier[1] > 0 ? 0 : multiplier[1];
  }
};

// SQRDMULH is SaturatingRoundingDoublingHighMul. SRSHL rounds halves up: negative numbers are made
// less by one before, where there is a shift, so that their halves go down, away from zero.
static inline int32x4_t MultiplyFixed(int32x4_t x, int32x4_t mantissa, int32x4_t left,
                                      int32x4_t right) {
  const int32x4_t product = vqrdmulhq_s32(vshlq_s32(x, left), mantissa);
  const int32x4_t less = vshrq_n_s32(vandq_s32(product, right), 31);
  return vrshlq_s32(vqaddq_s32(product, less), right);
}

// Sums of channels i to i + 3.
template <int kChannels>
static inline int32x4_t Requantize(int32x4_t sums, const RequantizedChannels<kChannels>& c,
                                   int64_t i) {
  return MultiplyFixed(sums, vld1q_s32(c.mantissa + i), vld1q_s32(c.left + i),
                       vld1q_s32(c.right + i));
}

// What is left of the way to bytes.
struct OutputRange {
  int16_t zero, min, max;
};

static inline OutputRange MakeOutputRange(const Requantization& r) {
  return {static_cast<int16_t>(r.zero), static_cast<int16_t>(r.min), static_cast<int16_t>(r.max)};
}

// Two vectors of requantized numbers -> eight bytes.
static inline uint8x8_t ToBytes(int32x4_t a, int32x4_t b, const OutputRange& r) {
  int16x8_t v = vqmovn_high_s32(vqmovn_s32(a), b);
  v = vqaddq_s16(v, vdupq_n_s16(r.zero));
  v = vminq_s16(vmaxq_s16(v, vdupq_n_s16(r.min)), vdupq_n_s16(r.max));
  return vmovn_u16(vreinterpretq_u16_s16(v));
}

// The first `count` of eight bytes.
static inline void StoreBytes(uint8x8_t bytes, int64_t count, uint8_t* to) {
  if (count >= 8) return vst1_u8(to, bytes);
  uint8_t all[8];
  vst1_u8(all, bytes);
  for (int64_t i = 0; i < count; ++i) to[i] = all[i];
}

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_ARM_REQUANTIZE_H_
