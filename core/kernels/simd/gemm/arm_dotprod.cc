// The gemm family with SDOT and UDOT: packed panels, and the table.
//
// SDOT takes signed bytes: activations enter products less 128, and the sums of B put it back.
#include "core/kernels/simd/gemm/arm_panels.h"

namespace edgetasks::kernels::simd {
namespace {

// Groups of [32][4], as SDOT takes them.
struct Order {
  template <typename Load>
  static int32x4_t PackFour(const WeightRows<typename Load::Type>& b, int64_t column, int64_t begin,
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
        vst1q_u8(panel + (at * kPanelColumns + column) * kPanelDepthUnit,
                 vreinterpretq_u8_s8(group));
        sums = vdotq_s32(sums, group, ones);
      }
    }
    return sums;
  }
};

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

}  // namespace

extern const GemmKernels kGemmDotprod;
const GemmKernels kGemmDotprod = {
    CpuLevel::kDotprod,  true,        Pack<Order, LoadS8>, Pack<Order, LoadU8>, PackS4<Order>,
    PackS4Blocks<Order>, Multiply,    MultiplyBlocks,      &kGemmRowsDotprod,   Quantize,
    ScaleSums,           ScaleFloats,
};

}  // namespace edgetasks::kernels::simd
