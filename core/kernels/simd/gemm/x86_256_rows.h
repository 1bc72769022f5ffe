// The gemm family for 256-bit registers: few rows of A against rows of B where they lie.
//
// The loops are templates of the Products of a set: AddBytes adds 32 products of bytes of A and B
// to eight partial sums, AddNibbles those of 32 bytes of A and 32 numbers -8 to 7. Everything here
// is local to the file that includes it: see x86_256.h.
#ifndef CORE_KERNELS_SIMD_GEMM_X86_256_ROWS_H_
#define CORE_KERNELS_SIMD_GEMM_X86_256_ROWS_H_

#include "core/kernels/simd/gemm/x86_256.h"
#include "core/kernels/simd/x86_prefetch.h"

namespace edgetasks::kernels::simd {
namespace {

// Rows end before the processor's prefetchers have learnt where they go. (A hint: an address behind
// the end is no error.)
void PrefetchAhead(const void* now, int64_t bytes = 2048) {
  Prefetch(static_cast<const char*>(now) + bytes);
}

__m128i Load16(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }

__m256i Joined(const __m256i (&sums)[4]) {
  return _mm256_add_epi32(_mm256_add_epi32(sums[0], sums[1]), _mm256_add_epi32(sums[2], sums[3]));
}

// Four sums, because each waits for itself.
template <typename Products>
int32_t DotS8(const uint8_t* a, const int8_t* b, int64_t depth) {
  __m256i sums[4];
#pragma GCC unroll 4
  for (__m256i& sum : sums) sum = _mm256_setzero_si256();
  int64_t k = 0;
  for (; k + 128 <= depth; k += 128) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      if (i % 2 == 0) PrefetchAhead(b + k + 32 * i);
      sums[i] = Products::AddBytes(sums[i], a + k + 32 * i, b + k + 32 * i);
    }
  }
  for (; k + 32 <= depth; k += 32) sums[0] = Products::AddBytes(sums[0], a + k, b + k);
  auto sum = static_cast<uint32_t>(SumOf(Joined(sums)));
  for (; k < depth; ++k) sum += static_cast<uint32_t>(a[k] * b[k]);
  return static_cast<int32_t>(sum);
}

// sum - zero * b_sum, modulo 2^32.
int32_t Shifted(int32_t sum, int32_t zero, int32_t b_sum) {
  return static_cast<int32_t>(static_cast<uint32_t>(sum) -
                              static_cast<uint32_t>(zero) * static_cast<uint32_t>(b_sum));
}

// A chunk is 32 elements: 16 bytes of nibbles. Of A it is the 16 even elements, then the 16 odd
// ones; zeros stand behind the depth.
constexpr int64_t kChunk = 32;

// The nibbles of 16 bytes, which are there twice, as int8, in that order.
__m256i Nibbles(__m256i twice) {
  const __m256i shifted = _mm256_srlv_epi64(twice, _mm256_setr_epi64x(0, 0, 4, 4));
  const __m256i both = _mm256_and_si256(shifted, _mm256_set1_epi8(0x0F));
  const __m256i eight = _mm256_set1_epi8(8);
  return _mm256_sub_epi8(_mm256_xor_si256(both, eight), eight);
}

// The first `count` bytes, count <= 16, zeros behind them.
__m128i LoadPart(const uint8_t* from, int64_t count) {
  if (count >= 16) return Load16(from);
  alignas(16) uint8_t part[16] = {};
  __builtin_memcpy(part, from, static_cast<size_t>(count));
  return _mm_load_si128(reinterpret_cast<const __m128i*>(part));
}

// Adds the products of a chunk of `bytes` bytes to eight partial sums.
template <typename Products>
__m256i AddChunk(__m256i sum, __m256i a, const uint8_t* b, int64_t bytes) {
  return Products::AddNibbles(sum, a, Nibbles(_mm256_broadcastsi128_si256(LoadPart(b, bytes))));
}

