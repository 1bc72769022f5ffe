// The gemm family with SDOT and UDOT: packed panels, floats to integers and back, and the table.
//
// SDOT takes signed bytes: activations enter products less 128, and the sums of B put it back.
#include "core/kernels/simd/gemm/arm_dotprod.h"

#include "core/kernels/simd/gemm/gemm.h"

namespace edgetasks::kernels::simd {

extern const GemmKernels kGemmScalar;
extern const RowKernels kGemmRowsDotprod;

namespace {

// Sixteen elements of a row of B as int8. `element` is even for s4.
struct LoadS8 {
  using Type = int8_t;
  static int8x16_t Sixteen(const int8_t* data, int64_t element) { return vld1q_s8(data + element); }
  static int32_t One(const int8_t* data, int64_t element) { return data[element]; }
};
struct LoadU8 {
  using Type = uint8_t;
  static int8x16_t Sixteen(const uint8_t* data, int64_t element) {
    return Less128(vld1q_u8(data + element));
  }
  static int32_t One(const uint8_t* data, int64_t element) { return data[element] - 128; }
};
struct LoadS4 {
  using Type = uint8_t;
  static int8x16_t Sixteen(const uint8_t* data, int64_t element) {
    const int8x8_t pairs = vreinterpret_s8_u8(vld1_u8(data + element / 2));
    const int8x8_t even = vshr_n_s8(vshl_n_s8(pairs, 4), 4), odd = vshr_n_s8(pairs, 4);
    return vcombine_s8(vzip1_s8(even, odd), vzip2_s8(even, odd));
  }
  static int32_t One(const uint8_t* data, int64_t element) {
    const int32_t nibble = (data[element >> 1] >> ((element & 1) * 4)) & 0xF;
    return (nibble ^ 8) - 8;
  }
};

// Elements [k, k + 16) of a column, zeros behind the depth or where there is no such column.
template <typename Load>
int8x16_t SixteenOf(const WeightRows<typename Load::Type>& b, int64_t column, int64_t k) {
  if (column >= b.columns) return vdupq_n_s8(0);
  const int64_t element = b.begin + column * b.stride + k;
  if (k + 16 <= b.depth) return Load::Sixteen(b.data, element);
  int8_t part[16] = {};
  for (int64_t i = 0; k + i < b.depth; ++i) {
    part[i] = static_cast<int8_t>(Load::One(b.data, element + i));
  }
  return vld1q_s8(part);
}

// Writes four columns, and returns their sums.
template <typename Load>
int32x4_t PackFour(const WeightRows<typename Load::Type>& b, int64_t column, int64_t begin,
                   int64_t end, uint8_t* panel) {
  const int8x16_t ones = vdupq_n_s8(1);
  int32x4_t sums = vdupq_n_s32(0);
  for (int64_t k = begin; k < end; k += 16) {
    int32x4_t rows[4];
    for (int i = 0; i < 4; ++i) {
      rows[i] = vreinterpretq_s32_s8(SixteenOf<Load>(b, column + i, k));
    }
    const int32x4_t t0 = vzip1q_s32(rows[0], rows[2]), t1 = vzip2q_s32(rows[0], rows[2]);
    const int32x4_t t2 = vzip1q_s32(rows[1], rows[3]), t3 = vzip2q_s32(rows[1], rows[3]);
    const int32x4_t groups[4] = {vzip1q_s32(t0, t2), vzip2q_s32(t0, t2), vzip1q_s32(t1, t3),
                                 vzip2q_s32(t1, t3)};
    for (int64_t g = 0; g < 4 && k + g * kPanelDepthUnit < end; ++g) {
      const int8x16_t group = vreinterpretq_s8_s32(groups[g]);
      const int64_t at = k / kPanelDepthUnit + g;
      vst1q_u8(panel + (at * kPanelColumns + column) * kPanelDepthUnit, vreinterpretq_u8_s8(group));
      sums = vdotq_s32(sums, group, ones);
    }
  }
  return sums;
}

template <typename Load>
void Pack(const WeightRows<typename Load::Type>& b, uint8_t* panel) {
  const int64_t depth = PanelDepth(b.depth);
  auto* sums = reinterpret_cast<int32_t*>(panel + depth * kPanelColumns);
  for (int64_t j = 0; j < kPanelColumns; j += 4) {
    vst1q_s32(sums + j, PackFour<Load>(b, j, 0, depth, panel));
  }
}

void PackS4(const WeightRows<uint8_t>& b, uint8_t* panel) {
  if ((b.begin | b.stride) % 2 != 0) return kGemmScalar.pack_s4(b, panel);
  Pack<LoadS4>(b, panel);
}

void PackS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, uint8_t* panel) {
  float* scales = reinterpret_cast<float*>(panel + b.depth * kPanelColumns);
  float* weighted_sums = scales + b.depth / blocks.block_size * kPanelColumns;
  for (int64_t j = 0; j < kPanelColumns; j += 4) {
    float32x4_t weighted = vdupq_n_f32(0.0f);
    float* scale = scales + j;
    for (int64_t k = 0; k < b.depth; k += blocks.block_size, scale += kPanelColumns) {
      const int32x4_t sums = PackFour<LoadS4>(b, j, k, k + blocks.block_size, panel);
      for (int64_t i = 0; i < 4; ++i) {
        const bool inside = j + i < b.columns;
        scale[i] =
            inside ? FloatOf(blocks.scales[(j + i) * blocks.stride + k / blocks.block_size]) : 0;
      }
      weighted = vfmaq_f32(weighted, vcvtq_f32_s32(sums), vld1q_f32(scale));
    }
    vst1q_f32(weighted_sums + j, weighted);
  }
}

// Sixteen columns of a panel at once: with four rows, sixteen vectors of sums in registers.
constexpr int64_t kTileColumns = 16;

// Four bytes of each of kRows rows of A in all lanes, less 128, by four vectors of B.
template <int kRows>
__attribute__((always_inline)) inline void AddGroup(const uint8_t* rows, int64_t stride,
                                                    const uint8_t* panel,
                                                    int32x4_t (&acc)[kRows][4]) {
  int8x16_t b[4];
#pragma GCC unroll 4
  for (int v = 0; v < 4; ++v) b[v] = vreinterpretq_s8_u8(vld1q_u8(panel + 16 * v));
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    uint32_t four;
    __builtin_memcpy(&four, rows + r * stride, sizeof(four));
    const int8x16_t a = Less128(vreinterpretq_u8_u32(vdupq_n_u32(four)));
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) acc[r][v] = vdotq_s32(acc[r][v], b[v], a);
  }
}

