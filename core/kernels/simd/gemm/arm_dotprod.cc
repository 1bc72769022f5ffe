// The gemm family with SDOT and UDOT: packed panels, and the table.
//
// SDOT takes signed bytes: activations enter products less 128, and the sums of B put it back.
#include "core/kernels/simd/arm_sdot.h"
#include "core/kernels/simd/gemm/arm_panels.h"

namespace edgetasks::kernels::simd {
namespace {

// Groups of [32][4], as SDOT takes them.
struct Order {
  template <typename Load>
  static int32x4_t PackFour(const WeightRows<typename Load::Type>& b, int64_t column, int64_t begin,
                            int64_t end, uint8_t* panel) {
    int32x4_t sums = vdupq_n_s32(0);
    for (int64_t k = begin; k < end; k += 16) {
      int32x4_t rows[4];
      for (int i = 0; i < 4; ++i) {
        rows[i] = vreinterpretq_s32_s8(SixteenOf<Load>(b, column + i, k));
      }
      const int64_t left = (end - k) / kPanelDepthUnit;
      uint8_t* to = panel + (k / kPanelDepthUnit * kPanelColumns + column) * kPanelDepthUnit;
      sums = vaddq_s32(sums, StoreGroups(rows, left < 4 ? left : 4, to));
    }
    return sums;
  }
};

// Columns of a panel that are multiplied at once, four to a vector of sums, and rows of A: sixteen
// vectors of sums, and registers for what meets them.
constexpr int64_t kTileColumns = 8, kTileRows = 8;
constexpr uint8_t kTo128 = 0x80;  // the exclusive or that takes 128 off
static_assert(kPanelColumns == kSdotColumns && kPanelDepthUnit == kSdotUnit, "arm_sdot.h");

template <int kRows>
void MultiplyTile(const ActivationRows& a, int64_t row, int64_t depth, const uint8_t* panel,
                  int64_t j, int32_t* c, int64_t c_stride) {
  const int64_t padded = PanelDepth(depth);
  const auto* sums = reinterpret_cast<const int32_t*>(panel + padded * kPanelColumns) + j;
  int32x4_t acc[kRows][2];
  Clear(acc);
  AddProducts(a.data + row * a.stride, a.stride, kTo128, padded, panel + j * kPanelDepthUnit, acc);
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    const int32_t shift = 128 - a.zeros[row + r];
#pragma GCC unroll 2
    for (int v = 0; v < 2; ++v) {
      vst1q_s32(c + (row + r) * c_stride + j + 4 * v,
                vmlaq_n_s32(acc[r][v], vld1q_s32(sums + 4 * v), shift));
    }
  }
}

using Tile = void (*)(const ActivationRows&, int64_t, int64_t, const uint8_t*, int64_t, int32_t*,
                      int64_t);
constexpr Tile kTiles[] = {MultiplyTile<1>, MultiplyTile<2>, MultiplyTile<3>, MultiplyTile<4>,
                           MultiplyTile<5>, MultiplyTile<6>, MultiplyTile<7>, MultiplyTile<8>};

void Multiply(const ActivationRows& a, int64_t depth, const uint8_t* panel, int32_t* c,
              int64_t c_stride) {
  // Tiles of equal height: a low one at the end would wait for its own sums.
  const int64_t tiles = (a.rows + kTileRows - 1) / kTileRows;
  for (int64_t j = 0; j < kPanelColumns; j += kTileColumns) {
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t row = a.rows * t / tiles, rows = a.rows * (t + 1) / tiles - row;
      kTiles[rows - 1](a, row, depth, panel, j, c, c_stride);
    }
  }
}

// Up to four rows: sums of a block and of all blocks. The bound asks for sums of what A is, not of
// A less 128, so the 128 goes back into each block as an integer.
template <int kRows>
void MultiplyBlocksTile(const ActivationRows& a, int64_t row, int64_t depth, int64_t block_size,
                        const uint8_t* panel, int64_t j, float* c, int64_t c_stride) {
  const float* scale = reinterpret_cast<const float*>(panel + depth * kPanelColumns) + j;
  const float* weighted_sums = scale + depth / block_size * kPanelColumns;
  const int8x16_t ones = vdupq_n_s8(1);
  float32x4_t total[kRows][2];
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < 2; ++v) {
      total[r][v] =
          vmulq_n_f32(vld1q_f32(weighted_sums + 4 * v), static_cast<float>(-a.zeros[row + r]));
    }
  }
  const uint8_t* b = panel + j * kPanelDepthUnit;
  for (int64_t begin = 0; begin < depth; begin += block_size, scale += kPanelColumns) {
    int32x4_t acc[kRows][2], sums[2] = {vdupq_n_s32(0), vdupq_n_s32(0)};
    Clear(acc);
    AddProducts(a.data + row * a.stride + begin, a.stride, kTo128, block_size, b, acc);
    for (int64_t k = 0; k < block_size; k += kPanelDepthUnit) {
      for (int v = 0; v < 2; ++v) {
        sums[v] = vdotq_s32(sums[v], vreinterpretq_s8_u8(vld1q_u8(b + 16 * v)), ones);
      }
      b += kPanelColumns * kPanelDepthUnit;
    }
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
      for (int v = 0; v < 2; ++v) {
        const int32x4_t sum = vmlaq_n_s32(acc[r][v], sums[v], 128);
        total[r][v] = vfmaq_f32(total[r][v], vcvtq_f32_s32(sum), vld1q_f32(scale + 4 * v));
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < 2; ++v) vst1q_f32(c + (row + r) * c_stride + j + 4 * v, total[r][v]);
  }
}

using BlocksTile = void (*)(const ActivationRows&, int64_t, int64_t, int64_t, const uint8_t*,
                            int64_t, float*, int64_t);
constexpr BlocksTile kBlocksTiles[] = {MultiplyBlocksTile<1>, MultiplyBlocksTile<2>,
                                       MultiplyBlocksTile<3>, MultiplyBlocksTile<4>};

void MultiplyBlocks(const ActivationRows& a, int64_t depth, int64_t block_size,
                    const uint8_t* panel, float* c, int64_t c_stride) {
  const int64_t tiles = (a.rows + 3) / 4;
  for (int64_t j = 0; j < kPanelColumns; j += kTileColumns) {
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t row = a.rows * t / tiles, rows = a.rows * (t + 1) / tiles - row;
      kBlocksTiles[rows - 1](a, row, depth, block_size, panel, j, c, c_stride);
    }
  }
}

}  // namespace

extern const GemmKernels kGemmDotprod;
const GemmKernels kGemmDotprod = {
    CpuLevel::kDotprod,
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
