// The attention family with AVX-512. Compiled with those flags: everything here is local to this
// file, and no header with inline functions is included, or the linker might keep a copy of one
// that only newer processors can run.
#include <immintrin.h>

#include "core/kernels/simd/attention/attention.h"
#include "core/kernels/simd/x86_avx512_math.h"

namespace edgetasks::kernels::simd {
namespace {

// Sixteen elements of a row of B as floats; zeros where `lanes` has none.
__m512 Load(__mmask16 lanes, const float* b) { return _mm512_maskz_loadu_ps(lanes, b); }
__m512 Load(__mmask16 lanes, const uint16_t* b) {
  return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(lanes, b));
}
__m512 Load(__mmask16 lanes, const int8_t* b) {
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(lanes, b)));
}

// The four sums of the lanes of four vectors.
__m128 SumsOf(const __m512 (&v)[4]) {
  const __m512 t0 = _mm512_add_ps(_mm512_unpacklo_ps(v[0], v[1]), _mm512_unpackhi_ps(v[0], v[1]));
  const __m512 t1 = _mm512_add_ps(_mm512_unpacklo_ps(v[2], v[3]), _mm512_unpackhi_ps(v[2], v[3]));
  const __m512 s = _mm512_add_ps(_mm512_shuffle_ps(t0, t1, _MM_SHUFFLE(1, 0, 1, 0)),
                                 _mm512_shuffle_ps(t0, t1, _MM_SHUFFLE(3, 2, 3, 2)));
  const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(s), _mm512_extractf32x8_ps(s, 1));
  return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
}

// kRows rows of A by four of B.
template <int kRows, int kColumns, typename B>
void DotTile(const DotBlock<float, B, float>& p, int64_t i, int64_t j) {
  const float* a = p.a + i * p.a_stride;
  const B* b = p.b + p.b_begin + j * p.b_stride;
  __m512 acc[kRows][4];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) acc[r][c] = _mm512_setzero_ps();
  }
  const auto add = [&](int64_t k, __mmask16 mask) __attribute__((always_inline)) {
    __m512 bv[kColumns];
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) bv[c] = Load(mask, b + c * p.b_stride + k);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const __m512 av = _mm512_maskz_loadu_ps(mask, a + r * p.a_stride + k);
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) acc[r][c] = _mm512_fmadd_ps(av, bv[c], acc[r][c]);
    }
  };
  int64_t k = 0;
  for (; k + kLanes <= p.depth; k += kLanes) add(k, 0xFFFF);
  if (k < p.depth) add(k, Mask16(p.depth - k));
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    _mm_mask_storeu_ps(p.c + (i + r) * p.c_stride + j, (1 << kColumns) - 1, SumsOf(acc[r]));
  }
}

template <int kColumns, typename B>
void DotColumns(const DotBlock<float, B, float>& p, int64_t j) {
  int64_t i = 0;
  for (; i + 4 <= p.rows; i += 4) DotTile<4, kColumns>(p, i, j);
  switch (p.rows - i) {
    case 3:
      return DotTile<3, kColumns>(p, i, j);
    case 2:
      return DotTile<2, kColumns>(p, i, j);
    case 1:
      return DotTile<1, kColumns>(p, i, j);
  }
}

template <typename B>
void Dot(const DotBlock<float, B, float>& p) {
  int64_t j = 0;
  for (; j + 4 <= p.columns; j += 4) DotColumns<4>(p, j);
  for (; j < p.columns; ++j) DotColumns<1>(p, j);
}

// kRows rows of A by up to 64 columns of B.
template <int kRows, typename B>
void ColumnsTile(const DotBlock<float, B, float>& p, int64_t i, int64_t j) {
  const float* a = p.a + i * p.a_stride;
  const B* b = p.b + p.b_begin + j;
  __mmask16 lanes[4];
  __m512 acc[kRows][4];
#pragma GCC unroll 4
  for (int c = 0; c < 4; ++c) {
    const int64_t left = p.columns - j - c * kLanes;
    lanes[c] = Mask16(left > 0 ? left : 0);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) acc[r][c] = _mm512_setzero_ps();
  }
  for (int64_t k = 0; k < p.depth; ++k, b += p.b_stride) {
    __m512 bv[4];
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) bv[c] = Load(lanes[c], b + c * kLanes);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const __m512 av = _mm512_set1_ps(a[r * p.a_stride + k]);
#pragma GCC unroll 4
      for (int c = 0; c < 4; ++c) acc[r][c] = _mm512_fmadd_ps(av, bv[c], acc[r][c]);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {
      _mm512_mask_storeu_ps(p.c + (i + r) * p.c_stride + j + c * kLanes, lanes[c], acc[r][c]);
    }
  }
}

