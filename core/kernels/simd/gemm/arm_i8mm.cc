// The gemm family with USMMLA: packed panels, and the table. Rows that are not packed are those of
// SDOT, because with one row of A half of every USMMLA would be lost. Activations enter as they
// are.
#include "core/kernels/simd/arm_usmmla.h"
#include "core/kernels/simd/gemm/arm_panels.h"

namespace edgetasks::kernels::simd {
namespace {

static_assert(kPanelColumns == kUsmmlaColumns && kPanelDepthUnit == 4, "arm_usmmla.h");

struct Order {
  template <typename Load>
  static int32x4_t PackFour(const WeightRows<typename Load::Type>& b, int64_t column, int64_t begin,
                            int64_t end, uint8_t* panel) {
    const int8x16_t ones = vdupq_n_s8(1);
    int32x4_t sums[4] = {};
    for (int64_t k = begin; k < end; k += 16) {
      int8x16_t rows[4];
      for (int i = 0; i < 4; ++i) {
        rows[i] = SixteenOf<Load>(b, column + i, k);
        sums[i] = vdotq_s32(sums[i], rows[i], ones);
      }
      StoreSixteen(rows, column, k, end, panel);
    }
    return vpaddq_s32(vpaddq_s32(sums[0], sums[1]), vpaddq_s32(sums[2], sums[3]));
  }
};

constexpr int64_t kTileColumns = 8;

template <int kPairs>
void MultiplyTile(const ActivationRows& a, int64_t row, int64_t depth, const uint8_t* panel,
                  int64_t j, int32_t* c, int64_t c_stride) {
  const int64_t padded = PanelDepth(depth);
  const RowPairs<kPairs> rows(a.data + row * a.stride, a.stride, a.rows - row);
  Sums<kPairs> sums;
  sums.Clear();
  AddTile(rows, 0, padded, panel, j, sums);
  const auto* b_sums = reinterpret_cast<const int32_t*>(panel + padded * kPanelColumns) + j;
  const int32x4_t b_low = vld1q_s32(b_sums), b_high = vld1q_s32(b_sums + 4);
  c += row * c_stride + j;
#pragma GCC unroll 8
  for (int r = 0; r < 2 * kPairs; ++r, c += c_stride) {
    if (r >= rows.count) return;
    int32x4_t low, high;
    sums.Of(r, &low, &high);
    vst1q_s32(c, vmlsq_n_s32(low, b_low, a.zeros[row + r]));
    vst1q_s32(c + 4, vmlsq_n_s32(high, b_high, a.zeros[row + r]));
  }
}

void Multiply(const ActivationRows& a, int64_t depth, const uint8_t* panel, int32_t* c,
              int64_t c_stride) {
  for (int64_t j = 0; j < kPanelColumns; j += kTileColumns) {
    int64_t row = 0;
    for (; row + 7 <= a.rows; row += 8) MultiplyTile<4>(a, row, depth, panel, j, c, c_stride);
    for (; row + 3 <= a.rows; row += 4) MultiplyTile<2>(a, row, depth, panel, j, c, c_stride);
    for (; row < a.rows; row += 2) MultiplyTile<1>(a, row, depth, panel, j, c, c_stride);
  }
}

// Two numbers twice, for two rows.
float32x4_t Twice(const float* two) {
  const float32x2_t v = vld1_f32(two);
  return vcombine_f32(v, v);
}

// As sums, floats of two rows by two columns: two pairs of rows, or registers would not do.
template <int kPairs>
void MultiplyBlocksTile(const ActivationRows& a, int64_t row, int64_t depth, int64_t block_size,
                        const uint8_t* panel, int64_t j, float* c, int64_t c_stride) {
  const float* scale = reinterpret_cast<const float*>(panel + depth * kPanelColumns) + j;
  const float* weighted_sums = scale + depth / block_size * kPanelColumns;
  const RowPairs<kPairs> rows(a.data + row * a.stride, a.stride, a.rows - row);
  float32x4_t total[kPairs][4];
  for (int p = 0; p < kPairs; ++p) {
    const float32x4_t zeros =
        vcombine_f32(vdup_n_f32(static_cast<float>(-a.zeros[row + rows.At(2 * p)])),
                     vdup_n_f32(static_cast<float>(-a.zeros[row + rows.At(2 * p + 1)])));
    for (int i = 0; i < 4; ++i) total[p][i] = vmulq_f32(zeros, Twice(weighted_sums + 2 * i));
  }
  for (int64_t begin = 0; begin < depth; begin += block_size, scale += kPanelColumns) {
    Sums<kPairs> sums;
    sums.Clear();
    AddProducts(rows, 0, begin, begin + block_size, panel + j * kUsmmlaUnit, sums);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const float32x4_t scales = Twice(scale + 2 * i);
#pragma GCC unroll 2
      for (int p = 0; p < kPairs; ++p) {
        total[p][i] = vfmaq_f32(total[p][i], vcvtq_f32_s32(sums.v[p][i]), scales);
      }
    }
  }
  for (int p = 0; p < kPairs; ++p) {
    for (int i = 0; i < 4; ++i) {
      float* to = c + (row + 2 * p) * c_stride + j + 2 * i;
      vst1_f32(to, vget_low_f32(total[p][i]));
      if (2 * p + 1 < rows.count) vst1_f32(to + c_stride, vget_high_f32(total[p][i]));
    }
  }
}

void MultiplyBlocks(const ActivationRows& a, int64_t depth, int64_t block_size,
                    const uint8_t* panel, float* c, int64_t c_stride) {
  for (int64_t j = 0; j < kPanelColumns; j += kTileColumns) {
    int64_t row = 0;
    for (; row + 3 <= a.rows; row += 4) {
      MultiplyBlocksTile<2>(a, row, depth, block_size, panel, j, c, c_stride);
    }
    for (; row < a.rows; row += 2) {
      MultiplyBlocksTile<1>(a, row, depth, block_size, panel, j, c, c_stride);
    }
  }
}

}  // namespace

extern const GemmKernels kGemmI8mm;
const GemmKernels kGemmI8mm = {
    CpuLevel::kI8mm,
    true,
    true,
    Pack<Order, LoadS8>,
    Pack<Order, LoadU8>,
    PackS4<Order>,
    PackS4Blocks<Order>,
    Multiply,
    MultiplyBlocks,
    &kGemmRowsDotprod,
    Quantize,
    ScaleSums,
    ScaleFloats,
};

}  // namespace edgetasks::kernels::simd
