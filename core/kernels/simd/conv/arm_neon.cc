// The conv family with NEON.
//
// Weights are packed as 16 bits, less their zero, and pixels widened as they are met: SMLAL by an
// element adds one pixel's products with four weights.
#include "core/kernels/simd/arm_requantize.h"
#include "core/kernels/simd/conv/arm_rows.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kStep = 8;  // of the depth: as many pixels fill a vector

// The end of a panel, behind [depth][32] weights of 16 bits.
struct PanelEnd {
  RequantizedChannels<kConvColumns> channels;
  OutputRange range;
};

int64_t PaddedDepth(int64_t depth) { return (depth + kStep - 1) / kStep * kStep; }

int64_t PanelBytes(int64_t depth) {
  return PaddedDepth(depth) * kConvColumns * 2 + static_cast<int64_t>(sizeof(PanelEnd));
}

// rows[i], i < 8: eight bytes of row i; then rows[k]: byte k of eight rows.
void Transpose8x8(uint8x8_t (&rows)[8]) {
  uint8x8_t t[8];
  for (int i = 0; i < 4; ++i) {
    t[i] = vzip1_u8(rows[i], rows[i + 4]);
    t[i + 4] = vzip2_u8(rows[i], rows[i + 4]);
  }
  // t[i]: bytes 0 to 3 of rows i and i + 4; t[i + 4]: bytes 4 to 7.
  for (int half = 0; half < 8; half += 4) {
    const uint8x8_t a = vzip1_u8(t[half], t[half + 2]), b = vzip2_u8(t[half], t[half + 2]);
    const uint8x8_t c = vzip1_u8(t[half + 1], t[half + 3]);
    const uint8x8_t d = vzip2_u8(t[half + 1], t[half + 3]);
    rows[half] = vzip1_u8(a, c);
    rows[half + 1] = vzip2_u8(a, c);
    rows[half + 2] = vzip1_u8(b, d);
    rows[half + 3] = vzip2_u8(b, d);
  }
}

// Eight weights of a column from k on; behind the depth, or where there is no such column, bytes
// that are worth 0.
uint8x8_t LoadEight(const ConvWeights& w, int64_t column, int64_t k) {
  const auto nothing = static_cast<uint8_t>(static_cast<uint8_t>(w.zero) ^ w.flip);
  if (column >= w.columns) return vdup_n_u8(nothing);
  const uint8_t* row = w.data + column * w.stride + k;
  if (k + kStep <= w.depth) return vld1_u8(row);
  uint8_t part[kStep];
  for (int64_t i = 0; i < kStep; ++i) part[i] = k + i < w.depth ? row[i] : nothing;
  return vld1_u8(part);
}

// Eight columns of the panel from `first` on; returns the sums of their weights.
void PackColumns(const ConvWeights& w, int64_t first, uint8_t* panel, int32_t* sums) {
  int32x4_t low = vdupq_n_s32(0), high = low;
  for (int64_t k = 0; k < w.depth; k += kStep) {
    uint8x8_t rows[8];
    for (int64_t i = 0; i < 8; ++i) rows[i] = LoadEight(w, first + i, k);
    Transpose8x8(rows);
    for (int64_t i = 0; i < kStep; ++i) {
      const int8x8_t bytes = vreinterpret_s8_u8(veor_u8(rows[i], vdup_n_u8(w.flip)));
      const int16x8_t weights =
          vsubq_s16(vmovl_s8(bytes), vdupq_n_s16(static_cast<int16_t>(w.zero)));
      low = vaddw_s16(low, vget_low_s16(weights));
      high = vaddw_high_s16(high, weights);
      auto* to = reinterpret_cast<int16_t*>(panel) + (k + i) * kConvColumns + first;
      vst1q_s16(to, weights);
    }
  }
  vst1q_s32(sums, low);
  vst1q_s32(sums + 4, high);
}

// With z the zeros: sum (a - za)(w - zw) = sum a (w - zw) - za sum (w - zw). Pixels are met as int8
// or uint8, so that za is their zero without the flip.
void Pack(const ConvWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* panel) {
  auto* end = reinterpret_cast<PanelEnd*>(panel + PaddedDepth(w.depth) * kConvColumns * 2);
  const bool is_signed = w.flip == 0;  // weights and pixels are both int8, or both uint8
  const int32_t zero = is_signed ? pixel_zero - 128 : pixel_zero;
  for (int64_t first = 0; first < kConvColumns; first += 8) {
    int32_t sums[8];
    PackColumns(w, first, panel, sums);
    for (int64_t i = 0; i < 8; ++i) {
      // Any numbers will do behind the last channel.
      const int64_t channel = first + i < w.columns ? first + i : 0;
      const uint32_t shift = static_cast<uint32_t>(zero) * static_cast<uint32_t>(sums[i]);
      end->channels.Set(first + i, r, channel, 0u - shift);
    }
  }
  end->range = MakeOutputRange(r);
}

// Sixteen columns of the panel and up to four rows: sixteen vectors of sums.
constexpr int64_t kTileColumns = 16, kTileRows = 4;

