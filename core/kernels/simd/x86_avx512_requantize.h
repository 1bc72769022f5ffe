// Requantization with AVX-512, shared by the families of 8-bit networks. For files that are
// compiled with its flags only; everything here is static, so that no other file can get hold of
// it.
#ifndef CORE_KERNELS_SIMD_X86_AVX512_REQUANTIZE_H_
#define CORE_KERNELS_SIMD_X86_AVX512_REQUANTIZE_H_

#include <immintrin.h>

#include <cstdint>

#include "core/kernels/simd/requantization.h"

namespace edgetasks::kernels::simd {

// The lowest n bits.
static inline __mmask64 Mask64(int64_t n) { return n >= 64 ? ~0ull : (1ull << n) - 1; }
static inline __mmask16 Mask16(int64_t n) {
  return static_cast<__mmask16>(n >= 16 ? 0xFFFFu : (1u << n) - 1);
}

// gemmlowp's SaturatingRoundingDoublingHighMul for multipliers above INT32_MIN, which rounds halves
// up: (a * b + 2^30) >> 31.
static inline __m512i DoublingHighMul(__m512i a, __m512i b) {
  const __m512i half = _mm512_set1_epi64(int64_t{1} << 30);
  const __m512i even = _mm512_srai_epi64(_mm512_add_epi64(_mm512_mul_epi32(a, b), half), 31);
  const __m512i odd = _mm512_srai_epi64(
      _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(a, 32), _mm512_srli_epi64(b, 32)), half),
      31);
  return _mm512_mask_blend_epi32(0xAAAA, even, _mm512_slli_epi64(odd, 32));
}

// gemmlowp's RoundingDivideByPOT: halves away from zero.
static inline __m512i RoundingShiftRight(__m512i x, __m512i exponent) {
  const __m512i one = _mm512_set1_epi32(1);
  const __m512i mask = _mm512_sub_epi32(_mm512_sllv_epi32(one, exponent), one);
  const __m512i remainder = _mm512_and_si512(x, mask);
  const __m512i threshold = _mm512_add_epi32(_mm512_srli_epi32(mask, 1), _mm512_srli_epi32(x, 31));
  const __mmask16 up = _mm512_cmpgt_epi32_mask(remainder, threshold);
  const __m512i shifted = _mm512_srav_epi32(x, exponent);
  return _mm512_mask_add_epi32(shifted, up, shifted, one);
}

// Sixteen channels' way from sums to numbers about the output's zero point.
//
// With m the mantissa and s = -shift >= 1, the double rounding of a sum x is
//   (floor((x m + 2^30) / 2^31) + 2^(s-1) - [x < 0]) >> s,
// the second term of which makes ties go away from zero. (It looks at x instead of the first term,
// which is 0 for x = -1 and m = 2^30; then both give 0.) Where all |x| < 2^30, sums begin 2^30
// higher, so that they are positive: an unsigned product by 2 m brings the first term to the upper
// half of 64 bits, with 2^(s-1) - 1 and what takes the 2^30 out again added there; bit 30 is
// 1 - [x < 0]. That is "quick"; other channels go the long way, with sums as they are.
struct RequantizedChannels {
  int32_t start[16];                           // what sums begin with
  uint32_t mantissa[16], mantissa_of_odd[16];  // those of odd channels, at the even ones
  int64_t even[8], odd[8];                     // added to products
  int32_t shift[16];                           // s, or the shift itself where not quick
};

static constexpr int64_t kQuickSums = int64_t{1} << 30;

