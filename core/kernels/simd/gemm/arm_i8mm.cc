// The gemm family with USMMLA: packed panels, and the table. Rows that are not packed are those of
// SDOT, because with one row of A half of every USMMLA would be lost.
//
// USMMLA multiplies two rows of eight unsigned bytes by two columns of eight signed ones: 32
// products where SDOT has 16, and activations enter as they are.
#include "core/kernels/simd/gemm/arm_panels.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kUnit = 8;  // elements of the depth that USMMLA takes

// Units of [32][8]; where the depth of the panel is no multiple of eight, a group of [32][4] last.
struct Order {
  template <typename Load>
  static int32x4_t PackFour(const WeightRows<typename Load::Type>& b, int64_t column, int64_t begin,
                            int64_t end, uint8_t* panel) {
    const int8x16_t ones = vdupq_n_s8(1);
    int32x4_t sums[4] = {};
    for (int64_t k = begin; k < end; k += 16) {
      int64x2_t rows[4];
      for (int i = 0; i < 4; ++i) {
        const int8x16_t row = SixteenOf<Load>(b, column + i, k);
        sums[i] = vdotq_s32(sums[i], row, ones);
        rows[i] = vreinterpretq_s64_s8(row);
      }
      for (int i = 0; i < 4; i += 2) {
        StoreTwo(vzip1q_s64(rows[i], rows[i + 1]), column + i, k, end, panel);
        StoreTwo(vzip2q_s64(rows[i], rows[i + 1]), column + i, k + kUnit, end, panel);
      }
    }
    return vpaddq_s32(vpaddq_s32(sums[0], sums[1]), vpaddq_s32(sums[2], sums[3]));
  }

  // Elements from k on of two columns; none behind the end.
  static void StoreTwo(int64x2_t two, int64_t column, int64_t k, int64_t end, uint8_t* panel) {
    uint8_t* unit = panel + k * kPanelColumns;
    if (k + kUnit <= end) {
      vst1q_u8(unit + column * kUnit, vreinterpretq_u8_s64(two));
    } else if (k < end) {
      const int32x2_t group = vmovn_s64(two);
      vst1_u8(unit + column * kPanelDepthUnit, vreinterpret_u8_s32(group));
    }
  }
};

// Eight columns of a panel at once. A vector of sums holds those of two rows by two columns; four
// pairs of rows make sixteen of them, and leave registers for sixteen elements of the depth of B.
constexpr int64_t kTileColumns = 8;

// kPairs pairs of rows of A; behind the last row the last again, whose sums are not stored.
template <int kPairs>
struct RowPairs {
  RowPairs(const ActivationRows& a, int64_t row) : count(Min(2 * kPairs, a.rows - row)) {
    for (int64_t r = 0; r < 2 * kPairs; ++r) {
      const int64_t at = row + Min(r, count - 1);
      data[r] = a.data + at * a.stride;
      zeros[r] = a.zeros[at];
    }
  }
  int64_t count;
  const uint8_t* data[2 * kPairs];
  int32_t zeros[2 * kPairs];
};

template <int kPairs>
struct Sums {
  int32x4_t v[kPairs][4];

  void Clear() {
    for (int p = 0; p < kPairs; ++p) {
      for (int c = 0; c < 4; ++c) v[p][c] = vdupq_n_s32(0);
    }
  }
  // Two rows' eight elements by those of eight columns.
  __attribute__((always_inline)) void Add(int p, uint64x2_t two_rows, const int8x16_t (&b)[4]) {
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c)
      v[p][c] = vusmmlaq_s32(v[p][c], vreinterpretq_u8_u64(two_rows), b[c]);
  }
};

__attribute__((always_inline)) inline void LoadUnit(const uint8_t* panel, int8x16_t (&b)[4]) {
#pragma GCC unroll 4
  for (int c = 0; c < 4; ++c) b[c] = vreinterpretq_s8_u8(vld1q_u8(panel + 16 * c));
}

__attribute__((always_inline)) inline uint64x2_t Load16(const uint8_t* from) {
  return vreinterpretq_u64_u8(vld1q_u8(from));
}

// Two runs of four bytes, zeros behind each.
uint64x2_t TwoFours(const uint8_t* first, const uint8_t* second) {
  uint32_t fours[2];
  __builtin_memcpy(&fours[0], first, sizeof(uint32_t));
  __builtin_memcpy(&fours[1], second, sizeof(uint32_t));
  return vmovl_u32(vld1_u32(fours));
}

