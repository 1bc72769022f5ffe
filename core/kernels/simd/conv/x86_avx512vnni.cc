// The conv family with AVX-512 VNNI. Compiled with those flags: everything here is local to this
// file, and no header with inline functions is included, or the linker might keep a copy of one
// that only newer processors can run.
#include <immintrin.h>

#include "core/kernels/simd/conv/conv.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kBytes = 64;

__mmask64 Mask64(int64_t n) { return n >= 64 ? ~0ull : (1ull << n) - 1; }
__mmask16 Mask16(int64_t n) { return static_cast<__mmask16>(n >= 16 ? 0xFFFFu : (1u << n) - 1); }

// gemmlowp's SaturatingRoundingDoublingHighMul for multipliers above INT32_MIN, which rounds halves
// up: (a * b + 2^30) >> 31.
__m512i DoublingHighMul(__m512i a, __m512i b) {
  const __m512i half = _mm512_set1_epi64(int64_t{1} << 30);
  const __m512i even = _mm512_srai_epi64(_mm512_add_epi64(_mm512_mul_epi32(a, b), half), 31);
  const __m512i odd = _mm512_srai_epi64(
      _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(a, 32), _mm512_srli_epi64(b, 32)), half),
      31);
  return _mm512_mask_blend_epi32(0xAAAA, even, _mm512_slli_epi64(odd, 32));
}

// gemmlowp's RoundingDivideByPOT: halves away from zero.
__m512i RoundingShiftRight(__m512i x, __m512i exponent) {
  const __m512i one = _mm512_set1_epi32(1);
  const __m512i mask = _mm512_sub_epi32(_mm512_sllv_epi32(one, exponent), one);
  const __m512i remainder = _mm512_and_si512(x, mask);
  const __m512i threshold = _mm512_add_epi32(_mm512_srli_epi32(mask, 1), _mm512_srli_epi32(x, 31));
  const __mmask16 up = _mm512_cmpgt_epi32_mask(remainder, threshold);
  const __m512i shifted = _mm512_srav_epi32(x, exponent);
  return _mm512_mask_add_epi32(shifted, up, shifted, one);
}

// The multipliers of sixteen columns from `column` on, mantissas and shifts apart.
struct Multipliers {
  __m512i mantissa, left, right;
};

Multipliers LoadMultipliers(const Requantization& r, int64_t column, int64_t columns) {
  const __m512i nothing = _mm512_setzero_si512();
  Multipliers m;
  __m512i shift;
  if (r.multiplier_step == 0) {
    m.mantissa = _mm512_set1_epi32(r.multipliers[0]);
    shift = _mm512_set1_epi32(r.multipliers[1]);
  } else {
    const int32_t* pairs = r.multipliers + 2 * column;
    const int64_t left = columns - column;
    const __m512i low = _mm512_maskz_loadu_epi32(Mask16(2 * left), pairs);
    const __m512i high =
        _mm512_maskz_loadu_epi32(Mask16(left > 8 ? 2 * left - 16 : 0), pairs + kLanes);
    const __m512i even =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i odd =
        _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    m.mantissa = _mm512_permutex2var_epi32(low, even, high);
    shift = _mm512_permutex2var_epi32(low, odd, high);
  }
  m.left = _mm512_max_epi32(shift, nothing);
  m.right = _mm512_max_epi32(_mm512_sub_epi32(nothing, shift), nothing);
  return m;
}

void Requantize(const Requantization& r, int64_t rows, int64_t columns, const int32_t* sums,
                int64_t sums_stride, uint8_t* q, int64_t q_stride) {
  const __m512i zero = _mm512_set1_epi32(r.zero);
  // Clamped before the zero point is added, so that the sum cannot overflow.
  const __m512i min = _mm512_set1_epi32(r.min - r.zero), max = _mm512_set1_epi32(r.max - r.zero);
  for (int64_t j = 0; j < columns; j += kLanes) {
    const __mmask16 lanes = Mask16(columns - j);
    const Multipliers m = LoadMultipliers(r, j, columns);
    const __m512i bias =
        r.bias != nullptr ? _mm512_maskz_loadu_epi32(lanes, r.bias + j) : _mm512_setzero_si512();
    for (int64_t i = 0; i < rows; ++i) {
      __m512i x =
          _mm512_add_epi32(_mm512_maskz_loadu_epi32(lanes, sums + i * sums_stride + j), bias);
      if (r.row_offsets != nullptr) x = _mm512_add_epi32(x, _mm512_set1_epi32(r.row_offsets[i]));
      x = DoublingHighMul(_mm512_sllv_epi32(x, m.left), m.mantissa);
      x = RoundingShiftRight(x, m.right);
      x = _mm512_add_epi32(_mm512_min_epi32(_mm512_max_epi32(x, min), max), zero);
      _mm_mask_storeu_epi8(q + i * q_stride + j, lanes, _mm512_cvtepi32_epi8(x));
    }
  }
}

