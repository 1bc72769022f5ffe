// The conv family with SDOT. Compiled for it: everything here is local to this file.
//
// SDOT takes signed bytes: pixels enter products less 128, and what sums begin with puts it back.
#include "core/kernels/simd/arm_sdot.h"
#include "core/kernels/simd/conv/arm_bytes.h"

namespace edgetasks::kernels::simd {
namespace {

static_assert(kConvColumns == kSdotColumns && kConvDepthUnit == kSdotUnit, "arm_sdot.h");

void Pack(const ConvWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* panel) {
  PackPanel(w, r, pixel_zero, 128, panel, [&w](int64_t first, uint8_t* to) {
    const int64_t depth = ConvDepth(w.depth);
    int32x4_t sums = vdupq_n_s32(0);
    for (int64_t k = 0; k < depth; k += 16) {
      int32x4_t rows[4];
      for (int64_t i = 0; i < 4; ++i) {
        rows[i] = vreinterpretq_s32_s8(LoadSixteen(w, first + i, k));
      }
      const int64_t groups = (depth - k) / kSdotUnit;
      sums = vaddq_s32(sums, StoreGroups(rows, groups < 4 ? groups : 4,
                                         to + (k / kSdotUnit * kConvColumns + first) * kSdotUnit));
    }
    return sums;
  });
}

// Eight columns and up to eight rows: sixteen vectors of sums.
constexpr int64_t kTileColumns = 8, kTileRows = 8;

// Columns [j, j + 8) of the panel, of which the first `columns` are stored.
template <int kRows>
void MultiplyTile(const ConvPixels& a, int64_t row, const int32_t* row_sums, int64_t j,
                  int64_t columns, int64_t depth, const uint8_t* panel, uint8_t* q,
                  int64_t q_stride) {
  const int64_t padded = ConvDepth(depth);
  const auto& end = *reinterpret_cast<const PanelEnd*>(panel + padded * kConvColumns);
  int32x4_t acc[kRows][2];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    const int32x4_t row_start = RowStart(end, row_sums, row + r);
#pragma GCC unroll 2
    for (int v = 0; v < 2; ++v) {
      acc[r][v] = vaddq_s32(vld1q_s32(end.channels.start + j + 4 * v), row_start);
    }
  }
  AddProducts(a.data + row * a.stride, a.stride, static_cast<uint8_t>(a.flip ^ 0x80), padded,
              panel + j * kSdotUnit, acc);
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    const int32x4_t low = Requantize(acc[r][0], end.channels, j);
    const int32x4_t high = Requantize(acc[r][1], end.channels, j + 4);
    StoreBytes(ToBytes(low, high, end.range), columns, q + (row + r) * q_stride + j);
  }
}

using Tile = void (*)(const ConvPixels&, int64_t, const int32_t*, int64_t, int64_t, int64_t,
                      const uint8_t*, uint8_t*, int64_t);
constexpr Tile kTiles[] = {MultiplyTile<1>, MultiplyTile<2>, MultiplyTile<3>, MultiplyTile<4>,
                           MultiplyTile<5>, MultiplyTile<6>, MultiplyTile<7>, MultiplyTile<8>};

void Multiply(const ConvPixels& a, const int32_t* row_sums, int64_t columns, int64_t depth,
              const uint8_t* panel, const uint8_t*, uint8_t* q, int64_t q_stride) {
  // Tiles of equal height: a low one at the end would wait for its own sums.
  const int64_t tiles = (a.rows + kTileRows - 1) / kTileRows;
  for (int64_t j = 0; j < columns; j += kTileColumns) {
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t row = a.rows * t / tiles, rows = a.rows * (t + 1) / tiles - row;
      kTiles[rows - 1](a, row, row_sums, j, columns - j, depth, panel, q, q_stride);
    }
  }
}

}  // namespace

extern const ConvKernels kConvDotprod;
const ConvKernels kConvDotprod = {CpuLevel::kDotprod, PanelBytes, Pack, SumRows, Multiply, nullptr};

}  // namespace edgetasks::kernels::simd
