// Requantization with AVX-512, shared by the families of 8-bit networks. For files that are
// compiled with its flags only; everything here is static, so that no other file can get hold of
// it.
#ifndef CORE_KERNELS_SIMD_X86_AVX512_REQUANTIZE_H_
#define CORE_KERNELS_SIMD_X86_AVX512_REQUANTIZE_H_

#include <immintrin.h>

#include <cstdint>

#include "core/kernels/simd/requantization.h"
#include "core/kernels/simd/x86_avx512_masks.h"
#include "core/kernels/simd/x86_prefetch.h"

namespace edgetasks::kernels::simd {

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
// 1 - [x < 0]. Where results below the zero point are clamped to it anyway, as with a RELU, ties of
// negative numbers do not matter, and 2^(s-1) is added once for all. Other channels go the long
// way, with sums as they are.
//
// Floats may do with fewer instructions: the double rounding is floor((x m + c) / 2^(31+s)) with
// c = 2^30 + 2^(30+s), less 2^31 where x < 0, since one floor after another is one of both. Sums
// begin c / m higher, rounded; of c, less than m remains. The upper 24 bits of m make one product,
// and the lower 7 and that remainder a small number that is added to it, together rounded down. The
// small number is rounded as well: rarely, that is one too many, so that multipliers are tried at
// each step from a byte to the next (x86_avx512_float_steps.h).
//
// Of the ways by floats, the second is for ranges that begin at the zero point, and the third for
// those of all bytes, to which saturation clamps.
enum class Way : int32_t {
  kLong,
  kQuick,
  kQuickFromZero,
  kFloats,
  kFloatsFromZero,
  kFloatsOfAllBytes
};

constexpr bool IsByFloats(Way way) { return way >= Way::kFloats; }

struct RequantizedChannels {
  int32_t start[16];                           // what sums begin with
  uint32_t mantissa[16], mantissa_of_odd[16];  // those of odd channels, at the even ones
  int64_t even[8], odd[8];                     // added to products
  int32_t shift[16];                           // s, or the shift itself on the long way
  // By floats: m = upper + lower, and what remains of c, all by 2^(31+s).
  float upper[16], lower[16], remainder[16];
  // The first sum that is not negative, and what remains of c below it.
  int32_t zero[16];
  float remainder_below[16];
};

// What a Requantization says about sixteen channels.
struct ChannelNumbers {
  __m512i bias, mantissa, shift;
};

// Of channels [first, first + count); zeros behind them.
static inline ChannelNumbers LoadChannels(const Requantization& r, int64_t first, int64_t count) {
  ChannelNumbers n;
  count = count < 0 ? 0 : count > 16 ? 16 : count;
  n.bias = r.bias != nullptr ? _mm512_maskz_loadu_epi32(Mask16(count), r.bias + first)
                             : _mm512_setzero_si512();
  if (r.multiplier_step == 0) {
    n.mantissa = _mm512_set1_epi32(r.multipliers[0]);
    n.shift = _mm512_set1_epi32(r.multipliers[1]);
    return n;
  }
  const int32_t* pairs = r.multipliers + 2 * first;
  const __m512i low = _mm512_maskz_loadu_epi32(Mask16(2 * count), pairs);
  const __m512i high =
      count > 8 ? _mm512_maskz_loadu_epi32(Mask16(2 * count - 16), pairs + 16) : low;
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  n.mantissa = _mm512_permutex2var_epi32(low, even, high);
  n.shift = _mm512_permutex2var_epi32(low, _mm512_or_si512(even, _mm512_set1_epi32(1)), high);
  if (count <= 8) {
    n.mantissa = _mm512_maskz_mov_epi32(Mask16(count), n.mantissa);
    n.shift = _mm512_maskz_mov_epi32(Mask16(count), n.shift);
  }
  return n;
}

// Asks for what LoadChannels reads of so many channels.
static inline void PrefetchChannels(const Requantization& r, int64_t channels) {
  for (int64_t c = 0; c < channels; c += 16) {
    if (r.bias != nullptr) Prefetch(r.bias + c);
    if (r.multiplier_step == 0) continue;
    Prefetch(r.multipliers + 2 * c);
    Prefetch(r.multipliers + 2 * c + 16);
  }
}

// Whether all can go a quick way, where sums stay within `reach` of the bias.
static inline bool AreQuick(const ChannelNumbers& n, int64_t reach) {
  const int64_t most = (int64_t{1} << 30) - reach;  // of |bias|
  if (most <= 0) return false;
  const __m512i limit = _mm512_set1_epi32(static_cast<int32_t>(most));
  const __mmask16 small = _mm512_cmplt_epu32_mask(_mm512_abs_epi32(n.bias), limit);
  // -1 to -30, or no multiplier at all.
  const __mmask16 shifts = _mm512_cmplt_epu32_mask(_mm512_sub_epi32(_mm512_set1_epi32(-1), n.shift),
                                                   _mm512_set1_epi32(30));
  const __mmask16 nothing = _mm512_testn_epi32_mask(n.mantissa, n.mantissa);
  return static_cast<__mmask16>(small & (shifts | nothing)) == 0xFFFF;
}

// Shifts of -1 to -kMostFloatShift; channels with the larger of them are all but dead.
constexpr int32_t kMostFloatShift = 22;

// Whether floats hold the sums, where these stay within `reach` of the bias. Below 2^24 they do;
// above, only the last byte is left to come where shifts are ordinary.
static inline bool FloatsHoldSums(const ChannelNumbers& n, int64_t reach) {
  constexpr int32_t kOrdinaryShift = 14;
  const __mmask16 dead = _mm512_cmplt_epi32_mask(n.shift, _mm512_set1_epi32(-kOrdinaryShift)) &
                         _mm512_test_epi32_mask(n.mantissa, n.mantissa);
  // Sums begin up to 2^22 + 1 higher.
  const int64_t most = (int64_t{1} << 24) - (int64_t{1} << 22) - 1 - reach;  // of |bias|
  if (dead == 0 || most < 0) return dead == 0;
  const __m512i limit = _mm512_set1_epi32(static_cast<int32_t>(most));
  return (_mm512_cmpgt_epu32_mask(_mm512_abs_epi32(n.bias), limit) & dead) == 0;
}

// The quickest way for sixteen channels' sums of so many products. Among ways to the same bytes the
// lesser does for more channels.
static inline Way WayOf(const Requantization& r, const ChannelNumbers& n, int64_t products,
                        int32_t weight_zero) {
  // Four terms of at most 255 * 128 for each product.
  if (!AreQuick(n, products * 4 * 255 * 128)) return Way::kLong;
  const int64_t most = products * 255 * (128 + (weight_zero < 0 ? -weight_zero : weight_zero));
  if (r.floats_are_exact && FloatsHoldSums(n, most)) {
    return r.min != r.zero         ? Way::kFloats
           : r.max - r.zero == 255 ? Way::kFloatsOfAllBytes
                                   : Way::kFloatsFromZero;
  }
  return r.min >= r.zero ? Way::kQuickFromZero : Way::kQuick;
}

static inline Way Lesser(Way a, Way b) { return a < b ? a : b; }

// 2^e for exponents of ordinary floats.
static inline __m512 PowerOfTwo(__m512i e) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(e, _mm512_set1_epi32(127)), 23));
}

