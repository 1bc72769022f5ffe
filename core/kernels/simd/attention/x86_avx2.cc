// The attention family with AVX2, FMA and F16C. Compiled with those flags: everything here is local
// to this file, and no header with inline functions is included, or the linker might keep a copy of
// one that only newer processors can run.
#include "core/kernels/simd/attention/attention.h"
#include "core/kernels/simd/attention/scores.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kLanes = Floats::kLanes;

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
        const float b = One(p.b + p.b_begin + k * p.b_stride + j);
        sum = __builtin_fmaf(p.a[i * p.a_stride + k], b, sum);
      }
      p.c[i * p.c_stride + j] = sum;
    }
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
    const __m256 value = Floats::LoadFirst(x + i, CountOf(i, count)).v;
    nan = _mm256_or_ps(nan, _mm256_cmp_ps(value, value, _CMP_UNORD_Q));
    max = _mm256_max_ps(max, _mm256_and_ps(value, magnitude));
  }
  const float greatest = _mm256_movemask_ps(nan) != 0 ? __builtin_nanf("") : Floats{max}.Max();
  const float inverse = 127.0f / greatest;
  if (!__builtin_isfinite(greatest) || !__builtin_isfinite(inverse)) {
    for (int64_t i = 0; i < count; ++i) y[i] = 0;
    return __builtin_isfinite(greatest) ? 0.0f : __builtin_nanf("");
  }
  for (int64_t i = 0; i < count; i += kLanes) {
    const __m256 value =
        _mm256_mul_ps(Floats::LoadFirst(x + i, CountOf(i, count)).v, _mm256_set1_ps(inverse));
    const __m256i words = _mm256_cvtps_epi32(value);
    const __m128i pairs =
        _mm_packs_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    const long long bytes = _mm_cvtsi128_si64(_mm_packs_epi16(pairs, pairs));
    __builtin_memcpy(y + i, &bytes, static_cast<size_t>(CountOf(i, count)));
  }
  return greatest / 127.0f;
}

}  // namespace

extern const AttentionKernels kAttentionAvx2;
const AttentionKernels kAttentionAvx2 = {CpuLevel::kAvx2, nullptr, MaskedExp, Columns<uint16_t>,
                                         Columns<int8_t>, SoftCap, StoreF16,  StoreS8};

}  // namespace edgetasks::kernels::simd
