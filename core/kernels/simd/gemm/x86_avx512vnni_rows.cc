// The gemm family with AVX-512 VNNI: few rows of A against rows of B where they lie.
//
// Speed here is the speed at which B is read. One row of A reads B's rows one after the other, a
// single stream that the processor's prefetchers follow, and stays in registers where it fits: the
// queue of loads is short, and each load of A in it is one of B that waits (with A in the
// first-level cache, a core reads a quarter less). Several rows of A read four rows of B at a time,
// each of which then stays in the first-level cache for the other rows of A.
#include "core/kernels/simd/floats.h"
#include "core/kernels/simd/gemm/gemm.h"
#include "core/kernels/simd/gemm/x86_avx512vnni.h"

namespace edgetasks::kernels::simd {
namespace {

// Element i of the result: the sum of the lanes of vector i.
__m128i SumsOf(const __m512i (&v)[4]) {
  const __m512i t0 =
      _mm512_add_epi32(_mm512_unpacklo_epi32(v[0], v[1]), _mm512_unpackhi_epi32(v[0], v[1]));
  const __m512i t1 =
      _mm512_add_epi32(_mm512_unpacklo_epi32(v[2], v[3]), _mm512_unpackhi_epi32(v[2], v[3]));
  const __m512i s = _mm512_add_epi32(_mm512_unpacklo_epi64(t0, t1), _mm512_unpackhi_epi64(t0, t1));
  const __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(s), _mm512_extracti64x4_epi64(s, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

// c[0, count) = dots - zero * b_sums, count <= 4.
void StoreSums(const __m512i (&dots)[4], int32_t zero, const int32_t* b_sums, int64_t count,
               int32_t* c) {
  const auto mask = static_cast<__mmask8>((1u << count) - 1);
  const __m128i shift = _mm_mullo_epi32(_mm_set1_epi32(zero), _mm_maskz_loadu_epi32(mask, b_sums));
  _mm_mask_storeu_epi32(c, mask, _mm_sub_epi32(SumsOf(dots), shift));
}

// The products of a row of A and a row of B, as sixteen partial sums.
__attribute__((always_inline)) inline __m512i DotS8(const uint8_t* a, const int8_t* b,
                                                    int64_t depth) {
  __m512i dot = _mm512_setzero_si512();
  int64_t k = 0;
  for (; k + kBytes <= depth; k += kBytes) {
    PrefetchAhead(b + k);
    dot = _mm512_dpbusd_epi32(dot, _mm512_loadu_si512(a + k), _mm512_loadu_si512(b + k));
  }
  if (k < depth) {
    const __mmask64 mask = Mask64(depth - k);
    PrefetchAhead(b + k);
    dot = _mm512_dpbusd_epi32(dot, _mm512_maskz_loadu_epi8(mask, a + k),
                              _mm512_maskz_loadu_epi8(mask, b + k));
  }
  return dot;
}

// One row of A, up to four rows of B from column j on, by DotS8.
void RowsS8FromMemory(const ActivationRows& a, int64_t row, const WeightRows<int8_t>& b, int64_t j,
                      const int32_t* b_sums, int32_t* c) {
  const int8_t* rows = b.data + b.begin + j * b.stride;
  const int64_t count = Min(4, b.columns - j);
  __m512i dots[4];
  for (int i = 0; i < 4; ++i) {
    dots[i] = i < count ? DotS8(a.data + row * a.stride, rows + i * b.stride, b.depth)
                        : _mm512_setzero_si512();
  }
  StoreSums(dots, a.zeros[row], b_sums + j, count, c + j);
}

// Vectors of A that stay in registers: beside them there are four sums and some to spare.
constexpr int kVectorsOfA = 24;

// One row of A of kVectors vectors, the last of them as `tail` says, against all rows of B.
template <int kVectors>
void RowsS8FromRegisters(const ActivationRows& a, int64_t row, const WeightRows<int8_t>& b,
                         const int32_t* b_sums, int32_t* c) {
  const uint8_t* a_row = a.data + row * a.stride;
  const __mmask64 tail = Mask64(b.depth - (kVectors - 1) * kBytes);
  __m512i av[kVectors];
#pragma GCC unroll 32
  for (int v = 0; v + 1 < kVectors; ++v) av[v] = _mm512_loadu_si512(a_row + v * kBytes);
  av[kVectors - 1] = _mm512_maskz_loadu_epi8(tail, a_row + (kVectors - 1) * kBytes);
  int64_t j = 0;
  for (; j + 4 <= b.columns; j += 4) {
    __m512i dots[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const int8_t* b_row = b.data + b.begin + (j + i) * b.stride;
      dots[i] = _mm512_setzero_si512();
#pragma GCC unroll 32
      for (int v = 0; v + 1 < kVectors; ++v) {
        PrefetchAhead(b_row + v * kBytes);
        dots[i] = _mm512_dpbusd_epi32(dots[i], av[v], _mm512_loadu_si512(b_row + v * kBytes));
      }
      const int8_t* last = b_row + (kVectors - 1) * kBytes;
      PrefetchAhead(last);
      dots[i] = _mm512_dpbusd_epi32(dots[i], av[kVectors - 1], _mm512_maskz_loadu_epi8(tail, last));
    }
    StoreSums(dots, a.zeros[row], b_sums + j, 4, c + j);
  }
  if (j < b.columns) RowsS8FromMemory(a, row, b, j, b_sums, c);
}

// One row of A against all rows of B.
template <int kVectors = kVectorsOfA>
void RowsS8One(const ActivationRows& a, int64_t row, const WeightRows<int8_t>& b,
               const int32_t* b_sums, int32_t* c) {
  const int64_t vectors = (b.depth + kBytes - 1) / kBytes;
  if (vectors == kVectors) return RowsS8FromRegisters<kVectors>(a, row, b, b_sums, c);
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return RowsS8One<kVectors - 1>(a, row, b, b_sums, c);
  }
  for (int64_t j = 0; j < b.columns; j += 4) RowsS8FromMemory(a, row, b, j, b_sums, c);
}

// kRows rows of A by four of B: 4 * kRows vectors of sums in registers.
template <int kRows>
void RowsS8Tile(const ActivationRows& a, int64_t row, const int8_t* b, int64_t stride,
                int64_t depth, const int32_t* b_sums, int32_t* c, int64_t c_stride) {
  const uint8_t* rows = a.data + row * a.stride;
  __m512i dots[kRows][4];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) dots[r][j] = _mm512_setzero_si512();
  }
  const auto add = [&](int64_t k, __mmask64 mask) __attribute__((always_inline)) {
    __m512i bv[4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      PrefetchAhead(b + j * stride + k);
      bv[j] = _mm512_maskz_loadu_epi8(mask, b + j * stride + k);
    }
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const __m512i av = _mm512_maskz_loadu_epi8(mask, rows + r * a.stride + k);
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) dots[r][j] = _mm512_dpbusd_epi32(dots[r][j], av, bv[j]);
    }
  };
  int64_t k = 0;
  for (; k + kBytes <= depth; k += kBytes) add(k, ~0ull);
  if (k < depth) add(k, Mask64(depth - k));
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    StoreSums(dots[r], a.zeros[row + r], b_sums, 4, c + (row + r) * c_stride);
  }
}