static inline void SetFloatChannels(const ChannelNumbers& n, __m512i start,
                                    RequantizedChannels* to) {
  const __mmask16 some = _mm512_test_epi32_mask(n.mantissa, n.mantissa);
  const __m512i shift = _mm512_sub_epi32(_mm512_setzero_si512(), n.shift);
  const __m512 added = _mm512_add_ps(PowerOfTwo(_mm512_add_epi32(shift, _mm512_set1_epi32(30))),
                                     _mm512_set1_ps(1 << 30));
  const __m512i higher =
      _mm512_maskz_cvtps_epi32(some, _mm512_div_ps(added, _mm512_cvtepi32_ps(n.mantissa)));
  // The difference of two large numbers, but small itself: modulo 2^32.
  const __m512i half = _mm512_set1_epi32(1 << 30);
  const __m512i remainder = _mm512_sub_epi32(_mm512_add_epi32(half, _mm512_sllv_epi32(half, shift)),
                                             _mm512_mullo_epi32(higher, n.mantissa));
  const __m512 unit = PowerOfTwo(_mm512_sub_epi32(n.shift, _mm512_set1_epi32(31)));
  const auto scaled = [&](__m512i x) __attribute__((always_inline)) {
    return _mm512_maskz_mul_ps(some, _mm512_cvtepi32_ps(x), unit);
  };
  const __m512i low = _mm512_set1_epi32(127);
  _mm512_storeu_si512(to->start, _mm512_add_epi32(start, higher));
  _mm512_storeu_ps(to->upper, scaled(_mm512_andnot_si512(low, n.mantissa)));
  _mm512_storeu_ps(to->lower, scaled(_mm512_and_si512(low, n.mantissa)));
  _mm512_storeu_ps(to->remainder, scaled(remainder));
  _mm512_storeu_si512(to->zero, higher);
  const __m512 below = _mm512_sub_ps(_mm512_cvtepi32_ps(remainder), _mm512_set1_ps(0x1p31f));
  _mm512_storeu_ps(to->remainder_below, _mm512_maskz_mul_ps(some, below, unit));
}