template <typename B>
void Columns(const DotBlock<float, B, float>& p) {
  for (int64_t j = 0; j < p.columns; j += 4 * kLanes) {
    int64_t i = 0;
    for (; i + 4 <= p.rows; i += 4) ColumnsTile<4>(p, i, j);
    switch (p.rows - i) {
      case 3:
        ColumnsTile<3>(p, i, j);
        break;
      case 2:
        ColumnsTile<2>(p, i, j);
        break;
      case 1:
        ColumnsTile<1>(p, i, j);
        break;
    }
  }
}

float MaskedExp(float* x, const float* mask, int64_t count) {
  const __m512 lowest = _mm512_set1_ps(-__builtin_inff());
  __m512 max = lowest;
  __mmask16 nan = 0;
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    const __m512 value = _mm512_mask_add_ps(lowest, lanes, _mm512_maskz_loadu_ps(lanes, x + i),
                                            _mm512_maskz_loadu_ps(lanes, mask + i));
    nan |= _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
    max = _mm512_max_ps(max, value);
    _mm512_mask_storeu_ps(x + i, lanes, value);
  }
  const float greatest = nan != 0 ? __builtin_nanf("") : _mm512_reduce_max_ps(max);
  if (greatest == -__builtin_inff()) {
    for (int64_t i = 0; i < count; ++i) x[i] = 0.0f;
    return 0.0f;
  }
  const __m512 shift = _mm512_set1_ps(greatest);
  __m512 sum = _mm512_setzero_ps();
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    const __m512 value =
        _mm512_maskz_mov_ps(lanes, Exp(_mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, x + i), shift)));
    sum = _mm512_add_ps(sum, value);
    _mm512_mask_storeu_ps(x + i, lanes, value);
  }
  return _mm512_reduce_add_ps(sum);
}

// cap * tanh(y) with tanh(y) = 1 - 2 / (exp(2 y) + 1).
void SoftCap(float* x, int64_t count, float cap) {
  const __m512 factor = _mm512_set1_ps(2.0f / cap), caps = _mm512_set1_ps(cap);
  const __m512 one = _mm512_set1_ps(1.0f), two = _mm512_set1_ps(2.0f);
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    const __m512 y = _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, x + i), factor);
    // NaN, the second operand, stays; from 80 on the result is 1.
    const __m512 power = Exp(_mm512_min_ps(_mm512_set1_ps(80.0f), y));
    const __m512 tanh = _mm512_sub_ps(one, _mm512_div_ps(two, _mm512_add_ps(power, one)));
    _mm512_mask_storeu_ps(x + i, lanes, _mm512_mul_ps(caps, tanh));
  }
}

void StoreF16(const float* x, int64_t count, uint16_t* y) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    const __m256i half =
        _mm512_cvtps_ph(_mm512_maskz_loadu_ps(lanes, x + i), _MM_FROUND_TO_NEAREST_INT);
    _mm256_mask_storeu_epi16(y + i, lanes, half);
  }
}

float StoreS8(const float* x, int64_t count, int8_t* y) {
  __m512 max = _mm512_setzero_ps();
  __mmask16 nan = 0;
  for (int64_t i = 0; i < count; i += kLanes) {
    const __m512 value = _mm512_maskz_loadu_ps(Mask16(count - i), x + i);
    nan |= _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
    max = _mm512_max_ps(max, _mm512_abs_ps(value));
  }
  const float greatest = nan != 0 ? __builtin_nanf("") : _mm512_reduce_max_ps(max);
  const float inverse = 127.0f / greatest;
  if (!__builtin_isfinite(greatest) || !__builtin_isfinite(inverse)) {
    for (int64_t i = 0; i < count; ++i) y[i] = 0;
    return __builtin_isfinite(greatest) ? 0.0f : __builtin_nanf("");
  }
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    const __m512 value =
        _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, x + i), _mm512_set1_ps(inverse));
    _mm_mask_storeu_epi8(y + i, lanes, _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32(value)));
  }
  return greatest / 127.0f;
}

}  // namespace

extern const AttentionKernels kAttentionAvx512;
const AttentionKernels kAttentionAvx512 = {
    CpuLevel::kAvx512, Dot<float>,      Columns<float>, MaskedExp, Dot<uint16_t>, Dot<int8_t>,
    Columns<uint16_t>, Columns<int8_t>, SoftCap,        StoreF16,  StoreS8};

}  // namespace edgetasks::kernels::simd