template <int kRows>
void Clear(int32x4_t (&acc)[kRows][4]) {
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < 4; ++v) acc[r][v] = vdupq_n_s32(0);
  }
}

template <int kRows>
void MultiplyRows(const ActivationRows& a, int64_t row, int64_t depth, const uint8_t* panel,
                  int32_t* c, int64_t c_stride) {
  const int64_t padded = PanelDepth(depth);
  const auto* sums = reinterpret_cast<const int32_t*>(panel + padded * kPanelColumns);
  for (int64_t j = 0; j < kPanelColumns; j += kTileColumns) {
    int32x4_t acc[kRows][4];
    Clear<kRows>(acc);
    const uint8_t* b = panel + j * kPanelDepthUnit;
    for (int64_t k = 0; k < padded; k += kPanelDepthUnit, b += kPanelColumns * kPanelDepthUnit) {
      AddGroup<kRows>(a.data + row * a.stride + k, a.stride, b, acc);
    }
    for (int r = 0; r < kRows; ++r) {
      const int32_t shift = 128 - a.zeros[row + r];
      for (int v = 0; v < 4; ++v) {
        vst1q_s32(c + (row + r) * c_stride + j + 4 * v,
                  vmlaq_n_s32(acc[r][v], vld1q_s32(sums + j + 4 * v), shift));
      }
    }
  }
}

void Multiply(const ActivationRows& a, int64_t depth, const uint8_t* panel, int32_t* c,
              int64_t c_stride) {
  int64_t row = 0;
  for (; row + 4 <= a.rows; row += 4) MultiplyRows<4>(a, row, depth, panel, c, c_stride);
  for (; row < a.rows; ++row) MultiplyRows<1>(a, row, depth, panel, c, c_stride);
}