// A chunk is 128 elements of a row: 64 bytes of nibbles. Of A it is the 64 even elements, then the
// 64 odd ones. Nibbles enter VPDPBUSD as the upper halves of bytes, sixteen times what they are.
constexpr int64_t kChunk = 128;

// Sixteen times the products of A and one chunk of B, as sixteen partial sums of 8 elements each.
__attribute__((always_inline)) inline __m512i ChunkSums(__m512i a_even, __m512i a_odd,
                                                        __m512i pairs) {
  const __m512i upper = _mm512_set1_epi8(static_cast<char>(0xF0));
  const __m512i even = _mm512_and_si512(_mm512_slli_epi16(pairs, 4), upper);
  const __m512i odd = _mm512_and_si512(pairs, upper);
  return _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(_mm512_setzero_si512(), a_even, even), a_odd, odd);
}

// The same with A in memory.
__attribute__((always_inline)) inline __m512i ChunkSums(const uint8_t* a, const uint8_t* b,
                                                        __mmask64 bytes) {
  PrefetchAhead(b);
  return ChunkSums(_mm512_loadu_si512(a), _mm512_loadu_si512(a + kBytes),
                   _mm512_maskz_loadu_epi8(bytes, b));
}

// The scale of each lane of a chunk that begins at `element` and has `count` elements in the row.
// Lanes behind these may have any finite scale: their sums are 0.
__attribute__((always_inline)) inline __m512 LaneScales(const uint16_t* scales, int64_t block_size,
                                                        int64_t element, int64_t count) {
  if (block_size == 32) {
    const auto mask = static_cast<__mmask8>((1u << (count / 32)) - 1);
    const __m512i spread = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    const __m128i halves = _mm_maskz_loadu_epi16(mask, scales + element / 32);
    return _mm512_permutexvar_ps(spread, _mm512_castps128_ps512(_mm_cvtph_ps(halves)));
  }
  if (block_size % kChunk == 0) {
    const __m128i half = _mm_cvtsi32_si128(scales[element / block_size]);
    return _mm512_broadcastss_ps(_mm_cvtph_ps(half));
  }
  alignas(16) float four[4] = {};
  for (int64_t lane = 0; lane < count / 32; ++lane) {
    const __m128i half = _mm_cvtsi32_si128(scales[(element + lane * 32) / block_size]);
    four[lane] = _mm_cvtss_f32(_mm_cvtph_ps(half));
  }
  const __m512i spread = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
  return _mm512_permutexvar_ps(spread, _mm512_castps128_ps512(_mm_load_ps(four)));
}