// `start`: what the sums begin with, without what makes them positive.
static inline void SetChannels(const ChannelNumbers& n, __m512i start, Way way,
                               RequantizedChannels* to) {
  if (way == Way::kLong) {
    _mm512_storeu_si512(to->start, start);
    _mm512_storeu_si512(to->mantissa, n.mantissa);
    _mm512_storeu_si512(to->shift, n.shift);
    return;
  }
  if (IsByFloats(way)) return SetFloatChannels(n, start, to);
  const __m512i one = _mm512_set1_epi32(1);
  const __mmask16 nothing = _mm512_testn_epi32_mask(n.mantissa, n.mantissa);
  const __m512i shift =
      _mm512_mask_mov_epi32(_mm512_sub_epi32(_mm512_setzero_si512(), n.shift), nothing, one);
  const __m512i half = _mm512_sub_epi32(_mm512_sllv_epi32(one, _mm512_sub_epi32(shift, one)),
                                        _mm512_set1_epi32(way == Way::kQuick ? 1 : 0));
  const __m512i low = _mm512_set1_epi64(0xFFFFFFFF), round = _mm512_set1_epi64(int64_t{1} << 31);
  const __m512i even = _mm512_and_si512(n.mantissa, low), odd = _mm512_srli_epi64(n.mantissa, 32);
  const auto added = [&](__m512i upper, __m512i mantissa) __attribute__((always_inline)) {
    return _mm512_sub_epi64(_mm512_add_epi64(upper, round), _mm512_slli_epi64(mantissa, 31));
  };
  _mm512_storeu_si512(to->start, _mm512_add_epi32(start, _mm512_set1_epi32(1 << 30)));
  _mm512_storeu_si512(to->mantissa, _mm512_slli_epi32(n.mantissa, 1));
  _mm512_storeu_si512(to->mantissa_of_odd, _mm512_slli_epi64(odd, 1));
  _mm512_storeu_si512(to->even, added(_mm512_slli_epi64(half, 32), even));
  _mm512_storeu_si512(to->odd, added(_mm512_andnot_si512(low, half), odd));
  _mm512_storeu_si512(to->shift, shift);
}

static inline __m512i RequantizeLong(__m512i sums, const RequantizedChannels& c) {
  const __m512i nothing = _mm512_setzero_si512();
  const __m512i shift = _mm512_loadu_si512(c.shift);
  const __m512i left = _mm512_max_epi32(shift, nothing);
  const __m512i right = _mm512_max_epi32(_mm512_sub_epi32(nothing, shift), nothing);
  return RoundingShiftRight(
      DoublingHighMul(_mm512_sllv_epi32(sums, left), _mm512_loadu_si512(c.mantissa)), right);
}

struct FloatNumbers {
  __m512 upper, lower, remainder, remainder_below;
  __m512i zero;
};

