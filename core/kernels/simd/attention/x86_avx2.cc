// The attention family with AVX2, FMA and F16C. Compiled with those flags: everything here is local
// to this file, and no header with inline functions is included, or the linker might keep a copy of
// one that only newer processors can run.
#include <immintrin.h>

#include "core/kernels/simd/attention/attention.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kLanes = 8;

// Eight elements of a row of B as floats, or element i alone.
__m256 Load(const uint16_t* b) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
}
__m256 Load(const int8_t* b) {
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(b));
  return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes));
}
float One(const uint16_t* b) { return _cvtsh_ss(*b); }
float One(const int8_t* b) { return *b; }

// kRows rows of A by kVectors * 8 columns of B.
template <int kRows, int kVectors, typename B>
void ColumnsTile(const DotBlock<float, B, float>& p, int64_t i, int64_t j) {
  const float* a = p.a + i * p.a_stride;
  const B* b = p.b + p.b_begin + j;
  __m256 sums[kRows][kVectors];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[r][v] = _mm256_setzero_ps();
  }
  for (int64_t k = 0; k < p.depth; ++k, b += p.b_stride) {
    __m256 bv[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) bv[v] = Load(b + v * kLanes);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const __m256 av = _mm256_broadcast_ss(a + r * p.a_stride + k);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = _mm256_fmadd_ps(av, bv[v], sums[r][v]);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      _mm256_storeu_ps(p.c + (i + r) * p.c_stride + j + v * kLanes, sums[r][v]);
    }
  }
}

template <int kVectors, typename B>
void ColumnsStrip(const DotBlock<float, B, float>& p, int64_t j) {
  int64_t i = 0;
  for (; i + 3 <= p.rows; i += 3) ColumnsTile<3, kVectors>(p, i, j);
  for (; i < p.rows; ++i) ColumnsTile<1, kVectors>(p, i, j);
}

template <typename B>
void Columns(const DotBlock<float, B, float>& p) {
  int64_t j = 0;
  for (; j + 4 * kLanes <= p.columns; j += 4 * kLanes) ColumnsStrip<4>(p, j);
  for (; j + kLanes <= p.columns; j += kLanes) ColumnsStrip<1>(p, j);
  for (; j < p.columns; ++j) {
    for (int64_t i = 0; i < p.rows; ++i) {
      float sum = 0.0f;
      for (int64_t k = 0; k < p.depth; ++k) {
        sum += p.a[i * p.a_stride + k] * One(p.b + p.b_begin + k * p.b_stride + j);
      }
      p.c[i * p.c_stride + j] = sum;
    }
  }
}

// All bits in the first n lanes.
__m256i FirstLanes(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n < kLanes ? n : kLanes)),
                            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

// 2^n * exp(r) as in x86_avx512_math.h, for numbers <= 80; 0 where that is below 2^-126.
__m256 Exp(__m256 x) {
  const __m256 lowest = _mm256_set1_ps(-87.33655f);
  const __m256 vanishes = _mm256_cmp_ps(x, lowest, _CMP_LT_OQ);
  x = _mm256_max_ps(lowest, x);  // NaN, the second operand, stays
  const __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504f)),
                                   _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375f), x);
  r = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4f), r);
  __m256 y = _mm256_set1_ps(1.0f / 720);
  y = _mm256_fmadd_ps(y, r, _mm256_set1_ps(1.0f / 120));
  y = _mm256_fmadd_ps(y, r, _mm256_set1_ps(1.0f / 24));
  y = _mm256_fmadd_ps(y, r, _mm256_set1_ps(1.0f / 6));
  y = _mm256_fmadd_ps(y, r, _mm256_set1_ps(0.5f));
  y = _mm256_fmadd_ps(y, r, _mm256_set1_ps(1.0f));
  y = _mm256_fmadd_ps(y, r, _mm256_set1_ps(1.0f));
  const __m256i exponent =
      _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
  return _mm256_andnot_ps(vanishes, _mm256_mul_ps(y, _mm256_castsi256_ps(exponent)));
}

float Sum(__m256 v) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
float Greatest(__m256 v) {
  __m128 s = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  s = _mm_max_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)));
}

