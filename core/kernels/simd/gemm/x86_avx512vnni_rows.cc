// The gemm family with AVX-512 VNNI: few rows of A against rows of B where they lie.
//
// Speed here is the speed at which B is read. One row of A reads B's rows one after the other, a
// single stream that the processor's prefetchers follow; several rows of A read four rows of B at a
// time, each of which then stays in the first-level cache for the other rows of A.
#include "core/kernels/simd/gemm/gemm.h"
#include "core/kernels/simd/gemm/x86_avx512vnni.h"

namespace edgetasks::kernels::simd::avx512vnni {
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
    Prefetch(b + k);
    dot = _mm512_dpbusd_epi32(dot, _mm512_loadu_si512(a + k), _mm512_loadu_si512(b + k));
  }
  if (k < depth) {
    const __mmask64 mask = Mask64(depth - k);
    Prefetch(b + k);
    dot = _mm512_dpbusd_epi32(dot, _mm512_maskz_loadu_epi8(mask, a + k),
                              _mm512_maskz_loadu_epi8(mask, b + k));
  }
  return dot;
}

// One row of A, `count` <= 4 rows of B.
void RowsS8One(const uint8_t* a, int32_t zero, const int8_t* b, int64_t stride, int64_t depth,
               int64_t count, const int32_t* b_sums, int32_t* c) {
  __m512i dots[4];
  if (count == 4) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) dots[j] = DotS8(a, b + j * stride, depth);
  } else {
    for (int j = 0; j < 4; ++j) {
      dots[j] = j < count ? DotS8(a, b + j * stride, depth) : _mm512_setzero_si512();
    }
  }
  StoreSums(dots, zero, b_sums, count, c);
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
      Prefetch(b + j * stride + k);
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

// A chunk is 128 elements of a row: 64 bytes of nibbles. Of A it is the 64 even elements, the 64
// odd ones, both less 128, and for each lane of 8 elements minus eight times their sum, int32:
// nibbles enter VPDPBUSD as w + 8, and this takes the 8 out again.
constexpr int64_t kChunk = 128;
constexpr int64_t kChunkBytes = 192;

// The products of A less 128 and one chunk of B, as sixteen partial sums of 8 elements each.
__attribute__((always_inline)) inline __m512i ChunkSums(const uint8_t* a, const uint8_t* b,
                                                        __mmask64 bytes) {
  constexpr int kAndThenXor = 0x6A;  // (first & second) ^ third
  const __m512i nibble = _mm512_set1_epi8(0x0F), eight = _mm512_set1_epi8(8);
  Prefetch(b);
  const __m512i pairs = _mm512_maskz_loadu_epi8(bytes, b);
  const __m512i even = _mm512_ternarylogic_epi32(pairs, nibble, eight, kAndThenXor);
  const __m512i odd =
      _mm512_ternarylogic_epi32(_mm512_srli_epi16(pairs, 4), nibble, eight, kAndThenXor);
  const __m512i sums =
      _mm512_dpbusd_epi32(_mm512_loadu_si512(a + 2 * kBytes), even, _mm512_loadu_si512(a));
  return _mm512_dpbusd_epi32(sums, odd, _mm512_loadu_si512(a + kBytes));
}

// The sums of a chunk of B, in the same lanes.
__m512i ChunkOfOnes(const uint8_t* b, __mmask64 bytes) {
  const __m512i nibble = _mm512_set1_epi8(0x0F), eight = _mm512_set1_epi8(8);
  const __m512i ones = _mm512_set1_epi8(1);
  // Bytes that are not loaded count as two nibbles of 0.
  const __m512i pairs = _mm512_maskz_loadu_epi8(bytes, b);
  const __m512i even = _mm512_xor_si512(_mm512_and_si512(pairs, nibble), eight);
  const __m512i odd =
      _mm512_xor_si512(_mm512_and_si512(_mm512_srli_epi16(pairs, 4), nibble), eight);
  const __m512i sums = _mm512_dpbusd_epi32(_mm512_set1_epi32(-8 * 8), even, ones);
  return _mm512_dpbusd_epi32(sums, odd, ones);
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

// The nibbles of `element` on that are in the row, as a mask of bytes. (An odd depth ends in half a
// byte; A's other half is 0.)
__mmask64 BytesOf(int64_t count) { return Mask64((count + 1) / 2); }

__attribute__((always_inline)) inline __m512i DotS4(const uint8_t* a, const uint8_t* b,
                                                    int64_t depth) {
  __m512i dot = _mm512_setzero_si512();
  for (; depth >= kChunk; depth -= kChunk, a += kChunkBytes, b += kBytes) {
    dot = _mm512_add_epi32(dot, ChunkSums(a, b, ~0ull));
  }
  if (depth > 0) dot = _mm512_add_epi32(dot, ChunkSums(a, b, BytesOf(depth)));
  return dot;
}

__attribute__((always_inline)) inline float DotS4Blocks(const uint8_t* a, const uint8_t* b,
                                                        int64_t depth, int64_t block_size,
                                                        const uint16_t* scales) {
  __m512 total = _mm512_setzero_ps();
  int64_t k = 0;
  for (; k + kChunk <= depth; k += kChunk, a += kChunkBytes, b += kBytes) {
    const __m512i sums = ChunkSums(a, b, ~0ull);
    total =
        _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), LaneScales(scales, block_size, k, kChunk), total);
  }
  if (k < depth) {
    const __m512i sums = ChunkSums(a, b, BytesOf(depth - k));
    total = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), LaneScales(scales, block_size, k, depth - k),
                            total);
  }
  return _mm512_reduce_add_ps(total);
}

}  // namespace