__m256i LoadChunkOfA(const uint8_t* a) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a));
}

int32_t LastNibble(const WeightRows<uint8_t>& b, int64_t row) {
  const int64_t element = b.begin + row * b.stride + b.depth - 1;
  const int32_t nibble = (b.data[element >> 1] >> ((element & 1) * 4)) & 0xF;
  return (nibble ^ 8) - 8;
}

template <typename Products>
void RowsS8(const ActivationRows& a, const WeightRows<int8_t>& b, const int32_t* b_sums, int32_t* c,
            int64_t c_stride) {
  for (int64_t j = 0; j < b.columns; ++j) {
    const int8_t* row = b.data + b.begin + j * b.stride;
    for (int64_t i = 0; i < a.rows; ++i) {
      c[i * c_stride + j] =
          Shifted(DotS8<Products>(a.data + i * a.stride, row, b.depth), a.zeros[i], b_sums[j]);
    }
  }
}

void SumsS8(const WeightRows<int8_t>& b, int32_t* sums) {
  const __m256i ones = _mm256_set1_epi16(1);
  for (int64_t j = 0; j < b.columns; ++j) {
    const int8_t* row = b.data + b.begin + j * b.stride;
    __m256i sum = _mm256_setzero_si256();
    int64_t k = 0;
    for (; k + 16 <= b.depth; k += 16) {
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(ones, _mm256_cvtepi8_epi16(Load16(row + k))));
    }
    sums[j] = SumOf(sum);
    for (; k < b.depth; ++k) sums[j] += row[k];
  }
}

void OrderForS4(const ActivationRows& a, int64_t depth, uint8_t* ordered) {
  for (int64_t i = 0; i < a.rows; ++i, ordered += OrderedBytes(depth)) {
    const uint8_t* row = a.data + i * a.stride;
    for (int64_t k = 0; k < OrderedBytes(depth); ++k) {
      const int64_t chunk = k / kChunk * kChunk, at = k % kChunk;
      const int64_t element = chunk + (at < 16 ? 2 * at : 2 * (at - 16) + 1);
      ordered[k] = element < depth ? row[element] : 0;
    }
  }
}

// `a` is ordered for s4.
template <typename Products>
int32_t DotS4(const uint8_t* a, const uint8_t* b, int64_t depth) {
  __m256i sums[4];
#pragma GCC unroll 4
  for (__m256i& sum : sums) sum = _mm256_setzero_si256();
  int64_t k = 0;
  for (; k + 4 * kChunk <= depth; k += 4 * kChunk) {
    PrefetchAhead(b + k / 2);
#pragma GCC unroll 4
    for (int64_t i = 0; i < 4; ++i) {
      const int64_t at = k + i * kChunk;
      sums[i] = AddChunk<Products>(sums[i], LoadChunkOfA(a + at), b + at / 2, 16);
    }
  }
  for (; k < depth; k += kChunk) {
    const int64_t bytes = (Min(kChunk, depth - k) + 1) / 2;
    sums[0] = AddChunk<Products>(sums[0], LoadChunkOfA(a + k), b + k / 2, bytes);
  }
  return SumOf(Joined(sums));
}

template <typename Products>
void RowsS4(const ActivationRows& a, const WeightRows<uint8_t>& b, const int32_t* b_sums,
            int32_t* c, int64_t c_stride) {
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    for (int64_t i = 0; i < a.rows; ++i) {
      c[i * c_stride + j] =
          Shifted(DotS4<Products>(a.data + i * a.stride, row, b.depth), a.zeros[i], b_sums[j]);
    }
  }
}

// The sums of a block, in eight parts.
template <typename Products>
inline __attribute__((always_inline)) __m256i BlockSums(const uint8_t* a, const uint8_t* b,
                                                        int64_t block_size) {
  __m256i sum = AddChunk<Products>(_mm256_setzero_si256(), LoadChunkOfA(a), b, 16);
  for (int64_t k = kChunk; k < block_size; k += kChunk) {
    sum = AddChunk<Products>(sum, LoadChunkOfA(a + k), b + k / 2, 16);
  }
  return sum;
}