// Four taps of 64 channels -> for m in 0..3 a vector whose lanes of 128 bits hold channels
// 16 * lane + 4 * m and the three after it, four taps each.
void Interleave(const __m512i (&taps)[4], __m512i (&mixed)[4]) {
  const __m512i ab_low = _mm512_unpacklo_epi8(taps[0], taps[1]);
  const __m512i ab_high = _mm512_unpackhi_epi8(taps[0], taps[1]);
  const __m512i cd_low = _mm512_unpacklo_epi8(taps[2], taps[3]);
  const __m512i cd_high = _mm512_unpackhi_epi8(taps[2], taps[3]);
  mixed[0] = _mm512_unpacklo_epi16(ab_low, cd_low);
  mixed[1] = _mm512_unpackhi_epi16(ab_low, cd_low);
  mixed[2] = _mm512_unpacklo_epi16(ab_high, cd_high);
  mixed[3] = _mm512_unpackhi_epi16(ab_high, cd_high);
}

// The sums of `mixed` vectors in the order of their channels.
void StoreInOrder(const __m512i (&mixed)[4], int32_t* sums) {
  const __m512i t0 = _mm512_shuffle_i32x4(mixed[0], mixed[1], 0x44);  // lanes 0, 1 of both
  const __m512i t1 = _mm512_shuffle_i32x4(mixed[0], mixed[1], 0xEE);  // lanes 2, 3
  const __m512i t2 = _mm512_shuffle_i32x4(mixed[2], mixed[3], 0x44);
  const __m512i t3 = _mm512_shuffle_i32x4(mixed[2], mixed[3], 0xEE);
  _mm512_storeu_si512(sums, _mm512_shuffle_i32x4(t0, t2, 0x88));
  _mm512_storeu_si512(sums + kLanes, _mm512_shuffle_i32x4(t0, t2, 0xDD));
  _mm512_storeu_si512(sums + 2 * kLanes, _mm512_shuffle_i32x4(t1, t3, 0x88));
  _mm512_storeu_si512(sums + 3 * kLanes, _mm512_shuffle_i32x4(t1, t3, 0xDD));
}

int64_t BlockBytes(int64_t taps) {
  const int64_t padded = (taps + kTapUnit - 1) / kTapUnit * kTapUnit;
  return (padded + static_cast<int64_t>(sizeof(int32_t))) * kDepthwiseChannels;
}

// For each 64 channels: groups of four interleaved vectors; then four vectors of sums, in the same
// order as these.
void PackDepthwise(const uint8_t* weights, int64_t taps, int64_t channels, int32_t offset,
                   uint8_t* packed) {
  const __m512i minus = _mm512_set1_epi8(static_cast<char>(offset));
  for (int64_t c = 0; c < channels; c += kDepthwiseChannels, packed += BlockBytes(taps)) {
    const __mmask64 mask = Mask64(channels - c);
    uint8_t* to = packed;
    __m512i sums[4];
    for (__m512i& sum : sums) sum = _mm512_setzero_si512();
    for (int64_t t = 0; t < taps; t += kTapUnit) {
      __m512i rows[4], mixed[4];
      for (int i = 0; i < 4; ++i) {
        rows[i] = _mm512_setzero_si512();
        if (t + i >= taps) continue;
        const __m512i row = _mm512_maskz_loadu_epi8(mask, weights + (t + i) * channels + c);
        rows[i] = _mm512_maskz_sub_epi8(mask, row, minus);
      }
      Interleave(rows, mixed);
      for (int m = 0; m < 4; ++m, to += kBytes) {
        sums[m] = _mm512_dpbusd_epi32(sums[m], _mm512_set1_epi8(1), mixed[m]);
        _mm512_storeu_si512(to, mixed[m]);
      }
    }
    for (int m = 0; m < 4; ++m) _mm512_storeu_si512(to + m * kBytes, sums[m]);
  }
}

// Taps [tap, tap + 4) of 64 channels from c on, interleaved. Behind the last tap the first of the
// group again, which meets the zeros of the filter.
void LoadTaps(const DepthwisePixel& p, int64_t tap, int64_t c, __mmask64 mask, __m512i flips,
              __m512i (&mixed)[4]) {
  __m512i rows[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const uint8_t* pixels = p.tap_pixels[tap + i < p.taps ? tap + i : tap] + c;
    rows[i] = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, pixels), flips);
  }
  Interleave(rows, mixed);
}