float MaskedExp(float* x, const float* mask, int64_t count) {
  const __m256 lowest = _mm256_set1_ps(-__builtin_inff());
  __m256 max = lowest, nan = _mm256_setzero_ps();
  for (int64_t i = 0; i < count; i += kLanes) {
    const __m256i lanes = FirstLanes(count - i);
    const __m256 sum =
        _mm256_add_ps(_mm256_maskload_ps(x + i, lanes), _mm256_maskload_ps(mask + i, lanes));
    nan = _mm256_or_ps(nan, _mm256_cmp_ps(sum, sum, _CMP_UNORD_Q));
    max = _mm256_max_ps(max, _mm256_blendv_ps(lowest, sum, _mm256_castsi256_ps(lanes)));
    _mm256_maskstore_ps(x + i, lanes, sum);
  }
  const float greatest = _mm256_movemask_ps(nan) != 0 ? __builtin_nanf("") : Greatest(max);
  if (greatest == -__builtin_inff()) {
    for (int64_t i = 0; i < count; ++i) x[i] = 0.0f;
    return 0.0f;
  }
  const __m256 shift = _mm256_set1_ps(greatest);
  __m256 total = _mm256_setzero_ps();
  for (int64_t i = 0; i < count; i += kLanes) {
    const __m256i lanes = FirstLanes(count - i);
    const __m256 power = Exp(_mm256_sub_ps(_mm256_maskload_ps(x + i, lanes), shift));
    total = _mm256_add_ps(total, _mm256_and_ps(power, _mm256_castsi256_ps(lanes)));
    _mm256_maskstore_ps(x + i, lanes, power);
  }
  return Sum(total);
}

// cap * tanh(y) with tanh(y) = 1 - 2 / (exp(2 y) + 1).
void SoftCap(float* x, int64_t count, float cap) {
  const __m256 factor = _mm256_set1_ps(2.0f / cap), caps = _mm256_set1_ps(cap);
  const __m256 one = _mm256_set1_ps(1.0f), two = _mm256_set1_ps(2.0f);
  for (int64_t i = 0; i < count; i += kLanes) {
    const __m256i lanes = FirstLanes(count - i);
    const __m256 y = _mm256_mul_ps(_mm256_maskload_ps(x + i, lanes), factor);
    // NaN, the second operand, stays; from 80 on the result is 1.
    const __m256 power = Exp(_mm256_min_ps(_mm256_set1_ps(80.0f), y));
    const __m256 tanh = _mm256_sub_ps(one, _mm256_div_ps(two, _mm256_add_ps(power, one)));
    _mm256_maskstore_ps(x + i, lanes, _mm256_mul_ps(caps, tanh));
  }
}

void StoreF16(const float* x, int64_t count, uint16_t* y) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(y + i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(x + i), _MM_FROUND_TO_NEAREST_INT));
  }
  for (; i < count; ++i) {
    y[i] = static_cast<uint16_t>(_cvtss_sh(x[i], _MM_FROUND_TO_NEAREST_INT));
  }
}

float StoreS8(const float* x, int64_t count, int8_t* y) {
  const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7FFFFFFF));
  __m256 max = _mm256_setzero_ps(), nan = _mm256_setzero_ps();
  for (int64_t i = 0; i < count; i += kLanes) {
    const __m256 value = _mm256_maskload_ps(x + i, FirstLanes(count - i));
    nan = _mm256_or_ps(nan, _mm256_cmp_ps(value, value, _CMP_UNORD_Q));
    max = _mm256_max_ps(max, _mm256_and_ps(value, magnitude));
  }
  const float greatest = _mm256_movemask_ps(nan) != 0 ? __builtin_nanf("") : Greatest(max);
  const float inverse = 127.0f / greatest;
  if (!__builtin_isfinite(greatest) || !__builtin_isfinite(inverse)) {
    for (int64_t i = 0; i < count; ++i) y[i] = 0;
    return __builtin_isfinite(greatest) ? 0.0f : __builtin_nanf("");
  }
  for (int64_t i = 0; i < count; i += kLanes) {
    const __m256 value =
        _mm256_mul_ps(_mm256_maskload_ps(x + i, FirstLanes(count - i)), _mm256_set1_ps(inverse));
    const __m256i words = _mm256_cvtps_epi32(value);
    const __m128i pairs =
        _mm_packs_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    const long long bytes = _mm_cvtsi128_si64(_mm_packs_epi16(pairs, pairs));
    __builtin_memcpy(y + i, &bytes, static_cast<size_t>(count - i < kLanes ? count - i : kLanes));
  }
  return greatest / 127.0f;
}

}  // namespace

extern const AttentionKernels kAttentionAvx2;
const AttentionKernels kAttentionAvx2 = {
    CpuLevel::kAvx2,   nullptr,         nullptr, MaskedExp, nullptr, nullptr,
    Columns<uint16_t>, Columns<int8_t>, SoftCap, StoreF16,  StoreS8};

}  // namespace edgetasks::kernels::simd