template <bool kSigned>
inline int16x8_t Widen(uint8x8_t bytes) {
  return kSigned ? vmovl_s8(vreinterpret_s8_u8(bytes)) : vreinterpretq_s16_u16(vmovl_u8(bytes));
}

// Adds products of element kLane of each row.
template <int kLane, int kRows>
inline __attribute__((always_inline)) void AddElement(const int16x8_t (&a)[kRows],
                                                      const int16_t* panel,
                                                      int32x4_t (&acc)[kRows][4]) {
  const int16x8_t first = vld1q_s16(panel + kLane * kConvColumns);
  const int16x8_t second = vld1q_s16(panel + kLane * kConvColumns + 8);
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    acc[r][0] = vmlal_laneq_s16(acc[r][0], vget_low_s16(first), a[r], kLane);
    acc[r][1] = vmlal_high_laneq_s16(acc[r][1], first, a[r], kLane);
    acc[r][2] = vmlal_laneq_s16(acc[r][2], vget_low_s16(second), a[r], kLane);
    acc[r][3] = vmlal_high_laneq_s16(acc[r][3], second, a[r], kLane);
  }
}

template <int kRows>
inline __attribute__((always_inline)) void AddFour(const int16x8_t (&a)[kRows],
                                                   const int16_t* panel,
                                                   int32x4_t (&acc)[kRows][4]) {
  AddElement<0>(a, panel, acc);
  AddElement<1>(a, panel, acc);
  AddElement<2>(a, panel, acc);
  AddElement<3>(a, panel, acc);
}

// Columns [j, j + 16) of the panel, of which the first `columns` are stored.
template <int kRows, bool kSigned>
void MultiplyTile(const ConvPixels& a, int64_t row, int64_t j, int64_t columns, int64_t depth,
                  const uint8_t* panel, uint8_t* q, int64_t q_stride) {
  const uint8_t* rows = a.data + row * a.stride;
  const auto& end =
      *reinterpret_cast<const PanelEnd*>(panel + PaddedDepth(depth) * kConvColumns * 2);
  const auto* weights = reinterpret_cast<const int16_t*>(panel) + j;
  int32x4_t acc[kRows][4];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) acc[r][v] = vld1q_s32(end.channels.start + j + 4 * v);
  }
  int16x8_t x[kRows];
  int64_t k = 0;
  for (; k + kStep <= ConvDepth(depth); k += kStep, weights += kStep * kConvColumns) {
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) x[r] = Widen<kSigned>(vld1_u8(rows + r * a.stride + k));
    AddFour(x, weights, acc);
    AddElement<4>(x, weights, acc);
    AddElement<5>(x, weights, acc);
    AddElement<6>(x, weights, acc);
    AddElement<7>(x, weights, acc);
  }
  if (k < depth) {
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      uint32_t four;
      __builtin_memcpy(&four, rows + r * a.stride + k, sizeof(four));
      x[r] = Widen<kSigned>(vreinterpret_u8_u32(vdup_n_u32(four)));
    }
    AddFour(x, weights, acc);
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    uint8_t* to = q + (row + r) * q_stride + j;
    for (int64_t v = 0; v < 4 && 4 * v < columns; v += 2) {
      const int32x4_t low = Requantize(acc[r][v], end.channels, j + 4 * v);
      const int32x4_t high = Requantize(acc[r][v + 1], end.channels, j + 4 * v + 4);
      StoreBytes(ToBytes(low, high, end.range), columns - 4 * v, to + 4 * v);
    }
  }
}

using Tile = void (*)(const ConvPixels&, int64_t, int64_t, int64_t, int64_t, const uint8_t*,
                      uint8_t*, int64_t);
constexpr Tile kTiles[2][kTileRows] = {
    {MultiplyTile<1, false>, MultiplyTile<2, false>, MultiplyTile<3, false>,
     MultiplyTile<4, false>},
    {MultiplyTile<1, true>, MultiplyTile<2, true>, MultiplyTile<3, true>, MultiplyTile<4, true>}};

// The weights' zero is in the panel: sums of rows are not needed.
void Multiply(const ConvPixels& a, const int32_t*, int64_t columns, int64_t depth,
              const uint8_t* panel, const uint8_t*, uint8_t* q, int64_t q_stride) {
  const Tile* functions = kTiles[a.flip != 0 ? 1 : 0];
  // Tiles of equal height: a low one at the end would wait for its own sums.
  const int64_t tiles = (a.rows + kTileRows - 1) / kTileRows;
  for (int64_t j = 0; j < columns; j += kTileColumns) {
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t row = a.rows * t / tiles, rows = a.rows * (t + 1) / tiles - row;
      functions[rows - 1](a, row, j, columns - j, depth, panel, q, q_stride);
    }
  }
}

}  // namespace

extern const ConvKernels kConvNeon;
const ConvKernels kConvNeon = {CpuLevel::kNeon, PanelBytes, Pack, SumRows, Multiply, nullptr};

}  // namespace edgetasks::kernels::simd