// With z the zeros: sum (x - zx)(w - zw) = sum x w - zx sum w - zw sum x + taps zx zw.
void Depthwise(const DepthwisePixel& p, const uint8_t* packed, int64_t begin, int64_t end,
               int32_t* sums) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(p.flip));
  const __m512i minus_input = _mm512_set1_epi32(-p.input_zero);
  const __m512i minus_weight = _mm512_set1_epi32(-p.weight_zero);
  const __m512i both = _mm512_set1_epi32(
      static_cast<int>(p.taps * p.input_zero * p.weight_zero));  // |.| <= 2^16 taps
  packed += begin / kDepthwiseChannels * BlockBytes(p.taps);
  for (int64_t c = begin; c < end; c += kDepthwiseChannels, sums += kDepthwiseChannels) {
    const __mmask64 mask = Mask64(p.channels - c);
    const uint8_t* weights = packed;
    packed += BlockBytes(p.taps);
    const uint8_t* weight_sums = packed - 4 * kBytes;
    __m512i acc[4], pixel_sums[4];
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) {
      const __m512i weight_sum = _mm512_loadu_si512(weight_sums + m * kBytes);
      acc[m] = _mm512_add_epi32(both, _mm512_mullo_epi32(minus_input, weight_sum));
      pixel_sums[m] = _mm512_setzero_si512();
    }
    for (int64_t t = 0; t < p.taps; t += kTapUnit) {
      __m512i mixed[4];
      LoadTaps(p, t, c, mask, flips, mixed);
      // Ones for the taps that are there, in the lowest bytes.
      const int64_t there = p.taps - t < kTapUnit ? p.taps - t : kTapUnit;
      const __m512i ones = _mm512_set1_epi32(0x01010101 >> (8 * (kTapUnit - there)));
#pragma GCC unroll 4
      for (int m = 0; m < 4; ++m, weights += kBytes) {
        acc[m] = _mm512_dpbusd_epi32(acc[m], mixed[m], _mm512_loadu_si512(weights));
        pixel_sums[m] = _mm512_dpbusd_epi32(pixel_sums[m], mixed[m], ones);
      }
    }
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) {
      acc[m] = _mm512_add_epi32(acc[m], _mm512_mullo_epi32(minus_weight, pixel_sums[m]));
    }
    StoreInOrder(acc, sums);
  }
}

void Sum(const SumOfBytes& s, const uint8_t* a, const uint8_t* b, int64_t count, uint8_t* q) {
  const auto load = [&](const uint8_t* from, int32_t zero, __mmask16 lanes) {
    const __m128i bytes = _mm_maskz_loadu_epi8(lanes, from);
    const __m512i wide = s.is_signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes);
    return _mm512_slli_epi32(_mm512_sub_epi32(wide, _mm512_set1_epi32(zero)), 20);
  };
  const auto multiply = [](__m512i x, const int32_t(&m)[2]) {
    return RoundingShiftRight(DoublingHighMul(x, _mm512_set1_epi32(m[0])),
                              _mm512_set1_epi32(-m[1]));
  };
  const __m512i zero = _mm512_set1_epi32(s.output_zero);
  const __m512i min = _mm512_set1_epi32(s.min - s.output_zero);
  const __m512i max = _mm512_set1_epi32(s.max - s.output_zero);
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    const __m512i x = multiply(load(a + i, s.a_zero, lanes), s.a_multiplier);
    const __m512i y = multiply(load(b + i, s.b_zero, lanes), s.b_multiplier);
    const __m512i sum = s.subtract ? _mm512_sub_epi32(x, y) : _mm512_add_epi32(x, y);
    const __m512i scaled = multiply(sum, s.output_multiplier);
    const __m512i result =
        _mm512_add_epi32(_mm512_min_epi32(_mm512_max_epi32(scaled, min), max), zero);
    _mm_mask_storeu_epi8(q + i, lanes, _mm512_cvtepi32_epi8(result));
  }
}

int32_t Flip(const uint8_t* from, int64_t count, uint8_t flip, uint8_t* to) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip));
  __m512i sums = _mm512_setzero_si512();
  for (int64_t k = 0; k < count; k += kBytes) {
    const __mmask64 mask = Mask64(count - k);
    const __m512i bytes = _mm512_maskz_mov_epi8(
        mask, _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, from + k), flips));
    sums = _mm512_dpbusd_epi32(sums, bytes, _mm512_set1_epi8(1));
    _mm512_mask_storeu_epi8(to + k, mask, bytes);
  }
  return _mm512_reduce_add_epi32(sums);
}

}  // namespace

extern const ConvKernels kConvAvx512Vnni;
const ConvKernels kConvAvx512Vnni = {
    CpuLevel::kAvx512Vnni, Requantize, PackDepthwise, Depthwise, Sum, Flip};

}  // namespace edgetasks::kernels::simd
