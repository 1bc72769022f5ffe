// Requantization with AVX2, shared by the families of 8-bit networks. For files that are compiled
// with its flags only; everything here is static, so that no other file can get hold of it.
#ifndef CORE_KERNELS_SIMD_X86_AVX2_REQUANTIZE_H_
#define CORE_KERNELS_SIMD_X86_AVX2_REQUANTIZE_H_

#include <immintrin.h>

#include <cstdint>

#include "core/kernels/simd/requantization.h"

namespace edgetasks::kernels::simd {

// Eight channels' way from sums to numbers about the output's zero point: the quick way of
// x86_avx512_requantize.h, where the formula is explained.
struct RequantizedChannels {
  int32_t start[8];                          // what sums begin with
  uint32_t mantissa[8], mantissa_of_odd[8];  // those of odd channels, at the even ones
  int64_t even[4], odd[4];                   // added to products
  int32_t shift[8];
};

// Whether channel `channel` can go the quick way, with sums within `reach` of the bias.
static inline bool IsQuick(const Requantization& r, int64_t channel, int64_t reach) {
  const int32_t* multiplier = r.multipliers + 2 * channel * r.multiplier_step;
  const int64_t bias = r.bias != nullptr ? r.bias[channel] : 0;
  return (bias < 0 ? -bias : bias) + reach < int64_t{1} << 30 &&
         (multiplier[0] == 0 || (multiplier[1] <= -1 && multiplier[1] >= -30));
}

// Fills channel i of 8, of those that are quick. `start` is what its sums begin with.
static inline void SetChannel(int64_t i, const Requantization& r, int64_t channel, int64_t start,
                              RequantizedChannels* to) {
  const int32_t* multiplier = r.multipliers + 2 * channel * r.multiplier_step;
  const uint32_t twice = 2 * static_cast<uint32_t>(multiplier[0]);
  const int shift = twice == 0 ? 1 : -multiplier[1];
  const uint64_t half = (uint64_t{1} << (shift - 1)) - 1;
  const uint64_t added = (half << 32) + (uint64_t{1} << 31) - (uint64_t{twice} << 30);
  to->start[i] = static_cast<int32_t>(start + (int64_t{1} << 30));
  to->mantissa[i] = twice;
  to->shift[i] = shift;
  if (i % 2 == 0) {
    to->even[i / 2] = static_cast<int64_t>(added);
  } else {
    to->mantissa_of_odd[i - 1] = twice;
    to->odd[i / 2] = static_cast<int64_t>(added);
  }
}

static inline __m256i LoadVector(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

static inline __m256i RequantizeQuickly(__m256i sums, const RequantizedChannels& c) {
  const __m256i even =
      _mm256_add_epi64(_mm256_mul_epu32(sums, LoadVector(c.mantissa)), LoadVector(c.even));
  const __m256i odd =
      _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(sums, 32), LoadVector(c.mantissa_of_odd)),
                       LoadVector(c.odd));
  const __m256i rounded = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
  return _mm256_srav_epi32(_mm256_add_epi32(rounded, _mm256_srli_epi32(sums, 30)),
                           LoadVector(c.shift));
}

// What is left of the way to bytes. They are made as unsigned bytes, by saturation, from zero point
// and range as such; `flip` makes int8 of them again.
struct OutputRange {
  int32_t zero, min, max, flip;
};

static inline OutputRange MakeOutputRange(const Requantization& r) {
  const int32_t up = r.min < 0 ? 128 : 0;
  return {r.zero + up, r.min + up, r.max + up, up};
}

// Four vectors of requantized numbers -> 32 bytes in their order.
static inline __m256i ToBytes(__m256i a, __m256i b, __m256i c, __m256i d, const OutputRange& r) {
  const __m256i zero = _mm256_set1_epi16(static_cast<int16_t>(r.zero));
  const __m256i ab = _mm256_adds_epi16(_mm256_packs_epi32(a, b), zero);
  const __m256i cd = _mm256_adds_epi16(_mm256_packs_epi32(c, d), zero);
  const __m256i range = _mm256_min_epu8(
      _mm256_max_epu8(_mm256_packus_epi16(ab, cd), _mm256_set1_epi8(static_cast<char>(r.min))),
      _mm256_set1_epi8(static_cast<char>(r.max)));
  return _mm256_permutevar8x32_epi32(
      _mm256_xor_si256(range, _mm256_set1_epi8(static_cast<char>(r.flip))),
      _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

// The first `count` of 32 bytes.
static inline void StoreBytes(__m256i bytes, int64_t count, uint8_t* to) {
  if (count >= 32) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
    return;
  }
  alignas(32) uint8_t all[32];
  _mm256_store_si256(reinterpret_cast<__m256i*>(all), bytes);
  for (int64_t i = 0; i < count; ++i) to[i] = all[i];
}

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_X86_AVX2_REQUANTIZE_H_