// Scales are a second stream, some 36 bytes a row, which no prefetcher finds beside the first: a
// core that does not ask for them reads at two thirds of the speed.
constexpr int64_t kPrefetchBlockBytes = 8192, kPrefetchScaleBytes = 1024;

// Asks for what comes after a chunk of a row of B that begins at `element`, and for its scales
// where those of a line, 32 blocks of at least 32 elements, begin.
__attribute__((always_inline)) inline void PrefetchBlocks(const uint8_t* chunk,
                                                          const uint16_t* scales,
                                                          int64_t block_size, int64_t element) {
  PrefetchAhead(chunk, kPrefetchBlockBytes);
  if (element % (8 * kChunk) == 0)
    PrefetchAhead(scales + element / block_size, kPrefetchScaleBytes);
}

// The nibbles of `element` on that are in the row, as a mask of bytes. (An odd depth ends in half a
// byte; A's other half is 0.)
__mmask64 BytesOf(int64_t count) { return Mask64((count + 1) / 2); }

// The products of a row of A and a row of B, as sixteen partial sums.
__attribute__((always_inline)) inline __m512i DotS4(const uint8_t* a, const uint8_t* b,
                                                    int64_t depth) {
  __m512i dot = _mm512_setzero_si512();
  for (; depth >= kChunk; depth -= kChunk, a += kChunk, b += kBytes) {
    dot = _mm512_add_epi32(dot, _mm512_srai_epi32(ChunkSums(a, b, ~0ull), 4));
  }
  if (depth > 0) {
    dot = _mm512_add_epi32(dot, _mm512_srai_epi32(ChunkSums(a, b, BytesOf(depth)), 4));
  }
  return dot;
}

// Of sixteen sums, in the order that all sets have.
float SumOf(__m512 sums) { return SixteenFloats{{{sums}}}.Sum(); }

// c = total / 16 - zero * b_sum.
void StoreBlockSum(__m512 total, int32_t zero, float b_sum, float* c) {
  *c = SumOf(total) * (1.0f / 16) - static_cast<float>(zero) * b_sum;
}

// One row of A against all rows of B.
void BlocksFromMemory(const ActivationRows& a, int64_t row, const WeightRows<uint8_t>& b,
                      const WeightBlocks& blocks, const float* b_sums, float* c) {
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* a_row = a.data + row * a.stride;
    const uint8_t* b_row = b.data + (b.begin + j * b.stride) / 2;
    const uint16_t* scales = blocks.scales + j * blocks.stride;
    __m512 total = _mm512_setzero_ps();
    for (int64_t k = 0; k < b.depth; k += kChunk, a_row += kChunk, b_row += kBytes) {
      const int64_t count = Min(kChunk, b.depth - k);
      PrefetchBlocks(b_row, scales, blocks.block_size, k);
      const __m512i sums = ChunkSums(_mm512_loadu_si512(a_row), _mm512_loadu_si512(a_row + kBytes),
                                     _mm512_maskz_loadu_epi8(BytesOf(count), b_row));
      total = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums),
                              LaneScales(scales, blocks.block_size, k, count), total);
    }
    StoreBlockSum(total, a.zeros[row], b_sums[j], c + j);
  }
}

