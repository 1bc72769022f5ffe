// The conv family with AVX-512 VNNI. Compiled with those flags: everything here is local to this
// file, and no header with inline functions that others may share is included, or the linker might
// keep a copy of one that only newer processors can run.
#include <immintrin.h>

#include "core/kernels/simd/conv/conv.h"
#include "core/kernels/simd/x86_avx512_float_steps.h"
#include "core/kernels/simd/x86_avx512_requantize.h"
#include "core/kernels/simd/x86_avx512_transpose.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kBytes = 64;
constexpr int64_t kLanes = 16;
// Rows that are multiplied together: 28 vectors of sums, and 4 registers for what meets them.
constexpr int64_t kTileRows = 14;

int64_t Min(int64_t a, int64_t b) { return a < b ? a : b; }

// The end of a panel, behind depth / 4 groups of [32][4] weights as VPDPBUSD takes them.
struct PanelEnd {
  RequantizedChannels channels[2];
  OutputRange range;
  Way way;
  int32_t weight_zero;
  int32_t unused[10];  // whole cache lines
};
static_assert(sizeof(PanelEnd) % kBytes == 0, "panels stay aligned");

int64_t PanelBytes(int64_t depth) {
  return ConvDepth(depth) * kConvColumns + static_cast<int64_t>(sizeof(PanelEnd));
}

// Sixteen channels of the panel from `first` on, all of them there where kWhole: their weights, and
// the sums of these.
template <bool kWhole>
__m512i PackColumnsOf(const ConvWeights& w, int64_t first, uint8_t* panel) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(w.flip));
  constexpr int64_t kGroupBytes = kConvColumns * kConvDepthUnit;
  const int64_t groups = ConvDepth(w.depth) / kConvDepthUnit;
  uint8_t* to = panel + first * kConvDepthUnit;
  __m512i sums = _mm512_setzero_si512();
  for (int64_t k = 0; k < w.depth; k += kBytes, to += kLanes * kGroupBytes) {
    const __mmask64 mask = Mask64(w.depth - k);
    const uint8_t* row = w.data + first * w.stride + k;
    __m512i rows[16];
#pragma GCC unroll 16
    for (int64_t i = 0; i < kLanes; ++i, row += w.stride) {
      rows[i] = _mm512_setzero_si512();
      if (!kWhole && first + i >= w.columns) continue;
      // The same row of the sixteen after these: rows are too short for the prefetchers.
      _mm_prefetch(reinterpret_cast<const char*>(row + kLanes * w.stride), _MM_HINT_T0);
      rows[i] = _mm512_maskz_loadu_epi8(mask, row);
    }
    if (w.flip != 0) {
#pragma GCC unroll 16
      for (int64_t i = 0; i < kLanes; ++i) {
        if (!kWhole && first + i >= w.columns) continue;
        rows[i] = _mm512_maskz_mov_epi8(mask, _mm512_xor_si512(rows[i], flips));
      }
    }
    Transpose16x16(rows);
    const int64_t count = Min(kLanes, groups - k / kConvDepthUnit);
#pragma GCC unroll 16
    for (int64_t g = 0; g < kLanes; ++g) {
      if (g >= count) break;
      sums = _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(1), rows[g]);
      _mm512_storeu_si512(to + g * kGroupBytes, rows[g]);
    }
  }
  return sums;
}

__m512i PackColumns(const ConvWeights& w, int64_t first, uint8_t* panel) {
  return first + kLanes <= w.columns ? PackColumnsOf<true>(w, first, panel)
                                     : PackColumnsOf<false>(w, first, panel);
}

