// The gemm family for ARM: few rows of A against rows of B where they lie.
//
// Include after two functions Dot(sums, a, b) in an anonymous namespace of
// edgetasks::kernels::simd, of signed and of unsigned bytes: they add the products of four bytes to
// each of four sums, as SDOT and UDOT do. Everything here is local to the file that includes it:
// see arm_dotprod.h.
#ifndef CORE_KERNELS_SIMD_GEMM_ARM_ROWS_H_
#define CORE_KERNELS_SIMD_GEMM_ARM_ROWS_H_

#include "core/kernels/simd/floats.h"
#include "core/kernels/simd/gemm/arm_dotprod.h"
#include "core/kernels/simd/gemm/gemm.h"

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: see above

// The products of a row of A less 128 and kColumns rows of B, modulo 2^32. Several rows of B share
// what is loaded of A; each has two sums, because each waits for itself.
template <int kColumns>
void DotS8(const uint8_t* a, const int8_t* b, int64_t b_stride, int64_t depth,
           uint32_t (&totals)[kColumns]) {
  int32x4_t sums[kColumns][2];
#pragma GCC unroll 4
  for (int c = 0; c < kColumns; ++c) sums[c][0] = sums[c][1] = vdupq_n_s32(0);
  int64_t k = 0;
  for (; k + 32 <= depth; k += 32) {
    const int8x16_t x = Less128(vld1q_u8(a + k)), y = Less128(vld1q_u8(a + k + 16));
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) {
      const int8_t* row = b + c * b_stride + k;
      sums[c][0] = Dot(sums[c][0], x, vld1q_s8(row));
      sums[c][1] = Dot(sums[c][1], y, vld1q_s8(row + 16));
    }
  }
#pragma GCC unroll 4
  for (int c = 0; c < kColumns; ++c) {
    totals[c] = static_cast<uint32_t>(vaddvq_s32(vaddq_s32(sums[c][0], sums[c][1])));
    for (int64_t rest = k; rest < depth; ++rest) {
      totals[c] += static_cast<uint32_t>((a[rest] - 128) * b[c * b_stride + rest]);
    }
  }
}

// sum + by * b_sum, modulo 2^32.
int32_t Shifted(uint32_t sum, int32_t by, int32_t b_sum) {
  return static_cast<int32_t>(sum + static_cast<uint32_t>(by) * static_cast<uint32_t>(b_sum));
}

// A chunk is 32 elements of a row: 16 bytes of nibbles. Of A it is the 16 even elements, then the
// 16 odd ones, then for each lane of 8 elements minus eight times their sum, int32: nibbles enter
// products as w + 8, and this takes the 8 out again. Zeros stand behind the depth.
constexpr int64_t kChunk = 32;
constexpr int64_t kChunkBytes = 48;

// The first `count` bytes, count <= 16; nibbles of 0 behind them.
uint8x16_t LoadPart(const uint8_t* from, int64_t count) {
  if (count >= 16) return vld1q_u8(from);
  uint8_t part[16] = {};
  __builtin_memcpy(part, from, static_cast<size_t>(count));
  return vld1q_u8(part);
}

// A chunk of A, as it meets chunks of several rows of B.
struct ChunkOfA {
  explicit ChunkOfA(const uint8_t* a)
      : even(vld1q_u8(a)),
        odd(vld1q_u8(a + 16)),
        eights(vld1q_s32(reinterpret_cast<const int32_t*>(a + 32))) {}

  // Adds the products with a chunk of B to four partial sums.
  int32x4_t AddTo(int32x4_t sums, uint8x16_t b) const {
    const uint8x16_t eight = vdupq_n_u8(8);
    const uint8x16_t b_even = veorq_u8(vandq_u8(b, vdupq_n_u8(0x0F)), eight);
    const uint8x16_t b_odd = veorq_u8(vshrq_n_u8(b, 4), eight);
    const uint32x4_t start = vreinterpretq_u32_s32(vaddq_s32(sums, eights));
    return vreinterpretq_s32_u32(Dot(Dot(start, even, b_even), odd, b_odd));
  }

  uint8x16_t even, odd;
  int32x4_t eights;
};

// The sums of a chunk of B, in the same lanes.
int32x4_t ChunkOfOnes(uint8x16_t bytes) {
  const int8x16_t ones = vdupq_n_s8(1);
  const int8x16_t both = vreinterpretq_s8_u8(bytes);
  const int8x16_t even = vshrq_n_s8(vshlq_n_s8(both, 4), 4), odd = vshrq_n_s8(both, 4);
  return Dot(Dot(vdupq_n_s32(0), even, ones), odd, ones);
}

