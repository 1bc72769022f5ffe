// The dot family's products of floats with AVX-512; those of integers are AVX2's. Compiled with
// AVX-512's flags: everything here is local to this file.
#include "core/kernels/simd/dot/dot.h"
#include "core/kernels/simd/floats.h"
#include "core/kernels/simd/x86_avx512_masks.h"

namespace edgetasks::kernels::simd {

extern const DotKernels kDotScalar;
extern const DotKernels kDotAvx2;

namespace {

constexpr int64_t kLanes = Floats::kLanes;

// The first n of sixteen elements from i on, as floats; behind them finite numbers. For s4, i is
// even.
struct LoadF32 {
  static __m512 First(const float* b, int64_t i, int64_t n) {
    return _mm512_maskz_loadu_ps(Mask16(n), b + i);
  }
};
struct LoadF16 {
  static __m512 First(const uint16_t* b, int64_t i, int64_t n) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(Mask16(n), b + i));
  }
};
struct LoadBf16 {
  static __m512 First(const uint16_t* b, int64_t i, int64_t n) {
    const __m512i bits = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(Mask16(n), b + i));
    return _mm512_castsi512_ps(_mm512_slli_epi32(bits, 16));
  }
};
struct LoadS8 {
  static __m512 First(const int8_t* b, int64_t i, int64_t n) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(Mask16(n), b + i)));
  }
};
struct LoadS4 {
  static __m512 First(const uint8_t* b, int64_t i, int64_t n) {
    const __m128i bytes = _mm_maskz_loadu_epi8(Mask16((n + 1) / 2), b + i / 2);
    const __m512i pairs = _mm512_cvtepu8_epi64(bytes);
    // Each nibble to the upper end of its half.
    const __m512i spread =
        _mm512_or_si512(_mm512_slli_epi64(pairs, 28), _mm512_slli_epi64(pairs, 56));
    return _mm512_cvtepi32_ps(_mm512_srai_epi32(spread, 28));
  }
};

// The four sums of the lanes of four vectors, each as SixteenFloats::Sum has it.
__m128 SumsOf(const __m512 (&v)[4]) {
  const auto eights = [](__m512 a, __m512 b) {
    return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xEE));
  };
  const __m512 first = eights(v[0], v[1]), second = eights(v[2], v[3]);
  const __m512 fours = _mm512_add_ps(_mm512_shuffle_f32x4(first, second, 0x88),
                                     _mm512_shuffle_f32x4(first, second, 0xDD));
  const __m512 twos = _mm512_add_ps(fours, _mm512_permute_ps(fours, 0x4E));
  const __m512 sums = _mm512_add_ps(twos, _mm512_permute_ps(twos, 0xB1));
  const __m512i every_fourth = _mm512_setr_epi32(0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  return _mm512_castps512_ps128(_mm512_permutexvar_ps(every_fourth, sums));
}

// kRows rows of A by kColumns of B.
template <typename Load, int kRows, int kColumns, typename B>
void DotTile(const DotBlock<float, B, float>& p, int64_t i, int64_t j) {
  const float* a = p.a + i * p.a_stride;
  const int64_t begin = p.b_begin + j * p.b_stride;
  __m512 acc[kRows][4];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) acc[r][c] = _mm512_setzero_ps();
  }
  const auto add = [&](int64_t k, int64_t n) __attribute__((always_inline)) {
    __m512 bv[kColumns];
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) bv[c] = Load::First(p.b, begin + c * p.b_stride + k, n);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const __m512 av = _mm512_maskz_loadu_ps(Mask16(n), a + r * p.a_stride + k);
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) acc[r][c] = _mm512_fmadd_ps(av, bv[c], acc[r][c]);
    }
  };
  int64_t k = 0;
  for (; k + kLanes <= p.depth; k += kLanes) add(k, kLanes);
  if (k < p.depth) add(k, p.depth - k);
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    _mm_mask_storeu_ps(p.c + (i + r) * p.c_stride + j, (1 << kColumns) - 1, SumsOf(acc[r]));
  }
}

template <typename Load, int kColumns, typename B>
void DotColumns(const DotBlock<float, B, float>& p, int64_t j) {
  int64_t i = 0;
  for (; i + 4 <= p.rows; i += 4) DotTile<Load, 4, kColumns>(p, i, j);
  switch (p.rows - i) {
    case 3:
      return DotTile<Load, 3, kColumns>(p, i, j);
    case 2:
      return DotTile<Load, 2, kColumns>(p, i, j);
    case 1:
      return DotTile<Load, 1, kColumns>(p, i, j);
  }
}

// Rows of B are the outer loop: each is read from memory once.
template <typename Load, typename B>
void DotFloat(const DotBlock<float, B, float>& p) {
  int64_t j = 0;
  for (; j + 4 <= p.columns; j += 4) DotColumns<Load, 4>(p, j);
  for (; j < p.columns; ++j) DotColumns<Load, 1>(p, j);
}

void DotF32S4(const DotBlock<float, uint8_t, float>& p) {
  if ((p.b_begin | p.b_stride) & 1) return kDotScalar.f32_s4(p);
  DotFloat<LoadS4>(p);
}

void DotS16S8(const DotBlock<int16_t, int8_t, int32_t>& p) { kDotAvx2.s16_s8(p); }
void DotS16U8(const DotBlock<int16_t, uint8_t, int32_t>& p) { kDotAvx2.s16_u8(p); }
void DotS16S4(const DotBlock<int16_t, uint8_t, int32_t>& p) { kDotAvx2.s16_s4(p); }
void DotS16S16(const DotBlock<int16_t, int16_t, int64_t>& p) { kDotAvx2.s16_s16(p); }
void DotF32F32Columns(const DotBlock<float, float, float>& p) { kDotAvx2.f32_f32_columns(p); }

}  // namespace

extern const DotKernels kDotAvx512;
const DotKernels kDotAvx512 = {
    CpuLevel::kAvx512,
    DotFloat<LoadF32, float>,
    DotFloat<LoadF16, uint16_t>,
    DotFloat<LoadBf16, uint16_t>,
    DotFloat<LoadS8, int8_t>,
    DotF32S4,
    DotS16S8,
    DotS16U8,
    DotS16S4,
    DotS16S16,
    DotF32F32Columns,
};

}  // namespace edgetasks::kernels::simd
