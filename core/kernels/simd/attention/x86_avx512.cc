// The attention family with AVX-512. Compiled with those flags: everything here is local to this
// file, and no header with inline functions is included, or the linker might keep a copy of one
// that only newer processors can run.
#include "core/kernels/simd/attention/attention.h"
#include "core/kernels/simd/attention/scores.h"
#include "core/kernels/simd/x86_avx512_masks.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kLanes = Floats::kLanes;

// Sixteen elements of a row of B as floats; zeros where `lanes` has none.
__m512 Load(__mmask16 lanes, const float* b) { return _mm512_maskz_loadu_ps(lanes, b); }
__m512 Load(__mmask16 lanes, const uint16_t* b) {
  return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(lanes, b));
}
__m512 Load(__mmask16 lanes, const int8_t* b) {
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(lanes, b)));
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
  const float greatest = nan != 0 ? __builtin_nanf("") : Floats{max}.Max();
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
const AttentionKernels kAttentionAvx512 = {CpuLevel::kAvx512, Columns<float>,  MaskedExp,
                                           Columns<uint16_t>, Columns<int8_t>, SoftCap,
                                           StoreF16,          StoreS8};

}  // namespace edgetasks::kernels::simd