// With z the zeros: sum (a - za)(w - zw) = sum a w - za (sum w - depth zw) - zw sum a.
void Pack(const ConvWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* panel) {
  auto* end = reinterpret_cast<PanelEnd*>(panel + ConvDepth(w.depth) * kConvColumns);
  PrefetchChannels(r, 2 * kConvColumns);  // of this panel and the next
  const __m512i minus_zero = _mm512_set1_epi32(-pixel_zero);
  const __m512i zeros = _mm512_set1_epi32(
      static_cast<int32_t>(static_cast<uint64_t>(int64_t{pixel_zero} * w.zero * w.depth)));
  ChannelNumbers numbers[2];
  __m512i starts[2];
  Way way = Way::kFloatsOfAllBytes;
  for (int half = 0; half < 2; ++half) {
    const int64_t first = half * kLanes;
    const __m512i sums = PackColumns(w, first, panel);
    numbers[half] = LoadChannels(r, first, w.columns - first);
    starts[half] = _mm512_add_epi32(_mm512_add_epi32(numbers[half].bias, zeros),
                                    _mm512_mullo_epi32(minus_zero, sums));
    way = Lesser(way, WayOf(r, numbers[half], w.depth, w.zero));
  }
  for (int half = 0; half < 2; ++half) {
    SetChannels(numbers[half], starts[half], way, &end->channels[half]);
  }
  end->range = MakeOutputRange(r);
  end->way = way;
  end->weight_zero = w.zero;
}

// The sum of the sixteen numbers of each of sixteen vectors.
inline __m512i SumsOf(__m512i (&rows)[16]) {
  Transpose16x16(rows);
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) rows[i] = _mm512_add_epi32(rows[i], rows[i + 8]);
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) rows[i] = _mm512_add_epi32(rows[i], rows[i + 4]);
  return _mm512_add_epi32(_mm512_add_epi32(rows[0], rows[1]), _mm512_add_epi32(rows[2], rows[3]));
}

void SumRows(const ConvPixels& a, int64_t depth, int32_t* sums) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(a.flip));
  for (int64_t i = 0; i < a.rows; i += kLanes) {
    const int64_t count = Min(kLanes, a.rows - i);
    // Behind the last row the last again: its sums are not stored.
    const int64_t last = count - 1;
    const uint8_t* data = a.data + i * a.stride;
    __m512i rows[16];
#pragma GCC unroll 16
    for (int r = 0; r < kLanes; ++r) rows[r] = _mm512_setzero_si512();
    for (int64_t k = 0; k < depth; k += kBytes) {
      const __mmask64 mask = Mask64(depth - k);
      const __m512i ones = _mm512_maskz_set1_epi8(mask, 1);
#pragma GCC unroll 16
      for (int64_t r = 0; r < kLanes; ++r) {
        const uint8_t* row = data + Min(r, last) * a.stride + k;
        const __m512i bytes = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, row), flips);
        rows[r] = _mm512_dpbusd_epi32(rows[r], bytes, ones);
      }
    }
    _mm512_mask_storeu_epi32(sums + i, Mask16(count), SumsOf(rows));
  }
}

// Four bytes of a row for all lanes, flipped.
__m512i Broadcast4(const uint8_t* bytes, __m512i flips) {
  int four;
  __builtin_memcpy(&four, bytes, sizeof(four));
  return _mm512_xor_si512(_mm512_set1_epi32(four), flips);
}

// Bytes of two rows as ToBytes makes them of vectors 0 and 1 of each -> row after row.
__m512i InOrder(__m512i bytes) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return _mm512_permutexvar_epi32(order, bytes);
}

// Stores one row or two of bytes as ToBytes makes them.
template <int kRows>
inline void StoreRows(__m512i mixed, int64_t columns, uint8_t* q, int64_t q_stride) {
  const __mmask32 lanes = static_cast<__mmask32>(Mask64(columns));
  const __m512i bytes = InOrder(mixed);
  _mm256_mask_storeu_epi8(q, lanes, _mm512_castsi512_si256(bytes));
  if (kRows > 1) {
    _mm256_mask_storeu_epi8(q + q_stride, lanes, _mm512_extracti64x4_epi64(bytes, 1));
  }
}

// Requantizes sums [rows][32] the long way.
__attribute__((noinline)) void StoreTheLongWay(const int32_t* sums, int64_t rows, int64_t columns,
                                               const PanelEnd& end, uint8_t* q, int64_t q_stride) {
  const OutputBytes to(end.range);
  for (int64_t r = 0; r < rows; ++r, sums += kConvColumns, q += q_stride) {
    const __m512i a = RequantizeLong(_mm512_loadu_si512(sums), end.channels[0]);
    const __m512i b = RequantizeLong(_mm512_loadu_si512(sums + kLanes), end.channels[1]);
    StoreRows<1>(ToBytes<Way::kLong>(a, b, a, b, to), columns, q, q_stride);
  }
}

