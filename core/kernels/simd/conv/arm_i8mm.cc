// The conv family with USMMLA. Compiled for it: everything here is local to this file. Pixels enter
// products as unsigned bytes.
#include "core/kernels/simd/arm_usmmla.h"
#include "core/kernels/simd/conv/arm_bytes.h"

namespace edgetasks::kernels::simd {
namespace {

static_assert(kConvColumns == kUsmmlaColumns && kConvDepthUnit == 4, "arm_usmmla.h");

void Pack(const ConvWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* panel) {
  PackPanel(w, r, pixel_zero, 0, panel, [&w](int64_t first, uint8_t* to) {
    int32x4_t sums[4] = {};
    for (int64_t k = 0; k < w.depth; k += 16) {
      int8x16_t rows[4];
      for (int64_t i = 0; i < 4; ++i) {
        rows[i] = LoadSixteen(w, first + i, k);
        sums[i] = vdotq_s32(sums[i], rows[i], vdupq_n_s8(1));
      }
      StoreSixteen(rows, first, k, ConvDepth(w.depth), to);
    }
    return vpaddq_s32(vpaddq_s32(sums[0], sums[1]), vpaddq_s32(sums[2], sums[3]));
  });
}

constexpr int64_t kTileColumns = 8;

// Columns [j, j + 8) of the panel, of which the first `columns` are stored.
template <int kPairs>
void MultiplyTile(const ConvPixels& a, int64_t row, const int32_t* row_sums, int64_t j,
                  int64_t columns, int64_t depth, const uint8_t* panel, uint8_t* q,
                  int64_t q_stride) {
  const int64_t padded = ConvDepth(depth);
  const auto& end = *reinterpret_cast<const PanelEnd*>(panel + padded * kConvColumns);
  const RowPairs<kPairs> rows(a.data + row * a.stride, a.stride, a.rows - row);
  Sums<kPairs> sums;
  sums.Clear();
  AddTile(rows, a.flip, padded, panel, j, sums);
  const int32x4_t start_low = vld1q_s32(end.channels.start + j);
  const int32x4_t start_high = vld1q_s32(end.channels.start + j + 4);
  q += row * q_stride + j;
#pragma GCC unroll 8
  for (int r = 0; r < 2 * kPairs; ++r, q += q_stride) {
    if (r >= rows.count) return;
    const int32x4_t row_start = RowStart(end, row_sums, row + r);
    int32x4_t low, high;
    sums.Of(r, &low, &high);
    low = vaddq_s32(vaddq_s32(low, start_low), row_start);
    high = vaddq_s32(vaddq_s32(high, start_high), row_start);
    StoreBytes(
        ToBytes(Requantize(low, end.channels, j), Requantize(high, end.channels, j + 4), end.range),
        columns, q);
  }
}

void Multiply(const ConvPixels& a, const int32_t* row_sums, int64_t columns, int64_t depth,
              const uint8_t* panel, const uint8_t*, uint8_t* q, int64_t q_stride) {
  for (int64_t j = 0; j < columns; j += kTileColumns) {
    int64_t row = 0;
    for (; row + 7 <= a.rows; row += 8) {
      MultiplyTile<4>(a, row, row_sums, j, columns - j, depth, panel, q, q_stride);
    }
    for (; row + 3 <= a.rows; row += 4) {
      MultiplyTile<2>(a, row, row_sums, j, columns - j, depth, panel, q, q_stride);
    }
    for (; row < a.rows; row += 2) {
      MultiplyTile<1>(a, row, row_sums, j, columns - j, depth, panel, q, q_stride);
    }
  }
}

}  // namespace

extern const ConvKernels kConvI8mm;
const ConvKernels kConvI8mm = {CpuLevel::kI8mm, PanelBytes, Pack, SumRows, Multiply, nullptr};

}  // namespace edgetasks::kernels::simd