void SumsS8(const WeightRows<int8_t>& b, int32_t* sums) {
  const int8x16_t ones = vdupq_n_s8(1);
  for (int64_t j = 0; j < b.columns; ++j) {
    const int8_t* row = b.data + b.begin + j * b.stride;
    int32x4_t sum = vdupq_n_s32(0);
    int64_t k = 0;
    for (; k + 16 <= b.depth; k += 16) sum = Dot(sum, vld1q_s8(row + k), ones);
    sums[j] = vaddvq_s32(sum);
    for (; k < b.depth; ++k) sums[j] += row[k];
  }
}

void SumsS4(const WeightRows<uint8_t>& b, int32_t* sums) {
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    int32x4_t sum = vdupq_n_s32(0);
    for (int64_t k = 0; k + 1 < b.depth; k += kChunk) {
      const int64_t bytes = Min(kChunk, b.depth - k) / 2;  // whole ones
      sum = vaddq_s32(sum, ChunkOfOnes(LoadPart(row + k / 2, bytes)));
    }
    sums[j] = vaddvq_s32(sum);
    if (b.depth % 2 == 0) continue;
    const uint8_t last = b.data[(b.begin + j * b.stride + b.depth - 1) / 2];
    sums[j] += ((last & 0xF) ^ 8) - 8;  // the other half belongs to another row
  }
}

void SumsS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, float* sums) {
  for (int64_t j = 0; j < b.columns; ++j) {
    const uint8_t* row = b.data + (b.begin + j * b.stride) / 2;
    const uint16_t* half = blocks.scales + j * blocks.stride;
    SixteenFloats totals = SixteenFloats::Zero();
    for (int64_t k = 0; k < b.depth; k += kChunk) {
      const float32x4_t sum = vcvtq_f32_s32(ChunkOfOnes(vld1q_u8(row + k / 2)));
      Floats& total = totals.v[k / kChunk % 4];
      total.v = vfmaq_n_f32(total.v, sum, FloatOf(half[k / blocks.block_size]));
    }
    sums[j] = totals.Sum();
  }
}

void OrderForS4(const ActivationRows& a, int64_t depth, uint8_t* ordered) {
  for (int64_t i = 0; i < a.rows; ++i) {
    const uint8_t* row = a.data + i * a.stride;
    uint8_t* chunk = ordered + i * OrderedBytes(depth);
    for (int64_t k = 0; k < depth; k += kChunk, chunk += kChunkBytes) {
      for (int64_t at = 0; at < kChunk; ++at) {
        const uint8_t value = k + at < depth ? row[k + at] : 0;
        chunk[at % 2 * 16 + at / 2] = value;
      }
      const uint8x16_t eight = vdupq_n_u8(8);
      uint32x4_t eights = Dot(vdupq_n_u32(0), vld1q_u8(chunk), eight);
      eights = Dot(eights, vld1q_u8(chunk + 16), eight);
      vst1q_u32(reinterpret_cast<uint32_t*>(chunk + 32), vsubq_u32(vdupq_n_u32(0), eights));
    }
  }
}

template <int kColumns>
void ColumnsS8(const ActivationRows& a, const WeightRows<int8_t>& b, int64_t j,
               const int32_t* b_sums, int32_t* c, int64_t c_stride) {
  const int8_t* rows = b.data + b.begin + j * b.stride;
  for (int64_t i = 0; i < a.rows; ++i) {
    uint32_t totals[kColumns];
    DotS8<kColumns>(a.data + i * a.stride, rows, b.stride, b.depth, totals);
    for (int64_t at = 0; at < kColumns; ++at) {
      c[i * c_stride + j + at] = Shifted(totals[at], 128 - a.zeros[i], b_sums[j + at]);
    }
  }
}

void RowsS8(const ActivationRows& a, const WeightRows<int8_t>& b, const int32_t* b_sums, int32_t* c,
            int64_t c_stride) {
  int64_t j = 0;
  for (; j + 4 <= b.columns; j += 4) ColumnsS8<4>(a, b, j, b_sums, c, c_stride);
  for (; j < b.columns; ++j) ColumnsS8<1>(a, b, j, b_sums, c, c_stride);
}

