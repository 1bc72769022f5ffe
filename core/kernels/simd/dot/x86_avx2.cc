// The dot family with AVX2, FMA and F16C. Compiled with those flags: everything here is local to
// this file, and no header with inline functions is included, or the linker might keep a copy of
// one that only newer processors can run.
#include <type_traits>

#include "core/kernels/simd/dot/dot.h"
#include "core/kernels/simd/floats.h"

namespace edgetasks::kernels::simd {

extern const DotKernels kDotScalar;

namespace {

// Elements i..i+7 of B as floats, and element i alone.
struct LoadF32 {
  static __m256 Eight(const float* b, int64_t i) { return _mm256_loadu_ps(b + i); }
  static float One(const float* b, int64_t i) { return b[i]; }
};
struct LoadF16 {
  static __m256 Eight(const uint16_t* b, int64_t i) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b + i)));
  }
  static float One(const uint16_t* b, int64_t i) { return _cvtsh_ss(b[i]); }
};
struct LoadBf16 {
  static __m256 Eight(const uint16_t* b, int64_t i) {
    const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + i));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
  }
  static float One(const uint16_t* b, int64_t i) {
    return _mm_cvtss_f32(_mm_castsi128_ps(_mm_cvtsi32_si128(static_cast<int>(b[i]) << 16)));
  }
};

// Sixteen elements as int16, or eight as floats. For s4, i is even.
struct LoadS8 {
  static __m256i Sixteen(const int8_t* b, int64_t i) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b + i)));
  }
  static __m256 Eight(const int8_t* b, int64_t i) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(b + i));
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes));
  }
  static int One(const int8_t* b, int64_t i) { return b[i]; }
};
struct LoadU8 {
  static __m256i Sixteen(const uint8_t* b, int64_t i) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b + i)));
  }
  static int One(const uint8_t* b, int64_t i) { return b[i]; }
};
struct LoadS4 {
  // The low nibbles of the lowest bytes in the even places, the high ones in the odd places, and
  // each sign extended within its byte: (nibble ^ 8) - 8.
  static __m128i Spread(__m128i packed) {
    const __m128i mask = _mm_set1_epi8(0x0F);
    const __m128i low = _mm_and_si128(packed, mask);
    const __m128i high = _mm_and_si128(_mm_srli_epi16(packed, 4), mask);
    const __m128i eight = _mm_set1_epi8(8);
    return _mm_sub_epi8(_mm_xor_si128(_mm_unpacklo_epi8(low, high), eight), eight);
  }
  static __m256i Sixteen(const uint8_t* b, int64_t i) {
    return _mm256_cvtepi8_epi16(
        Spread(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(b + i / 2))));
  }
  static __m256 Eight(const uint8_t* b, int64_t i) {
    int packed;
    __builtin_memcpy(&packed, b + i / 2, sizeof(packed));
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(Spread(_mm_cvtsi32_si128(packed))));
  }
  static int One(const uint8_t* b, int64_t i) {
    const int nibble = (b[i / 2] >> ((i & 1) * 4)) & 0xF;
    return (nibble ^ 8) - 8;
  }
};

// Modulo 2^32.
unsigned Sum(__m256i v) {
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4E));
  return static_cast<unsigned>(_mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xB1))));
}

__m256i Load16(const int16_t* a) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a)); }

// Cuts a block into tiles, kRows rows of A by two of B, so that what is loaded and widened once is
// used several times; a single row of A takes four rows of B. Rows of B are the outer loop: each is
// read from memory once.
template <int kRows, typename Tiles, typename Block>
void ForEachTile(const Tiles& tiles, const Block& p) {
  for (int64_t j = 0; j < p.columns;) {
    const bool four = p.columns - j >= 4;
    int64_t i = 0;
    for (; i + kRows <= p.rows; i += kRows) {
      if (four) {
        tiles.template Run<kRows, 2>(p, i, j);
        tiles.template Run<kRows, 2>(p, i, j + 2);
      } else {
        tiles.template Run<kRows, 1>(p, i, j);
      }
    }
    for (; i < p.rows; ++i) {
      if (four) {
        tiles.template Run<1, 4>(p, i, j);
      } else {
        tiles.template Run<1, 1>(p, i, j);
      }
    }
    j += four ? 4 : 1;
  }
}

// Sixteen sums in two vectors each: three rows by two columns fill twelve registers.
template <typename Load, typename B>
struct FloatTiles {
  static constexpr int kRows = 3;