// Two rows of sixteen columns: sums of a block and of all blocks. The bound asks for sums of what A
// is, not of A less 128, so the 128 goes back into each block as an integer.
template <int kRows>
void MultiplyBlockRows(const ActivationRows& a, int64_t row, int64_t depth, int64_t block_size,
                       const uint8_t* panel, float* c, int64_t c_stride) {
  const float* scales = reinterpret_cast<const float*>(panel + depth * kPanelColumns);
  const float* weighted_sums = scales + depth / block_size * kPanelColumns;
  const int8x16_t ones = vdupq_n_s8(1);
  for (int64_t j = 0; j < kPanelColumns; j += kTileColumns) {
    float32x4_t total[kRows][4];
    for (int r = 0; r < kRows; ++r) {
      for (int v = 0; v < 4; ++v) {
        total[r][v] = vmulq_n_f32(vld1q_f32(weighted_sums + j + 4 * v),
                                  static_cast<float>(-a.zeros[row + r]));
      }
    }
    const uint8_t* b = panel + j * kPanelDepthUnit;
    const float* scale = scales + j;
    for (int64_t begin = 0; begin < depth; begin += block_size, scale += kPanelColumns) {
      int32x4_t acc[kRows][4], sums[1][4];
      Clear<kRows>(acc);
      Clear<1>(sums);
      for (int64_t k = begin; k < begin + block_size; k += kPanelDepthUnit) {
        AddGroup<kRows>(a.data + row * a.stride + k, a.stride, b, acc);
        for (int v = 0; v < 4; ++v) {
          sums[0][v] = vdotq_s32(sums[0][v], vreinterpretq_s8_u8(vld1q_u8(b + 16 * v)), ones);
        }
        b += kPanelColumns * kPanelDepthUnit;
      }
      for (int r = 0; r < kRows; ++r) {
        for (int v = 0; v < 4; ++v) {
          const int32x4_t sum = vmlaq_n_s32(acc[r][v], sums[0][v], 128);
          total[r][v] = vfmaq_f32(total[r][v], vcvtq_f32_s32(sum), vld1q_f32(scale + 4 * v));
        }
      }
    }
    for (int r = 0; r < kRows; ++r) {
      for (int v = 0; v < 4; ++v) vst1q_f32(c + (row + r) * c_stride + j + 4 * v, total[r][v]);
    }
  }
}

void MultiplyBlocks(const ActivationRows& a, int64_t depth, int64_t block_size,
                    const uint8_t* panel, float* c, int64_t c_stride) {
  int64_t row = 0;
  for (; row + 2 <= a.rows; row += 2) {
    MultiplyBlockRows<2>(a, row, depth, block_size, panel, c, c_stride);
  }
  if (row < a.rows) MultiplyBlockRows<1>(a, row, depth, block_size, panel, c, c_stride);
}

// Up to four floats, zeros behind them.
float32x4_t LoadPart(const float* from, int64_t count) {
  if (count >= 4) return vld1q_f32(from);
  float part[4] = {};
  __builtin_memcpy(part, from, static_cast<size_t>(count) * sizeof(float));
  return vld1q_f32(part);
}

void Quantize(const float* row, int64_t count, uint8_t* q, float* scale, int32_t* zero) {
  // FMINNM and FMAXNM give the number where one is NaN.
  float32x4_t least = vdupq_n_f32(0.0f), greatest = least;
  for (int64_t k = 0; k < count; k += 4) {
    const float32x4_t values = LoadPart(row + k, count - k);
    least = vminnmq_f32(values, least);
    greatest = vmaxnmq_f32(values, greatest);
  }
  const float ends[2] = {vminnmvq_f32(least), vmaxnmvq_f32(greatest)};  // of the same range
  uint8_t ignored[2];
  kGemmScalar.quantize(ends, 2, ignored, scale, zero);
  const float inverse = 1.0f / *scale;
  const float32x4_t zero_point = vdupq_n_f32(static_cast<float>(*zero));
  for (int64_t k = 0; k < count; k += 4) {
    const float32x4_t steps = vrndnq_f32(vmulq_n_f32(LoadPart(row + k, count - k), inverse));
    // NaN becomes 0.
    const float32x4_t value = vminnmq_f32(
        vmaxnmq_f32(vaddq_f32(steps, zero_point), vdupq_n_f32(0.0f)), vdupq_n_f32(255.0f));
    const uint16x4_t words = vmovn_u32(vcvtq_u32_f32(value));
    const uint8x8_t bytes = vmovn_u16(vcombine_u16(words, words));
    uint8_t four[8];
    vst1_u8(four, bytes);
    __builtin_memcpy(q + k, four, static_cast<size_t>(Min(4, count - k)));
  }
}

void ScaleSums(const GemmKernels::Scaling& s, const int32_t* sums, int64_t sums_stride, float* c,
               int64_t c_stride) {
  kGemmScalar.scale_sums(s, sums, sums_stride, c, c_stride);
}

void ScaleFloats(const GemmKernels::Scaling& s, const float* sums, int64_t sums_stride, float* c,
                 int64_t c_stride) {
  kGemmScalar.scale_floats(s, sums, sums_stride, c, c_stride);
}

}  // namespace

extern const GemmKernels kGemmDotprod;
const GemmKernels kGemmDotprod = {
    CpuLevel::kDotprod, true,           Pack<LoadS8>,      Pack<LoadU8>, PackS4,    PackS4Blocks,
    Multiply,           MultiplyBlocks, &kGemmRowsDotprod, Quantize,     ScaleSums, ScaleFloats,
};

}  // namespace edgetasks::kernels::simd
