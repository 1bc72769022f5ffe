// The gemm family for 256-bit registers: few rows of A against rows of B where they lie.
//
// The loops are templates of the Products of a set: AddBytes adds 32 products of bytes of A and B
// to eight partial sums, AddNibbles those of twice 32 bytes of A and 32 numbers -8 to 7. Everything
// here is local to the file that includes it: see x86_256.h.
#ifndef CORE_KERNELS_SIMD_GEMM_X86_256_ROWS_H_
#define CORE_KERNELS_SIMD_GEMM_X86_256_ROWS_H_

#include "core/kernels/simd/floats.h"
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

// A chunk is 64 elements: 32 bytes of nibbles. Of A it is the 32 even elements, then the 32 odd
// ones; zeros stand behind the depth.
constexpr int64_t kChunk = 64;

struct ChunkOfA {
  __m256i even, odd;

  static ChunkOfA Load(const uint8_t* a) {
    const auto* from = reinterpret_cast<const __m256i*>(a);
    return {_mm256_loadu_si256(from), _mm256_loadu_si256(from + 1)};
  }
  static ChunkOfA Ones() { return {_mm256_set1_epi8(1), _mm256_set1_epi8(1)}; }
};

// The first `count` bytes, up to 32, zeros behind them.
__m256i LoadPart(const uint8_t* from, int64_t count) {
  if (count >= 32) return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  alignas(32) uint8_t part[32] = {};
  __builtin_memcpy(part, from, static_cast<size_t>(count));
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(part));
}

// Adds the products of a chunk to eight partial sums, of eight elements each.
template <typename Products>
__m256i AddChunk(__m256i sum, const ChunkOfA& a, __m256i pairs) {
  const __m256i mask = _mm256_set1_epi8(0x0F), eight = _mm256_set1_epi8(8);
  const auto extended = [&](__m256i nibbles) {
    return _mm256_sub_epi8(_mm256_xor_si256(_mm256_and_si256(nibbles, mask), eight), eight);
  };
  return Products::AddNibbles(sum, a.even, extended(pairs), a.odd,
                              extended(_mm256_srli_epi16(pairs, 4)));
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
      const int64_t element = chunk + (at < 32 ? 2 * at : 2 * (at - 32) + 1);
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
#pragma GCC unroll 4
    for (int64_t i = 0; i < 4; ++i) {
      const int64_t at = k + i * kChunk;
      if (i % 2 == 0) PrefetchAhead(b + at / 2);
      sums[i] = AddChunk<Products>(sums[i], ChunkOfA::Load(a + at), LoadPart(b + at / 2, 32));
    }
  }
  for (; k < depth; k += kChunk) {
    const int64_t bytes = (Min(kChunk, depth - k) + 1) / 2;
    sums[0] = AddChunk<Products>(sums[0], ChunkOfA::Load(a + k), LoadPart(b + k / 2, bytes));
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

// The scales of [element, element + 128), one for 32 elements; zeros behind `count` of them.
__attribute__((always_inline)) inline __m128 ScalesOf(const uint16_t* half, int64_t block_size,
                                                      int64_t element, int64_t count) {
  if (block_size == 32 && count == 2 * kChunk) {
    return _mm_cvtph_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(half + element / 32)));
  }
  alignas(8) uint16_t four[4] = {};
  for (int64_t i = 0; 32 * i < count; ++i) four[i] = half[(element + 32 * i) / block_size];
  return _mm_cvtph_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(four)));
}

// The products of a row of B and what a(k) says is the chunk of A at element k. `half` are the
// scales of the row.
template <typename Products, typename A>
inline __attribute__((always_inline)) float DotS4Blocks(const A& a, const uint8_t* b,
                                                        const uint16_t* half, int64_t depth,
                                                        int64_t block_size) {
  SixteenFloats totals = SixteenFloats::Zero();
  const auto add = [&](int64_t k, int64_t count) __attribute__((always_inline)) {
    const __m256 scales = _mm256_castps128_ps256(ScalesOf(half, block_size, k, count));
    PrefetchAhead(b + k / 2);
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
      const int64_t at = k + i * kChunk, left = count - i * kChunk;
      if (left <= 0) break;
      const __m256i sums =
          AddChunk<Products>(_mm256_setzero_si256(), a(at), LoadPart(b + at / 2, left / 2));
      const __m256i lanes =
          _mm256_setr_epi32(2 * i, 2 * i, 2 * i, 2 * i, 2 * i + 1, 2 * i + 1, 2 * i + 1, 2 * i + 1);
      totals.v[i].v = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums),
                                      _mm256_permutevar8x32_ps(scales, lanes), totals.v[i].v);
    }
  };
  int64_t k = 0;
  for (; k + 2 * kChunk <= depth; k += 2 * kChunk) add(k, 2 * kChunk);
  if (k < depth) add(k, depth - k);
  return totals.Sum();
}

// Blocks of 32 are the common ones: code of their own.
template <typename Products, typename A>
float DotS4BlocksOf(const A& a, const uint8_t* b, const uint16_t* half, int64_t depth,
                    int64_t block_size) {
  return block_size == 32 ? DotS4Blocks<Products>(a, b, half, depth, 32)
                          : DotS4Blocks<Products>(a, b, half, depth, block_size);
}

template <typename Products>
void RowsS4Blocks(const ActivationRows& a, const WeightRows<uint8_t>& b, const WeightBlocks& blocks,
                  const float* b_sums, float* c, int64_t c_stride) {
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    const uint16_t* half = blocks.scales + j * blocks.stride;
    for (int64_t i = 0; i < a.rows; ++i) {
      const uint8_t* a_row = a.data + i * a.stride;
      const auto chunk = [a_row](int64_t k) { return ChunkOfA::Load(a_row + k); };
      const float sum = DotS4BlocksOf<Products>(chunk, row, half, b.depth, blocks.block_size);
      c[i * c_stride + j] = sum - static_cast<float>(a.zeros[i]) * b_sums[j];
    }
  }
}

template <typename Products>
void SumsS4(const WeightRows<uint8_t>& b, int32_t* sums) {
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    __m256i sum = _mm256_setzero_si256();
    for (int64_t k = 0; k + 1 < b.depth; k += kChunk) {
      const int64_t bytes = Min(kChunk, b.depth - k) / 2;  // whole ones
      sum = AddChunk<Products>(sum, ChunkOfA::Ones(), LoadPart(row + k / 2, bytes));
    }
    sums[j] = SumOf(sum);
    if (b.depth % 2 != 0) sums[j] += LastNibble(b, j);
  }
}

template <typename Products>
void SumsS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, float* sums) {
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    const uint16_t* half = blocks.scales + j * blocks.stride;
    const auto ones = [](int64_t) { return ChunkOfA::Ones(); };
    sums[j] = DotS4BlocksOf<Products>(ones, row, half, b.depth, blocks.block_size);
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