  // Adds the products of sixteen elements: x(r, half) and y(c, half) are eight of a row of A and of
  // B.
  template <int kTileRows, int kColumns, typename X, typename Y>
  static inline __attribute__((always_inline)) void Add(
      const X& x, const Y& y, SixteenFloats (&sums)[kTileRows][kColumns]) {
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      __m256 b[kColumns];
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) b[c] = y(c, half);
#pragma GCC unroll 4
      for (int r = 0; r < kTileRows; ++r) {
        const __m256 a = x(r, half);
#pragma GCC unroll 4
        for (int c = 0; c < kColumns; ++c) {
          Floats& sum = sums[r][c].v[half];
          sum.v = _mm256_fmadd_ps(a, b[c], sum.v);
        }
      }
    }
  }

  // The first n of eight elements, n <= 0 for none; zeros behind them.
  static __m256 First(const float* from, int64_t n) {
    return _mm256_maskload_ps(from, Floats::FirstLanes(n));
  }
  static __m256 FirstOfB(const B* b, int64_t i, int64_t n) {
    if (n >= 8) return Load::Eight(b, i);
    if constexpr (std::is_same_v<B, float>) return First(b + i, n);
    alignas(32) float eight[8] = {};
    for (int64_t at = 0; at < n; ++at) eight[at] = static_cast<float>(Load::One(b, i + at));
    return _mm256_load_ps(eight);
  }

  template <int kTileRows, int kColumns>
  void Run(const DotBlock<float, B, float>& p, int64_t i, int64_t j) const {
    const float* a = p.a + i * p.a_stride;
    const int64_t begin = p.b_begin + j * p.b_stride;
    SixteenFloats sums[kTileRows][kColumns];
#pragma GCC unroll 4
    for (int r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) sums[r][c] = SixteenFloats::Zero();
    }
    int64_t k = 0;
    for (; k + 16 <= p.depth; k += 16) {
      Add([&](int r, int half) { return _mm256_loadu_ps(a + r * p.a_stride + k + 8 * half); },
          [&](int c, int half) { return Load::Eight(p.b, begin + c * p.b_stride + k + 8 * half); },
          sums);
    }
    if (k < p.depth) {
      Add(
          [&](int r, int half) {
            return First(a + r * p.a_stride + k + 8 * half, p.depth - k - 8 * half);
          },
          [&](int c, int half) {
            return FirstOfB(p.b, begin + c * p.b_stride + k + 8 * half, p.depth - k - 8 * half);
          },
          sums);
    }
#pragma GCC unroll 4
    for (int r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) p.c[(i + r) * p.c_stride + j + c] = sums[r][c].Sum();
    }
  }
};

// The integer sums of a tile over [0, depth) modulo 2^32: vectors of partial sums over whole
// sixteens, and what is left.
template <int kRows, int kColumns, typename Load, typename B>
inline __attribute__((always_inline)) void AddProducts(const int16_t* a, int64_t a_stride,
                                                       const B* b, int64_t begin, int64_t b_stride,
                                                       int64_t depth,
                                                       __m256i (&sums)[kRows][kColumns]) {
  for (int64_t k = 0; k + 16 <= depth; k += 16) {
    __m256i y[kColumns];
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) y[c] = Load::Sixteen(b, begin + c * b_stride + k);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const __m256i x = Load16(a + r * a_stride + k);
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) {
        sums[r][c] = _mm256_add_epi32(sums[r][c], _mm256_madd_epi16(x, y[c]));
      }
    }
  }
}

template <int kRows, int kColumns>
inline __attribute__((always_inline)) void Clear(__m256i (&sums)[kRows][kColumns]) {
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) sums[r][c] = _mm256_setzero_si256();
  }
}

template <typename Load, typename B>
struct IntegerTiles {
  template <int kRows, int kColumns>
  void Run(const DotBlock<int16_t, B, int32_t>& p, int64_t i, int64_t j) const {
    const int16_t* a = p.a + i * p.a_stride;
    const int64_t begin = p.b_begin + j * p.b_stride;
    __m256i sums[kRows][kColumns];
    Clear(sums);
    AddProducts<kRows, kColumns, Load>(a, p.a_stride, p.b, begin, p.b_stride, p.depth, sums);
    const int64_t whole = p.depth - p.depth % 16;
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) {
        unsigned sum = Sum(sums[r][c]);
        for (int64_t k = whole; k < p.depth; ++k) {
          sum += static_cast<unsigned>(a[r * p.a_stride + k] *
                                       Load::One(p.b, begin + c * p.b_stride + k));
        }
        p.c[(i + r) * p.c_stride + j + c] = static_cast<int32_t>(sum);
      }
    }
  }
};