// Requantizes sums that wait in registers.
template <Way kWay, int kRows, int kVectors>
inline __attribute__((always_inline)) void StoreTileBy(__m512i (&sums)[kRows][2], int64_t columns,
                                                       const PanelEnd& end, uint8_t* q,
                                                       int64_t q_stride) {
#pragma GCC unroll 2
  for (int v = 0; v < kVectors; ++v) {
#pragma GCC unroll 14
    for (int r = 0; r < kRows; ++r) sums[r][v] = Requantize<kWay>(sums[r][v], end.channels[v]);
  }
  const OutputBytes to(end.range);
  constexpr int kLast = kVectors - 1;  // of half a panel, each number twice
#pragma GCC unroll 7
  for (int r = 0; r + 1 < kRows; r += 2) {
    StoreRows<2>(ToBytes<kWay>(sums[r][0], sums[r][kLast], sums[r + 1][0], sums[r + 1][kLast], to),
                 columns, q + r * q_stride, q_stride);
  }
  if (kRows % 2 != 0) {
    constexpr int kR = kRows - 1;
    StoreRows<1>(ToBytes<kWay>(sums[kR][0], sums[kR][kLast], sums[kR][0], sums[kR][kLast], to),
                 columns, q + kR * q_stride, q_stride);
  }
}

template <int kRows, int kVectors>
inline __attribute__((always_inline)) void StoreTile(__m512i (&sums)[kRows][2], int64_t columns,
                                                     const PanelEnd& end, uint8_t* q,
                                                     int64_t q_stride) {
  switch (end.way) {
    case Way::kFloatsOfAllBytes:
      return StoreTileBy<Way::kFloatsOfAllBytes, kRows, kVectors>(sums, columns, end, q, q_stride);
    case Way::kFloats:
      return StoreTileBy<Way::kFloats, kRows, kVectors>(sums, columns, end, q, q_stride);
    case Way::kFloatsFromZero:
      return StoreTileBy<Way::kFloatsFromZero, kRows, kVectors>(sums, columns, end, q, q_stride);
    case Way::kQuickFromZero:
      return StoreTileBy<Way::kQuickFromZero, kRows, kVectors>(sums, columns, end, q, q_stride);
    case Way::kQuick:
      return StoreTileBy<Way::kQuick, kRows, kVectors>(sums, columns, end, q, q_stride);
    case Way::kLong:
      break;
  }
  alignas(64) int32_t waiting[kRows * kConvColumns];
#pragma GCC unroll 14
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < 2; ++v) {
      _mm512_store_si512(waiting + r * kConvColumns + v * kLanes, sums[r][v < kVectors ? v : 0]);
    }
  }
  StoreTheLongWay(waiting, kRows, columns, end, q, q_stride);
}

// What the tiles of rows by a panel have in common.
struct Product {
  const ConvPixels& a;
  const int32_t* row_sums;
  int64_t columns, depth;
  const uint8_t* panel;
  uint8_t* q;
  int64_t q_stride;
  // Weights to come, of which each tile asks for half of a panel's.
  const uint8_t* next;
  int halves;

  // What a tile asks for; those that have nothing to ask for, ask for what is there.
  const uint8_t* Next() {
    if (halves == 0) return panel;
    --halves;
    const uint8_t* half = next;
    next += kConvColumns / 2 * depth;
    return half;
  }
};

// kRows rows of pixels against 16 * kVectors channels of the panel.
template <int kRows, int kVectors>
inline __attribute__((always_inline)) void MultiplyTile(Product& p, int64_t row) {
  const uint8_t *rows = p.a.data + row * p.a.stride, *next = p.Next(), *panel = p.panel;
  const int64_t stride = p.a.stride, depth = p.depth;
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(p.a.flip));
  const auto* end = reinterpret_cast<const PanelEnd*>(panel + ConvDepth(depth) * kConvColumns);
  __m512i acc[kRows][2];