void SumsS8(const WeightRows<int8_t>& b, int32_t* sums) {
  const __m512i ones = _mm512_set1_epi8(1);
  for (int64_t j = 0; j < b.columns; ++j) {
    const int8_t* row = b.data + b.begin + j * b.stride;
    __m512i sum = _mm512_setzero_si512();
    for (int64_t k = 0; k < b.depth; k += kBytes) {
      Prefetch(row + k);
      sum = _mm512_dpbusd_epi32(sum, ones, _mm512_maskz_loadu_epi8(Mask64(b.depth - k), row + k));
    }
    sums[j] = _mm512_reduce_add_epi32(sum);
  }
}

void SumsS4(const WeightRows<uint8_t>& b, int32_t* sums) {
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    __m512i sum = _mm512_setzero_si512();
    int64_t left = b.depth;
    for (; left > 1; left -= kChunk, row += kBytes) {
      sum = _mm512_add_epi32(sum, ChunkOfOnes(row, Mask64(Min(left, kChunk) / 2)));
    }
    sums[j] = _mm512_reduce_add_epi32(sum);
    // The last half of a byte, whose other half belongs to another row.
    if (b.depth % 2 != 0) {
      const uint8_t* last = b.data + (b.begin + j * b.stride + b.depth - 1) / 2;
      sums[j] += ((*last & 0xF) ^ 8) - 8;
    }
  }
}

void SumsS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, float* sums) {
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    const uint16_t* scales = blocks.scales + j * blocks.stride;
    __m512 sum = _mm512_setzero_ps();
    for (int64_t k = 0; k < b.depth; k += kChunk, row += kBytes) {
      const int64_t count = Min(kChunk, b.depth - k);
      sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(ChunkOfOnes(row, BytesOf(count))),
                            LaneScales(scales, blocks.block_size, k, count), sum);
    }
    sums[j] = _mm512_reduce_add_ps(sum);
  }
}

void OrderForS4(const ActivationRows& a, int64_t depth, uint8_t* ordered) {
  const __m512i flip = _mm512_set1_epi8(-128), low = _mm512_set1_epi16(0xFF);
  // VPACKUSWB takes 8 bytes of each operand in turn.
  const __m512i in_turn = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
  for (int64_t i = 0; i < a.rows; ++i) {
    const uint8_t* row = a.data + i * a.stride;
    for (int64_t k = 0; k < depth; k += kChunk, ordered += kChunkBytes) {
      const int64_t count = Min(kChunk, depth - k);
      const __mmask64 mask0 = Mask64(Min(count, kBytes));
      const __mmask64 mask1 = Mask64(count > kBytes ? count - kBytes : 0);
      const __m512i first =
          _mm512_maskz_sub_epi8(mask0, _mm512_maskz_loadu_epi8(mask0, row + k), flip);
      const __m512i second = _mm512_maskz_sub_epi8(
          mask1, _mm512_maskz_loadu_epi8(mask1, row + k + Min(count, kBytes)), flip);
      const __m512i even = _mm512_permutexvar_epi64(
          in_turn,
          _mm512_packus_epi16(_mm512_and_si512(first, low), _mm512_and_si512(second, low)));
      const __m512i odd = _mm512_permutexvar_epi64(
          in_turn, _mm512_packus_epi16(_mm512_srli_epi16(first, 8), _mm512_srli_epi16(second, 8)));
      const __m512i eight = _mm512_set1_epi8(8);
      __m512i eights = _mm512_dpbusd_epi32(_mm512_setzero_si512(), eight, even);
      eights = _mm512_dpbusd_epi32(eights, eight, odd);
      _mm512_storeu_si512(ordered, even);
      _mm512_storeu_si512(ordered + kBytes, odd);
      _mm512_storeu_si512(ordered + 2 * kBytes, _mm512_sub_epi32(_mm512_setzero_si512(), eights));
    }
  }
}

void RowsS8(const ActivationRows& a, const WeightRows<int8_t>& b, const int32_t* b_sums, int32_t* c,
            int64_t c_stride) {
  for (int64_t j = 0; j < b.columns; j += 4) {
    const int8_t* rows = b.data + b.begin + j * b.stride;
    int64_t i = 0;
    if (j + 4 <= b.columns) {
      for (; i + 4 <= a.rows; i += 4) {
        RowsS8Tile<4>(a, i, rows, b.stride, b.depth, b_sums + j, c + j, c_stride);
      }
      if (i + 2 <= a.rows) {
        RowsS8Tile<2>(a, i, rows, b.stride, b.depth, b_sums + j, c + j, c_stride);
        i += 2;
      }
    }
    for (; i < a.rows; ++i) {
      RowsS8One(a.data + i * a.stride, a.zeros[i], rows, b.stride, b.depth, Min(4, b.columns - j),
                b_sums + j, c + i * c_stride + j);
    }
  }
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
      StoreSums(dots, a.zeros[i] - 128, b_sums + j, count, c + i * c_stride + j);
    }
  }
}

void RowsS4Blocks(const ActivationRows& a, const WeightRows<uint8_t>& b, const WeightBlocks& blocks,
                  const float* b_sums, float* c, int64_t c_stride) {
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    const uint16_t* scales = blocks.scales + j * blocks.stride;
    for (int64_t i = 0; i < a.rows; ++i) {
      const float dot =
          blocks.block_size == 32
              ? DotS4Blocks(a.data + i * a.stride, row, b.depth, 32, scales)
              : DotS4Blocks(a.data + i * a.stride, row, b.depth, blocks.block_size, scales);
      c[i * c_stride + j] = dot + static_cast<float>(128 - a.zeros[i]) * b_sums[j];
    }
  }
}

}  // namespace edgetasks::kernels::simd::avx512vnni