template <typename Load, typename B>
void DotFloat(const DotBlock<float, B, float>& p) {
  ForEachTile<FloatTiles<Load, B>::kRows>(FloatTiles<Load, B>(), p);
}

void DotF32S4(const DotBlock<float, uint8_t, float>& p) {
  if ((p.b_begin | p.b_stride) & 1) return kDotScalar.f32_s4(p);
  DotFloat<LoadS4>(p);
}

template <typename Load, typename B>
void DotInteger(const DotBlock<int16_t, B, int32_t>& p) {
  ForEachTile<4>(IntegerTiles<Load, B>(), p);
}

void DotS16S4(const DotBlock<int16_t, uint8_t, int32_t>& p) {
  if ((p.b_begin | p.b_stride) & 1) return kDotScalar.s16_s4(p);
  ForEachTile<4>(IntegerTiles<LoadS4, uint8_t>(), p);
}

// The compiler vectorises this one: 16-bit products need 64-bit sums from the start.
void DotS16S16(const DotBlock<int16_t, int16_t, int64_t>& p) {
  for (int64_t i = 0; i < p.rows; ++i) {
    const int16_t* a = p.a + i * p.a_stride;
    for (int64_t j = 0; j < p.columns; ++j) {
      const int16_t* b = p.b + p.b_begin + j * p.b_stride;
      int64_t sum = 0;
      for (int64_t k = 0; k < p.depth; ++k) sum += static_cast<int32_t>(a[k]) * b[k];
      p.c[i * p.c_stride + j] = sum;
    }
  }
}

// kRows rows of C by 8 * kVectors columns, or with kVectors = 0 by the columns that `mask` selects
// (the highest bit of each of eight).
template <int kRows, int kVectors>
void ColumnsTile(const DotBlock<float, float, float>& p, int64_t i, int64_t j, __m256i mask) {
  constexpr int kWidth = kVectors == 0 ? 1 : kVectors;
  const float* a = p.a + i * p.a_stride;
  __m256 sums[kRows][kWidth];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kWidth; ++v) sums[r][v] = _mm256_setzero_ps();
  }
  for (int64_t k = 0; k < p.depth; ++k) {
    const float* row = p.b + k * p.b_stride + j;
    __m256 b[kWidth];
#pragma GCC unroll 4
    for (int v = 0; v < kWidth; ++v) {
      b[v] = kVectors == 0 ? _mm256_maskload_ps(row, mask) : _mm256_loadu_ps(row + 8 * v);
    }
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const __m256 x = _mm256_broadcast_ss(a + r * p.a_stride + k);
#pragma GCC unroll 4
      for (int v = 0; v < kWidth; ++v) sums[r][v] = _mm256_fmadd_ps(x, b[v], sums[r][v]);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    float* c = p.c + (i + r) * p.c_stride + j;
#pragma GCC unroll 4
    for (int v = 0; v < kWidth; ++v) {
      if (kVectors == 0) {
        _mm256_maskstore_ps(c, mask, sums[r][v]);
      } else {
        _mm256_storeu_ps(c + 8 * v, sums[r][v]);
      }
    }
  }
}

template <int kVectors>
void ColumnsStrip(const DotBlock<float, float, float>& p, int64_t j, __m256i mask) {
  int64_t i = 0;
  for (; i + 4 <= p.rows; i += 4) ColumnsTile<4, kVectors>(p, i, j, mask);
  for (; i < p.rows; ++i) ColumnsTile<1, kVectors>(p, i, j, mask);
}

void DotF32F32Columns(const DotBlock<float, float, float>& p) {
  int64_t j = 0;
  for (; j + 16 <= p.columns; j += 16) ColumnsStrip<2>(p, j, __m256i());
  for (; j + 8 <= p.columns; j += 8) ColumnsStrip<1>(p, j, __m256i());
  if (j < p.columns) {
    const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i left = _mm256_set1_epi32(static_cast<int>(p.columns - j));
    ColumnsStrip<0>(p, j, _mm256_cmpgt_epi32(left, index));
  }
}

}  // namespace

extern const DotKernels kDotAvx2;
const DotKernels kDotAvx2 = {
    CpuLevel::kAvx2,
    DotFloat<LoadF32, float>,
    DotFloat<LoadF16, uint16_t>,
    DotFloat<LoadBf16, uint16_t>,
    DotFloat<LoadS8, int8_t>,
    DotF32S4,
    DotInteger<LoadS8, int8_t>,
    DotInteger<LoadU8, uint8_t>,
    DotS16S4,
    DotS16S16,
    DotF32F32Columns,
};

}  // namespace edgetasks::kernels::simd