// Fills channel i of 16. `start` is what the sum begins with (it counts modulo 2^32), `reach` a
// bound of |sum - start|.
static inline void SetChannel(int i, const Requantization& r, int64_t channel, int64_t start,
                              bool quick, RequantizedChannels* to) {
  const int32_t* multiplier = r.multipliers + 2 * channel * r.multiplier_step;
  const uint32_t mantissa = static_cast<uint32_t>(multiplier[0]);
  if (!quick) {
    to->start[i] = static_cast<int32_t>(static_cast<uint64_t>(start));
    to->mantissa[i] = mantissa;
    to->shift[i] = multiplier[1];
    return;
  }
  const int shift = mantissa == 0 ? 1 : -multiplier[1];
  const uint64_t half = (uint64_t{1} << (shift - 1)) - 1;
  const uint64_t added = (half << 32) + (uint64_t{1} << 31) - (uint64_t{2} * mantissa << 30);
  to->start[i] = static_cast<int32_t>(start + kQuickSums);
  to->mantissa[i] = 2 * mantissa;
  if (i % 2 == 0) {
    to->even[i / 2] = static_cast<int64_t>(added);
  } else {
    to->mantissa_of_odd[i - 1] = 2 * mantissa;
    to->odd[i / 2] = static_cast<int64_t>(added);
  }
  to->shift[i] = shift;
}

// Whether channel `channel` can go the quick way with sums within `reach` of `start`.
static inline bool IsQuick(const Requantization& r, int64_t channel, int64_t start, int64_t reach) {
  const int32_t* multiplier = r.multipliers + 2 * channel * r.multiplier_step;
  const int64_t highest = (start < 0 ? -start : start) + reach;
  return highest < kQuickSums &&
         (multiplier[0] == 0 || (multiplier[1] <= -1 && multiplier[1] >= -30));
}

static inline __m512i RequantizeQuickly(__m512i sums, const RequantizedChannels& c) {
  const __m512i even = _mm512_add_epi64(_mm512_mul_epu32(sums, _mm512_loadu_si512(c.mantissa)),
                                        _mm512_loadu_si512(c.even));
  const __m512i odd = _mm512_add_epi64(
      _mm512_mul_epu32(_mm512_shuffle_epi32(sums, static_cast<_MM_PERM_ENUM>(0xF5)),
                       _mm512_loadu_si512(c.mantissa_of_odd)),
      _mm512_loadu_si512(c.odd));
  const __m512i rounded =
      _mm512_mask_shuffle_epi32(odd, 0x5555, even, static_cast<_MM_PERM_ENUM>(0xF5));
  return _mm512_srav_epi32(_mm512_add_epi32(rounded, _mm512_srli_epi32(sums, 30)),
                           _mm512_loadu_si512(c.shift));
}

static inline __m512i RequantizeAnyhow(__m512i sums, const RequantizedChannels& c) {
  const __m512i nothing = _mm512_setzero_si512();
  const __m512i shift = _mm512_loadu_si512(c.shift);
  const __m512i left = _mm512_max_epi32(shift, nothing);
  const __m512i right = _mm512_max_epi32(_mm512_sub_epi32(nothing, shift), nothing);
  return RoundingShiftRight(
      DoublingHighMul(_mm512_sllv_epi32(sums, left), _mm512_loadu_si512(c.mantissa)), right);
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

// Four vectors of requantized sums -> bytes. Each 128 bits: four of a, four of b, of c, of d.
static inline __m512i ToBytes(__m512i a, __m512i b, __m512i c, __m512i d, const OutputRange& r) {
  const __m512i zero = _mm512_set1_epi16(static_cast<int16_t>(r.zero));
  const __m512i ab = _mm512_adds_epi16(_mm512_packs_epi32(a, b), zero);
  const __m512i cd = _mm512_adds_epi16(_mm512_packs_epi32(c, d), zero);
  const __m512i bytes = _mm512_packus_epi16(ab, cd);
  return _mm512_xor_si512(
      _mm512_min_epu8(_mm512_max_epu8(bytes, _mm512_set1_epi8(static_cast<char>(r.min))),
                      _mm512_set1_epi8(static_cast<char>(r.max))),
      _mm512_set1_epi8(static_cast<char>(r.flip)));
}

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_X86_AVX512_REQUANTIZE_H_