#pragma GCC unroll 14
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) acc[r][v] = _mm512_loadu_si512(end->channels[v].start);
  }
  if (p.row_sums != nullptr) {
#pragma GCC unroll 14
    for (int r = 0; r < kRows; ++r) {
      const __m512i minus = _mm512_set1_epi32(static_cast<int32_t>(
          -static_cast<uint32_t>(end->weight_zero) * static_cast<uint32_t>(p.row_sums[row + r])));
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) acc[r][v] = _mm512_add_epi32(acc[r][v], minus);
    }
  }
  for (int64_t k = 0; k < depth; k += kConvDepthUnit, panel += kConvColumns * kConvDepthUnit) {
    _mm_prefetch(reinterpret_cast<const char*>(next + k * kBytes / kConvDepthUnit), _MM_HINT_T1);
    __m512i b[2];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) b[v] = _mm512_loadu_si512(panel + v * kBytes);
#pragma GCC unroll 14
    for (int r = 0; r < kRows; ++r) {
      const __m512i four = Broadcast4(rows + r * stride + k, flips);
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) acc[r][v] = _mm512_dpbusd_epi32(acc[r][v], four, b[v]);
    }
  }
  StoreTile<kRows, kVectors>(acc, p.columns, *end, p.q + row * p.q_stride, p.q_stride);
}

// Tiles of kRows rows each.
template <int kRows, int kVectors>
void MultiplyTiles(Product& p, int64_t row, int64_t end) {
  for (; row < end; row += kRows) MultiplyTile<kRows, kVectors>(p, row);
}

template <int kVectors>
void MultiplyTilesOf(int64_t tile_rows, Product& p, int64_t row, int64_t end) {
  using Function = void (*)(Product&, int64_t, int64_t);
  static constexpr Function kFunctions[kTileRows] = {
      MultiplyTiles<1, kVectors>,  MultiplyTiles<2, kVectors>,  MultiplyTiles<3, kVectors>,
      MultiplyTiles<4, kVectors>,  MultiplyTiles<5, kVectors>,  MultiplyTiles<6, kVectors>,
      MultiplyTiles<7, kVectors>,  MultiplyTiles<8, kVectors>,  MultiplyTiles<9, kVectors>,
      MultiplyTiles<10, kVectors>, MultiplyTiles<11, kVectors>, MultiplyTiles<12, kVectors>,
      MultiplyTiles<13, kVectors>, MultiplyTiles<14, kVectors>};
  if (row < end) kFunctions[tile_rows - 1](p, row, end);
}

void Multiply(const ConvPixels& a, const int32_t* row_sums, int64_t columns, int64_t depth,
              const uint8_t* panel, const uint8_t* next, uint8_t* q, int64_t q_stride) {
  Product p = {a, row_sums, columns, depth, panel, q, q_stride, next, next == nullptr ? 0 : 2};
  // Tiles of almost equal height: a low one at the end would wait for its own sums.
  const int64_t tiles = (a.rows + kTileRows - 1) / kTileRows;
  const int64_t low = tiles == 0 ? 0 : a.rows / tiles,
                high_end = (a.rows - low * tiles) * (low + 1);
  const auto multiply = columns > kLanes ? MultiplyTilesOf<2> : MultiplyTilesOf<1>;
  multiply(low + 1, p, 0, high_end);
  multiply(low, p, high_end, a.rows);
}

// kColumns rows of weights from `column` on by a row of pixels: vectors of their products, and of
// their sums.
template <int kColumns>
inline void Products(const uint8_t* pixels, const ConvWeights& w, int64_t column,
                     __m512i pixel_flips, __m512i* products, __m512i* sums) {
  const __m512i weight_flips = _mm512_set1_epi8(static_cast<char>(w.flip));
  const uint8_t* rows = w.data + column * w.stride;
  __m512i product[kColumns], sum[kColumns];
#pragma GCC unroll 4
  for (int j = 0; j < kColumns; ++j) product[j] = sum[j] = _mm512_setzero_si512();
  const __m512i one = _mm512_set1_epi8(1);
  for (int64_t k = 0; k < w.depth; k += kBytes) {
    const __mmask64 mask = Mask64(w.depth - k);
    const __m512i x = _mm512_maskz_mov_epi8(
        mask, _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, pixels + k), pixel_flips));
    const __m512i ones = _mm512_maskz_mov_epi8(mask, one);