// Chunks of A that stay in registers, two each.
constexpr int kChunksOfA = 12;

// The same with a row of A of kChunks chunks in registers, and blocks of 32 elements.
template <int kChunks>
void BlocksFromRegisters(const ActivationRows& a, int64_t row, const WeightRows<uint8_t>& b,
                         const WeightBlocks& blocks, const float* b_sums, float* c) {
  const uint8_t* a_row = a.data + row * a.stride;
  const int64_t last = b.depth - (kChunks - 1) * kChunk;
  const __mmask64 tail = BytesOf(last);
  __m512i av[2 * kChunks];
#pragma GCC unroll 32
  for (int v = 0; v < 2 * kChunks; ++v) av[v] = _mm512_loadu_si512(a_row + v * kBytes);
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* b_row = b.data + (b.begin + j * b.stride) / 2;
    const uint16_t* scales = blocks.scales + j * blocks.stride;
    __m512 total = _mm512_setzero_ps();
#pragma GCC unroll 32
    for (int v = 0; v < kChunks; ++v) {
      PrefetchBlocks(b_row + v * kBytes, scales, 32, v * kChunk);
      const __mmask64 bytes = v + 1 < kChunks ? ~0ull : tail;
      const int64_t count = v + 1 < kChunks ? kChunk : last;
      const __m512i sums =
          ChunkSums(av[2 * v], av[2 * v + 1], _mm512_maskz_loadu_epi8(bytes, b_row + v * kBytes));
      total = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), LaneScales(scales, 32, v * kChunk, count),
                              total);
    }
    StoreBlockSum(total, a.zeros[row], b_sums[j], c + j);
  }
}

template <int kChunks = kChunksOfA>
void BlocksOne(const ActivationRows& a, int64_t row, const WeightRows<uint8_t>& b,
               const WeightBlocks& blocks, const float* b_sums, float* c) {
  const int64_t chunks = blocks.block_size == 32 ? (b.depth + kChunk - 1) / kChunk : 0;
  if (chunks == kChunks) return BlocksFromRegisters<kChunks>(a, row, b, blocks, b_sums, c);
  if constexpr (kChunks > 1) {
    if (chunks < kChunks && chunks > 0) {
      return BlocksOne<kChunks - 1>(a, row, b, blocks, b_sums, c);
    }
  }
  BlocksFromMemory(a, row, b, blocks, b_sums, c);
}

void SumsS8(const WeightRows<int8_t>& b, int32_t* sums) {
  const __m512i ones = _mm512_set1_epi8(1);
  for (int64_t j = 0; j < b.columns; ++j) {
    const int8_t* row = b.data + b.begin + j * b.stride;
    __m512i sum = _mm512_setzero_si512();
    for (int64_t k = 0; k < b.depth; k += kBytes) {
      PrefetchAhead(row + k);
      sum = _mm512_dpbusd_epi32(sum, ones, _mm512_maskz_loadu_epi8(Mask64(b.depth - k), row + k));
    }
    sums[j] = _mm512_reduce_add_epi32(sum);
  }
}

void SumsS4(const WeightRows<uint8_t>& b, int32_t* sums) {
  const __m512i ones = _mm512_set1_epi8(1);
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    __m512i sum = _mm512_setzero_si512();
    int64_t left = b.depth;
    for (; left > 1; left -= kChunk, row += kBytes) {
      const __mmask64 bytes = Mask64(Min(left, kChunk) / 2);
      sum = _mm512_add_epi32(sum, ChunkSums(ones, ones, _mm512_maskz_loadu_epi8(bytes, row)));
    }
    sums[j] = _mm512_reduce_add_epi32(sum) / 16;
    // The last half of a byte, whose other half belongs to another row.
    if (b.depth % 2 != 0) {
      const uint8_t* last = b.data + (b.begin + j * b.stride + b.depth - 1) / 2;
      sums[j] += ((*last & 0xF) ^ 8) - 8;
    }
  }
}

void SumsS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, float* sums) {
  const __m512i ones = _mm512_set1_epi8(1);
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    const uint16_t* scales = blocks.scales + j * blocks.stride;
    __m512 sum = _mm512_setzero_ps();
    for (int64_t k = 0; k < b.depth; k += kChunk, row += kBytes) {
      const int64_t count = Min(kChunk, b.depth - k);
      PrefetchBlocks(row, scales, blocks.block_size, k);
      const __m512i part = ChunkSums(ones, ones, _mm512_maskz_loadu_epi8(BytesOf(count), row));
      sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(part),
                            LaneScales(scales, blocks.block_size, k, count), sum);
    }
    sums[j] = SumOf(sum) * (1.0f / 16);
  }
}