static inline FloatNumbers LoadFloats(const RequantizedChannels& c) {
  return {_mm512_loadu_ps(c.upper), _mm512_loadu_ps(c.lower), _mm512_loadu_ps(c.remainder),
          _mm512_loadu_ps(c.remainder_below), _mm512_loadu_si512(c.zero)};
}

// kFromZero: results below 0 may be any below 1.
template <bool kFromZero>
static inline __m512i RequantizeByFloats(__m512i sums, const FloatNumbers& n) {
  constexpr int kDown = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC;
  const __m512 x = _mm512_cvtepi32_ps(sums);
  __m512 remainder = n.remainder;
  if (!kFromZero) {
    const __mmask16 below = _mm512_cmplt_epi32_mask(sums, n.zero);
    remainder = _mm512_mask_mov_ps(remainder, below, n.remainder_below);
  }
  const __m512 small = _mm512_fmadd_ps(x, n.lower, remainder);
  return _mm512_cvt_roundps_epi32(_mm512_fmadd_round_ps(x, n.upper, small, kDown), kDown);
}

template <Way kWay>
static inline __m512i Requantize(__m512i sums, const RequantizedChannels& c) {
  if (kWay == Way::kLong) return RequantizeLong(sums, c);
  if (IsByFloats(kWay)) return RequantizeByFloats<kWay != Way::kFloats>(sums, LoadFloats(c));
  const __m512i even = _mm512_add_epi64(_mm512_mul_epu32(sums, _mm512_loadu_si512(c.mantissa)),
                                        _mm512_loadu_si512(c.even));
  const __m512i odd = _mm512_add_epi64(
      _mm512_mul_epu32(_mm512_shuffle_epi32(sums, static_cast<_MM_PERM_ENUM>(0xF5)),
                       _mm512_loadu_si512(c.mantissa_of_odd)),
      _mm512_loadu_si512(c.odd));
  const __m512i rounded =
      _mm512_mask_shuffle_epi32(odd, 0x5555, even, static_cast<_MM_PERM_ENUM>(0xF5));
  const __m512i up =
      kWay == Way::kQuick ? _mm512_add_epi32(rounded, _mm512_srli_epi32(sums, 30)) : rounded;
  return _mm512_srav_epi32(up, _mm512_loadu_si512(c.shift));
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

// The same, in registers: stores of bytes could change what is read through references.
struct OutputBytes {
  explicit OutputBytes(const OutputRange& r)
      : zero(_mm512_set1_epi16(static_cast<int16_t>(r.zero))),
        zero_byte(_mm512_set1_epi8(static_cast<char>(r.zero))),
        min(_mm512_set1_epi8(static_cast<char>(r.min))),
        max(_mm512_set1_epi8(static_cast<char>(r.max))),
        flip(_mm512_set1_epi8(static_cast<char>(r.flip))) {}
  __m512i zero, zero_byte, min, max, flip;
};

// Four vectors of requantized sums -> bytes. Each 128 bits: four of a, four of b, of c, of d.
template <Way kWay>
static inline __m512i ToBytes(__m512i a, __m512i b, __m512i c, __m512i d, const OutputBytes& to) {
  __m512i ab = _mm512_packs_epi32(a, b), cd = _mm512_packs_epi32(c, d);
  if (IsByFloats(kWay) && kWay != Way::kFloats) {
    __m512i bytes = _mm512_packus_epi16(ab, cd);
    if (kWay == Way::kFloatsOfAllBytes) return _mm512_xor_si512(bytes, to.flip);
    bytes = _mm512_adds_epu8(bytes, to.zero_byte);
    return _mm512_xor_si512(_mm512_min_epu8(bytes, to.max), to.flip);
  }
  ab = _mm512_adds_epi16(ab, to.zero), cd = _mm512_adds_epi16(cd, to.zero);
  const __m512i bytes = _mm512_max_epu8(_mm512_packus_epi16(ab, cd), to.min);
  return _mm512_xor_si512(_mm512_min_epu8(bytes, to.max), to.flip);
}

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_X86_AVX512_REQUANTIZE_H_