// `a` is ordered for s4, `half` the scales of the row. Scales are converted eight at a time, and
// two totals are kept, because each waits for itself.
template <typename Products>
inline __attribute__((always_inline)) float DotS4Blocks(const uint8_t* a, const uint8_t* b,
                                                        const uint16_t* half, int64_t blocks,
                                                        int64_t block_size) {
  __m256 totals[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
  const auto add = [&](int64_t block, float scale, __m256& total) __attribute__((always_inline)) {
    const int64_t k = block * block_size;
    const __m256 sums = _mm256_cvtepi32_ps(BlockSums<Products>(a + k, b + k / 2, block_size));
    total = _mm256_fmadd_ps(sums, _mm256_set1_ps(scale), total);
  };
  int64_t block = 0;
  for (; block + 8 <= blocks; block += 8) {
    for (int64_t k = 0; k < 8 * block_size; k += 128) {
      PrefetchAhead(b + (block * block_size + k) / 2);
    }
    alignas(32) float scales[8];
    _mm256_store_ps(scales, _mm256_cvtph_ps(Load16(half + block)));
#pragma GCC unroll 8
    for (int64_t i = 0; i < 8; ++i) add(block + i, scales[i], totals[i % 2]);
  }
  for (; block < blocks; ++block) add(block, _cvtsh_ss(half[block]), totals[0]);
  return SumOf(_mm256_add_ps(totals[0], totals[1]));
}

template <typename Products>
void RowsS4Blocks(const ActivationRows& a, const WeightRows<uint8_t>& b, const WeightBlocks& blocks,
                  const float* b_sums, float* c, int64_t c_stride) {
  const int64_t size = blocks.block_size, count = b.depth / size;
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    const uint16_t* half = blocks.scales + j * blocks.stride;
    for (int64_t i = 0; i < a.rows; ++i) {
      const uint8_t* a_row = a.data + i * a.stride;
      // Blocks of one chunk are the common ones: no loop within.
      const float sum = size == kChunk ? DotS4Blocks<Products>(a_row, row, half, count, kChunk)
                                       : DotS4Blocks<Products>(a_row, row, half, count, size);
      c[i * c_stride + j] = sum - static_cast<float>(a.zeros[i]) * b_sums[j];
    }
  }
}

template <typename Products>
void SumsS4(const WeightRows<uint8_t>& b, int32_t* sums) {
  const __m256i ones = _mm256_set1_epi8(1);
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    __m256i sum = _mm256_setzero_si256();
    for (int64_t k = 0; k + 1 < b.depth; k += kChunk) {
      const int64_t bytes = Min(kChunk, b.depth - k) / 2;  // whole ones
      sum = AddChunk<Products>(sum, ones, row + k / 2, bytes);
    }
    sums[j] = SumOf(sum);
    if (b.depth % 2 != 0) sums[j] += LastNibble(b, j);
  }
}

template <typename Products>
void SumsS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, float* sums) {
  const __m256i ones = _mm256_set1_epi8(1);
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    const uint16_t* half = blocks.scales + j * blocks.stride;
    sums[j] = 0.0f;
    for (int64_t begin = 0; begin < b.depth; begin += blocks.block_size) {
      __m256i sum = _mm256_setzero_si256();
      for (int64_t k = begin; k < begin + blocks.block_size; k += kChunk) {
        sum = AddChunk<Products>(sum, ones, row + k / 2, 16);
      }
      sums[j] += _cvtsh_ss(*half++) * static_cast<float>(SumOf(sum));
    }
  }
}

template <typename Products>
constexpr RowKernels kRows = {
    SumsS8,           SumsS4<Products>, SumsS4Blocks<Products>, OrderForS4,
    RowsS8<Products>, RowsS4<Products>, RowsS4Blocks<Products>,
};

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_X86_256_ROWS_H_