void OrderForS4(const ActivationRows& a, int64_t depth, uint8_t* ordered) {
  const __m512i low = _mm512_set1_epi16(0xFF);
  // VPACKUSWB takes 8 bytes of each operand in turn.
  const __m512i in_turn = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
  for (int64_t i = 0; i < a.rows; ++i) {
    const uint8_t* row = a.data + i * a.stride;
    uint8_t* to = ordered + i * OrderedBytes(depth);
    for (int64_t k = 0; k < depth; k += kChunk, to += kChunk) {
      const int64_t count = Min(kChunk, depth - k);
      const __mmask64 mask0 = Mask64(Min(count, kBytes));
      const __mmask64 mask1 = Mask64(count > kBytes ? count - kBytes : 0);
      const __m512i first = _mm512_maskz_loadu_epi8(mask0, row + k);
      const __m512i second = _mm512_maskz_loadu_epi8(mask1, row + k + Min(count, kBytes));
      const __m512i even =
          _mm512_packus_epi16(_mm512_and_si512(first, low), _mm512_and_si512(second, low));
      const __m512i odd =
          _mm512_packus_epi16(_mm512_srli_epi16(first, 8), _mm512_srli_epi16(second, 8));
      _mm512_storeu_si512(to, _mm512_permutexvar_epi64(in_turn, even));
      _mm512_storeu_si512(to + kBytes, _mm512_permutexvar_epi64(in_turn, odd));
    }
  }
}

void RowsS8(const ActivationRows& a, const WeightRows<int8_t>& b, const int32_t* b_sums, int32_t* c,
            int64_t c_stride) {
  int64_t row = 0;  // the first that is left for one alone
  if (a.rows > 1 && b.columns >= 4) {
    const int64_t columns = b.columns / 4 * 4;
    row = a.rows / 2 * 2;
    for (int64_t j = 0; j < columns; j += 4) {
      const int8_t* rows = b.data + b.begin + j * b.stride;
      int64_t i = 0;
      for (; i + 4 <= row; i += 4) {
        RowsS8Tile<4>(a, i, rows, b.stride, b.depth, b_sums + j, c + j, c_stride);
      }
      if (i < row) RowsS8Tile<2>(a, i, rows, b.stride, b.depth, b_sums + j, c + j, c_stride);
    }
    for (int64_t i = 0; i < row && columns < b.columns; ++i) {
      RowsS8FromMemory(a, i, b, columns, b_sums, c + i * c_stride);
    }
  }
  for (; row < a.rows; ++row) RowsS8One(a, row, b, b_sums, c + row * c_stride);
}

void RowsS4(const ActivationRows& a, const WeightRows<uint8_t>& b, const int32_t* b_sums,
            int32_t* c, int64_t c_stride) {
  for (int64_t j = 0; j < b.columns; j += 4) {
    const uint8_t* rows = b.data + (b.begin + j * b.stride) / 2;
    const int64_t count = Min(4, b.columns - j);
    for (int64_t i = 0; i < a.rows; ++i) {
      __m512i dots[4];
      for (int column = 0; column < 4; ++column) {
        dots[column] = column < count
                           ? DotS4(a.data + i * a.stride, rows + column * b.stride / 2, b.depth)
                           : _mm512_setzero_si512();
      }
      StoreSums(dots, a.zeros[i], b_sums + j, count, c + i * c_stride + j);
    }
  }
}

void RowsS4Blocks(const ActivationRows& a, const WeightRows<uint8_t>& b, const WeightBlocks& blocks,
                  const float* b_sums, float* c, int64_t c_stride) {
  for (int64_t i = 0; i < a.rows; ++i) BlocksOne(a, i, b, blocks, b_sums, c + i * c_stride);
}

}  // namespace

extern const RowKernels kGemmRowsAvx512Vnni;
const RowKernels kGemmRowsAvx512Vnni = {
    SumsS8, SumsS4, SumsS4Blocks, OrderForS4, RowsS8, RowsS4, RowsS4Blocks,
};

}  // namespace edgetasks::kernels::simd
