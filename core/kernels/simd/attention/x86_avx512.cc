// The attention family with AVX-512. Compiled with those flags: everything here is local to this
// file, and no header with inline functions is included, or the linker might keep a copy of one
// that only newer processors can run.
#include <immintrin.h>

#include "core/kernels/simd/attention/attention.h"
#include "core/kernels/simd/x86_avx512_math.h"

namespace edgetasks::kernels::simd {
namespace {

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
template <int kRows, int kColumns>
void DotTile(const DotBlock<float, float, float>& p, int64_t i, int64_t j) {
  const float* a = p.a + i * p.a_stride;
  const float* b = p.b + p.b_begin + j * p.b_stride;
  __m512 acc[kRows][4];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) acc[r][c] = _mm512_setzero_ps();
  }
  const auto add = [&](int64_t k, __mmask16 mask) __attribute__((always_inline)) {
    __m512 bv[kColumns];
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) bv[c] = _mm512_maskz_loadu_ps(mask, b + c * p.b_stride + k);
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

template <int kColumns>
void DotColumns(const DotBlock<float, float, float>& p, int64_t j) {
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

void Dot(const DotBlock<float, float, float>& p) {
  int64_t j = 0;
  for (; j + 4 <= p.columns; j += 4) DotColumns<4>(p, j);
  for (; j < p.columns; ++j) DotColumns<1>(p, j);
}

// kRows rows of A by up to 64 columns of B.
template <int kRows>
void ColumnsTile(const DotBlock<float, float, float>& p, int64_t i, int64_t j) {
  const float* a = p.a + i * p.a_stride;
  const float* b = p.b + p.b_begin + j;
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
    for (int c = 0; c < 4; ++c) bv[c] = _mm512_maskz_loadu_ps(lanes[c], b + c * kLanes);
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

void Columns(const DotBlock<float, float, float>& p) {
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

}  // namespace

extern const AttentionKernels kAttentionAvx512;
const AttentionKernels kAttentionAvx512 = {CpuLevel::kAvx512, Dot, Columns, MaskedExp};

}  // namespace edgetasks::kernels::simd