#pragma GCC unroll 4
    for (int j = 0; j < kColumns; ++j) {
      const uint8_t* row = rows + j * w.stride + k;
      // Rows are too short for the prefetchers: ask for those that come after some more.
      _mm_prefetch(reinterpret_cast<const char*>(row + 2 * kColumns * w.stride), _MM_HINT_T0);
      const __m512i y = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, row), weight_flips);
      product[j] = _mm512_dpbusd_epi32(product[j], x, y);
      sum[j] = _mm512_dpbusd_epi32(sum[j], ones, y);
    }
  }
#pragma GCC unroll 4
  for (int j = 0; j < kColumns; ++j) products[j] = product[j], sums[j] = sum[j];
}

// The bytes of sixteen channels whose sums are complete but for the bias.
inline __m128i RequantizeSixteen(const Requantization& r, const ChannelNumbers& n, bool quick,
                                 __m512i sums) {
  RequantizedChannels channels;
  const Way way = quick ? Way::kQuick : Way::kLong;
  SetChannels(n, _mm512_add_epi32(n.bias, sums), way, &channels);
  const __m512i start = _mm512_loadu_si512(channels.start);
  const __m512i v =
      quick ? Requantize<Way::kQuick>(start, channels) : Requantize<Way::kLong>(start, channels);
  const __m512i bytes = InOrder(ToBytes<Way::kQuick>(v, v, v, v, OutputBytes(MakeOutputRange(r))));
  return _mm512_castsi512_si128(bytes);
}

void MultiplyUnpacked(const ConvPixels& a, const ConvWeights& w, const Requantization& r,
                      uint8_t* q, int64_t q_stride) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(a.flip));
  const int64_t zeros = int64_t{a.zero} * w.zero * w.depth;
  for (int64_t j = 0; j < w.columns; j += kLanes) {
    const int64_t count = Min(kLanes, w.columns - j);
    const ChannelNumbers numbers = LoadChannels(r, j, count);
    const bool quick = AreQuick(numbers, w.depth * 4 * 255 * 128);
    for (int64_t i = 0; i < a.rows; ++i) {
      const uint8_t* pixels = a.data + i * a.stride;
      __m512i products[kLanes], sums[kLanes];
      int64_t c = 0;
      for (; c + 4 <= count; c += 4) Products<4>(pixels, w, j + c, flips, products + c, sums + c);
      for (; c < count; ++c) Products<1>(pixels, w, j + c, flips, products + c, sums + c);
      for (; c < kLanes; ++c) products[c] = sums[c] = _mm512_setzero_si512();
      int32_t row_sum = 0;
      if (w.zero != 0) SumRows({1, pixels, a.stride, a.flip, a.zero}, w.depth, &row_sum);
      const int64_t rest = zeros - int64_t{w.zero} * row_sum;
      const __m512i total = _mm512_add_epi32(
          _mm512_sub_epi32(SumsOf(products),
                           _mm512_mullo_epi32(_mm512_set1_epi32(a.zero), SumsOf(sums))),
          _mm512_set1_epi32(static_cast<int32_t>(static_cast<uint64_t>(rest))));
      _mm_mask_storeu_epi8(q + i * q_stride + j, Mask16(count),
                           RequantizeSixteen(r, numbers, quick, total));
    }
  }
}

}  // namespace

extern const ConvKernels kConvAvx512Vnni;
const ConvKernels kConvAvx512Vnni = {CpuLevel::kAvx512Vnni, PanelBytes,    Pack, SumRows, Multiply,
                                     MultiplyUnpacked,      FloatsAreExact};

}  // namespace edgetasks::kernels::simd