// Adds products of the elements [begin, end) of the depth, a multiple of four. `panel` is the
// tile's first column.
template <int kPairs>
__attribute__((always_inline)) inline void AddProducts(const RowPairs<kPairs>& rows, int64_t begin,
                                                       int64_t end, const uint8_t* panel,
                                                       Sums<kPairs>& sums) {
  int64_t k = begin;
  for (; k + 2 * kUnit <= end; k += 2 * kUnit) {
    int8x16_t first[4], second[4];
    LoadUnit(panel + k * kPanelColumns, first);
    LoadUnit(panel + (k + kUnit) * kPanelColumns, second);
#pragma GCC unroll 4
    for (int p = 0; p < kPairs; ++p) {
      const uint64x2_t x = Load16(rows.data[2 * p] + k), y = Load16(rows.data[2 * p + 1] + k);
      sums.Add(p, vzip1q_u64(x, y), first);
      sums.Add(p, vzip2q_u64(x, y), second);
    }
  }
  int8x16_t b[4];
  if (k + kUnit <= end) {
    LoadUnit(panel + k * kPanelColumns, b);
    for (int p = 0; p < kPairs; ++p) {
      const uint8x8_t x = vld1_u8(rows.data[2 * p] + k), y = vld1_u8(rows.data[2 * p + 1] + k);
      sums.Add(p, vreinterpretq_u64_u8(vcombine_u8(x, y)), b);
    }
    k += kUnit;
  }
  if (k == end) return;
  // A group of [32][4]: the tile's columns are half as far into it.
  const uint8_t* group = panel + k * kPanelColumns;
  for (int c = 0; c < 4; ++c) {
    b[c] = vreinterpretq_s8_u64(TwoFours(group + 8 * c, group + 8 * c + 4));
  }
  for (int p = 0; p < kPairs; ++p) {
    sums.Add(p, TwoFours(rows.data[2 * p] + k, rows.data[2 * p + 1] + k), b);
  }
}

// Column tile j of a panel, whose last group, if there is one, lies closer.
template <int kPairs>
void MultiplyTile(const ActivationRows& a, int64_t row, int64_t depth, const uint8_t* panel,
                  int64_t j, int32_t* c, int64_t c_stride) {
  const int64_t padded = PanelDepth(depth), whole = padded / kUnit * kUnit;
  const RowPairs<kPairs> rows(a, row);
  Sums<kPairs> sums;
  sums.Clear();
  AddProducts(rows, 0, whole, panel + j * kUnit, sums);
  if (whole < padded) AddProducts(rows, whole, padded, panel + j * kPanelDepthUnit, sums);
  const auto* b_sums = reinterpret_cast<const int32_t*>(panel + padded * kPanelColumns) + j;
  const int32x4_t low = vld1q_s32(b_sums), high = vld1q_s32(b_sums + 4);
#pragma GCC unroll 4
  for (int p = 0; p < kPairs; ++p) {
    int64x2_t v[4];
    for (int i = 0; i < 4; ++i) v[i] = vreinterpretq_s64_s32(sums.v[p][i]);
    const int32x4_t parts[2][2] = {{vreinterpretq_s32_s64(vzip1q_s64(v[0], v[1])),
                                    vreinterpretq_s32_s64(vzip1q_s64(v[2], v[3]))},
                                   {vreinterpretq_s32_s64(vzip2q_s64(v[0], v[1])),
                                    vreinterpretq_s32_s64(vzip2q_s64(v[2], v[3]))}};
    for (int64_t r = 2 * p; r < Min(2 * p + 2, rows.count); ++r) {
      int32_t* to = c + (row + r) * c_stride + j;
      vst1q_s32(to, vmlsq_n_s32(parts[r % 2][0], low, rows.zeros[r]));
      vst1q_s32(to + 4, vmlsq_n_s32(parts[r % 2][1], high, rows.zeros[r]));
    }
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
  const RowPairs<kPairs> rows(a, row);
  float32x4_t total[kPairs][4];
  for (int p = 0; p < kPairs; ++p) {
    const float32x4_t zeros = vcombine_f32(vdup_n_f32(static_cast<float>(-rows.zeros[2 * p])),
                                           vdup_n_f32(static_cast<float>(-rows.zeros[2 * p + 1])));
    for (int i = 0; i < 4; ++i) total[p][i] = vmulq_f32(zeros, Twice(weighted_sums + 2 * i));
  }
  for (int64_t begin = 0; begin < depth; begin += block_size, scale += kPanelColumns) {
    Sums<kPairs> sums;
    sums.Clear();
    AddProducts(rows, begin, begin + block_size, panel + j * kUnit, sums);
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
    CpuLevel::kI8mm,     true,        Pack<Order, LoadS8>, Pack<Order, LoadU8>, PackS4<Order>,
    PackS4Blocks<Order>, Multiply,    MultiplyBlocks,      &kGemmRowsDotprod,   Quantize,
    ScaleSums,           ScaleFloats,
};

}  // namespace edgetasks::kernels::simd