// Rows j to j + kColumns of B: what is loaded of A serves them all.
template <int kColumns>
void ColumnsS4(const ActivationRows& a, const WeightRows<uint8_t>& b, int64_t j,
               const int32_t* b_sums, int32_t* c, int64_t c_stride) {
  const uint8_t* rows = b.data + (b.begin + j * b.stride) / 2;
  for (int64_t i = 0; i < a.rows; ++i) {
    const uint8_t* chunk = a.data + i * a.stride;
    int32x4_t sums[kColumns];
#pragma GCC unroll 4
    for (int at = 0; at < kColumns; ++at) sums[at] = vdupq_n_s32(0);
    int64_t k = 0;
    for (; k + kChunk <= b.depth; k += kChunk, chunk += kChunkBytes) {
      const ChunkOfA x(chunk);
#pragma GCC unroll 4
      for (int at = 0; at < kColumns; ++at) {
        sums[at] = x.AddTo(sums[at], vld1q_u8(rows + (at * b.stride + k) / 2));
      }
    }
    for (int at = 0; at < kColumns; ++at) {
      if (k < b.depth) {
        const uint8x16_t part = LoadPart(rows + (at * b.stride + k) / 2, (b.depth - k + 1) / 2);
        sums[at] = ChunkOfA(chunk).AddTo(sums[at], part);
      }
      c[i * c_stride + j + at] =
          Shifted(static_cast<uint32_t>(vaddvq_s32(sums[at])), -a.zeros[i], b_sums[j + at]);
    }
  }
}

void RowsS4(const ActivationRows& a, const WeightRows<uint8_t>& b, const int32_t* b_sums,
            int32_t* c, int64_t c_stride) {
  int64_t j = 0;
  for (; j + 4 <= b.columns; j += 4) ColumnsS4<4>(a, b, j, b_sums, c, c_stride);
  for (; j < b.columns; ++j) ColumnsS4<1>(a, b, j, b_sums, c, c_stride);
}

// Chunks 0, 1, 2 and 3 of every four have four sums each.
template <int kColumns>
void ColumnsS4Blocks(const ActivationRows& a, const WeightRows<uint8_t>& b,
                     const WeightBlocks& blocks, int64_t j, const float* b_sums, float* c,
                     int64_t c_stride) {
  const uint8_t* rows = b.data + (b.begin + j * b.stride) / 2;
  const uint16_t* scales = blocks.scales + j * blocks.stride;
  for (int64_t i = 0; i < a.rows; ++i) {
    const uint8_t* chunk = a.data + i * a.stride;
    SixteenFloats totals[kColumns];
#pragma GCC unroll 4
    for (int at = 0; at < kColumns; ++at) totals[at] = SixteenFloats::Zero();
    const auto add = [&](int64_t k, int part) __attribute__((always_inline)) {
      const ChunkOfA x(chunk);
      const int64_t block = k / blocks.block_size;
#pragma GCC unroll 4
      for (int at = 0; at < kColumns; ++at) {
        const int32x4_t sums = x.AddTo(vdupq_n_s32(0), vld1q_u8(rows + (at * b.stride + k) / 2));
        Floats& total = totals[at].v[part];
        total.v =
            vfmaq_n_f32(total.v, vcvtq_f32_s32(sums), FloatOf(scales[at * blocks.stride + block]));
      }
      chunk += kChunkBytes;
    };
    int64_t k = 0;
    for (; k + 4 * kChunk <= b.depth; k += 4 * kChunk) {
#pragma GCC unroll 4
      for (int part = 0; part < 4; ++part) add(k + part * kChunk, part);
    }
    for (int part = 0; k < b.depth; k += kChunk, ++part) add(k, part);
    for (int at = 0; at < kColumns; ++at) {
      c[i * c_stride + j + at] = totals[at].Sum() - static_cast<float>(a.zeros[i]) * b_sums[j + at];
    }
  }
}

void RowsS4Blocks(const ActivationRows& a, const WeightRows<uint8_t>& b, const WeightBlocks& blocks,
                  const float* b_sums, float* c, int64_t c_stride) {
  int64_t j = 0;
  for (; j + 4 <= b.columns; j += 4) ColumnsS4Blocks<4>(a, b, blocks, j, b_sums, c, c_stride);
  for (; j < b.columns; ++j) ColumnsS4Blocks<1>(a, b, blocks, j, b_sums, c, c_stride);
}

constexpr RowKernels kRows = {
    SumsS8, SumsS4, SumsS4Blocks, OrderForS4, RowsS8, RowsS4, RowsS4Blocks,
};

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_ARM_ROWS_H_
