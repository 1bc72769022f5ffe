// Whether floats requantize exactly, for the families that go Way::kFloats and so on. For files
// that are compiled with AVX-512 only; everything here is static, so that no other file can get
// hold of it.
#ifndef CORE_KERNELS_SIMD_X86_AVX512_FLOAT_STEPS_H_
#define CORE_KERNELS_SIMD_X86_AVX512_FLOAT_STEPS_H_

#include <immintrin.h>

#include "core/kernels/simd/x86_avx512_requantize.h"

namespace edgetasks::kernels::simd {

// Sixteen channels' sums, as they begin by floats, at which bytes step up. With N = 31 + s, byte n
// above the zero point is that of sums x from x m + remainder >= n 2^N on.
struct FloatSteps {
  uint32_t sum[16];     // the first of a step
  uint32_t excess[16];  // what that has beyond it: sum m + remainder - n 2^N, below m
  uint32_t whole[16];   // 2^N / m, and what is left of that
  uint32_t left[16];
};

// Of byte 1, or of byte 0, which negative sums with their own remainder step up to.
static inline FloatSteps StepsOf(const ChannelNumbers& n, const RequantizedChannels& c, int byte) {
  alignas(64) uint32_t mantissa[16], shift[16];
  _mm512_store_si512(mantissa, n.mantissa);
  _mm512_store_si512(shift, _mm512_maskz_sub_epi32(_mm512_test_epi32_mask(n.mantissa, n.mantissa),
                                                   _mm512_setzero_si512(), n.shift));
  FloatSteps steps;
  for (int i = 0; i < 16; ++i) {
    const int64_t m = mantissa[i] != 0 ? mantissa[i] : 1, step = int64_t{1} << (31 + shift[i]);
    const int64_t added =
        (int64_t{1} << 30) + (int64_t{1} << (30 + shift[i])) - (byte == 0 ? int64_t{1} << 31 : 0);
    // Without what sums begin with, from which they are counted: both are at least 0.
    const int64_t up = byte == 0 ? -(added / m) : (step - added + m - 1) / m;
    steps.sum[i] = static_cast<uint32_t>(up + c.zero[i]);
    steps.excess[i] = static_cast<uint32_t>(up * m + added - byte * step);
    steps.whole[i] = static_cast<uint32_t>(step / m);
    steps.left[i] = static_cast<uint32_t>(step % m);
  }
  return steps;
}

// Whether floats give n from the first sum of a step on and less before, for `count` steps from
// byte 1 up, or from byte 0 down. Only sums that floats hold count.
template <bool kFromZero>
static inline __mmask16 WrongSteps(const ChannelNumbers& n, const RequantizedChannels& channels,
                                   bool up, int32_t count) {
  const FloatNumbers numbers = LoadFloats(channels);
  const FloatSteps first = StepsOf(n, channels, up ? 1 : 0);
  const __m512i one = _mm512_set1_epi32(1), most = _mm512_set1_epi32(1 << 24);
  const __m512i whole = _mm512_loadu_si512(first.whole), left = _mm512_loadu_si512(first.left);
  __m512i sum = _mm512_loadu_si512(first.sum), excess = _mm512_loadu_si512(first.excess);
  __m512i byte = up ? one : _mm512_setzero_si512();
  __mmask16 wrong = 0;
  for (int32_t i = 0; i < count; ++i) {
    const __m512i at = RequantizeByFloats<kFromZero>(sum, numbers);
    const __m512i before = RequantizeByFloats<kFromZero>(_mm512_sub_epi32(sum, one), numbers);
    wrong |= (_mm512_cmplt_epi32_mask(at, byte) | _mm512_cmpge_epi32_mask(before, byte)) &
             _mm512_cmple_epi32_mask(_mm512_abs_epi32(sum), most);
    if (up) {
      const __mmask16 more = _mm512_cmplt_epu32_mask(excess, left);
      excess = _mm512_sub_epi32(excess, left);
      excess = _mm512_mask_add_epi32(excess, more, excess, n.mantissa);
      sum = _mm512_add_epi32(sum, whole);
      sum = _mm512_mask_add_epi32(sum, more, sum, one);
      byte = _mm512_add_epi32(byte, one);
    } else {
      excess = _mm512_add_epi32(excess, left);
      const __mmask16 more = _mm512_cmpge_epu32_mask(excess, n.mantissa);
      excess = _mm512_mask_sub_epi32(excess, more, excess, n.mantissa);
      sum = _mm512_sub_epi32(sum, whole);
      sum = _mm512_mask_sub_epi32(sum, more, sum, one);
      byte = _mm512_sub_epi32(byte, one);
    }
  }
  return wrong;
}

// Tries all steps of sixteen channels. Between them nothing happens: what is rounded is less than
// 2^8 of the m, above 2^30, that two sums are apart.
static inline bool FloatStepsAreExact(const Requantization& r, const ChannelNumbers& n) {
  const __mmask16 some = _mm512_test_epi32_mask(n.mantissa, n.mantissa);
  const __mmask16 fit = _mm512_cmpge_epi32_mask(n.mantissa, _mm512_set1_epi32(1 << 30)) &
                        _mm512_cmplt_epu32_mask(_mm512_sub_epi32(_mm512_set1_epi32(-1), n.shift),
                                                _mm512_set1_epi32(kMostFloatShift));
  if ((some & ~fit) != 0) return false;
  RequantizedChannels channels;
  SetFloatChannels(n, _mm512_setzero_si512(), &channels);
  if (r.min == r.zero) return (WrongSteps<true>(n, channels, true, r.max - r.zero) & some) == 0;
  return (WrongSteps<false>(n, channels, true, r.max - r.zero) & some) == 0 &&
         (WrongSteps<false>(n, channels, false, r.zero - r.min) & some) == 0;
}

static inline bool FloatsAreExact(const Requantization& r, int64_t channels) {
  if (r.min > r.zero || r.max < r.zero) return false;
  if (r.multiplier_step == 0) return FloatStepsAreExact(r, LoadChannels(r, 0, 16));
  for (int64_t c = 0; c < channels; c += 16) {
    if (!FloatStepsAreExact(r, LoadChannels(r, c, channels - c))) return false;
  }
  return true;
}

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_X86_AVX512_FLOAT_STEPS_H_
