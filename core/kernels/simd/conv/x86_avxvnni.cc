// The conv family with AVX-VNNI, VPDPBUSD on 256 bits. Compiled with its flags: everything here is
// local to this file.
#include "core/kernels/simd/conv/x86_256.h"
#include "core/kernels/simd/x86_avx2_transpose.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kBytes = 32;

// A panel: depth / 4 groups of [32][4] weights as VPDPBUSD takes them, then its end.
PanelEnd* EndOf(uint8_t* panel, int64_t depth) {
  return reinterpret_cast<PanelEnd*>(panel + ConvDepth(depth) * kConvColumns);
}

int64_t PanelBytes(int64_t depth) {
  return ConvDepth(depth) * kConvColumns + static_cast<int64_t>(sizeof(PanelEnd));
}

__m256i Flips(uint8_t flip) { return _mm256_set1_epi8(static_cast<char>(flip)); }

// Up to 32 bytes, flipped, zeros behind them.
__m256i LoadPart(const uint8_t* from, int64_t count, uint8_t flip) {
  if (count >= kBytes) return _mm256_xor_si256(LoadVector(from), Flips(flip));
  alignas(32) uint8_t part[kBytes] = {};
  for (int64_t i = 0; i < count; ++i) part[i] = from[i] ^ flip;
  return LoadVector(part);
}

// Eight columns of the panel from `first` on; returns the sums of their weights.
__m256i PackColumns(const ConvWeights& w, int64_t first, uint8_t* panel) {
  __m256i sums = _mm256_setzero_si256();
  const int64_t groups = ConvDepth(w.depth) / kConvDepthUnit;
  for (int64_t k = 0; k < w.depth; k += kBytes) {
    __m256 rows[kLanes];
    for (int64_t i = 0; i < kLanes; ++i) {
      rows[i] = _mm256_setzero_ps();
      if (first + i >= w.columns) continue;
      const uint8_t* row = w.data + (first + i) * w.stride + k;
      rows[i] = _mm256_castsi256_ps(LoadPart(row, w.depth - k, w.flip));
    }
    Transpose8x8(rows);
    const int64_t left = groups - k / kConvDepthUnit, count = left < kLanes ? left : kLanes;
    uint8_t* to = panel + (k / kConvDepthUnit * kConvColumns + first) * kConvDepthUnit;
    for (int64_t g = 0; g < count; ++g, to += kConvColumns * kConvDepthUnit) {
      _mm256_storeu_ps(reinterpret_cast<float*>(to), rows[g]);
      sums = _mm256_dpbusd_avx_epi32(sums, _mm256_set1_epi8(1), _mm256_castps_si256(rows[g]));
    }
  }
  return sums;
}

// With z the zeros: sum (a - za)(w - zw) = sum a w - za (sum w - depth zw) - zw sum a.
void Pack(const ConvWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* panel) {
  const __m256i minus_zero = _mm256_set1_epi32(-pixel_zero);
  const __m256i zeros = _mm256_set1_epi32(
      static_cast<int32_t>(static_cast<uint64_t>(int64_t{pixel_zero} * w.zero * w.depth)));
  int32_t starts[kConvColumns];
  for (int64_t first = 0; first < kConvColumns; first += kLanes) {
    const __m256i sums = PackColumns(w, first, panel);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(starts + first),
                        _mm256_add_epi32(zeros, _mm256_mullo_epi32(minus_zero, sums)));
  }
  PanelEnd* end = EndOf(panel, w.depth);
  SetEnd(w, r, starts, end);
  end->weight_zero = w.zero;
}

void SumRows(const ConvPixels& a, int64_t depth, int32_t* sums) {
  for (int64_t i = 0; i < a.rows; ++i) {
    const uint8_t* row = a.data + i * a.stride;
    __m256i parts = _mm256_setzero_si256();
    for (int64_t k = 0; k < depth; k += kBytes) {
      parts =
          _mm256_dpbusd_avx_epi32(parts, LoadPart(row + k, depth - k, a.flip), _mm256_set1_epi8(1));
    }
    int32_t numbers[kLanes];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(numbers), parts);
    uint32_t sum = 0;
    for (const int32_t number : numbers) sum += static_cast<uint32_t>(number);
    sums[i] = static_cast<int32_t>(sum);
  }
}

// kRows rows of pixels against the panel.
template <int kRows>
void MultiplyRows(const ConvPixels& a, int64_t row, const int32_t* row_sums, int64_t columns,
                  int64_t depth, const uint8_t* panel, uint8_t* q, int64_t q_stride) {
  const uint8_t* rows = a.data + row * a.stride;
  const PanelEnd& end = *EndOf(const_cast<uint8_t*>(panel), depth);
  const __m256i flips = Flips(a.flip);
  __m256i acc[kRows][kVectors];
#pragma GCC unroll 3
  for (int r = 0; r < kRows; ++r) {
    const uint32_t row_sum = row_sums != nullptr ? static_cast<uint32_t>(row_sums[row + r]) : 0;
    const uint32_t minus = 0u - static_cast<uint32_t>(end.weight_zero) * row_sum;
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      acc[r][v] = _mm256_add_epi32(LoadVector(StartOf(end, v)),
                                   _mm256_set1_epi32(static_cast<int32_t>(minus)));
    }
  }
  for (int64_t k = 0; k < depth; k += kConvDepthUnit, panel += kConvColumns * kConvDepthUnit) {
    __m256i x[kRows];
#pragma GCC unroll 3
    for (int r = 0; r < kRows; ++r) {
      int four;
      __builtin_memcpy(&four, rows + r * a.stride + k, sizeof(four));
      x[r] = _mm256_xor_si256(_mm256_set1_epi32(four), flips);
    }
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const __m256i b = LoadVector(panel + v * kBytes);
#pragma GCC unroll 3
      for (int r = 0; r < kRows; ++r) acc[r][v] = _mm256_dpbusd_avx_epi32(acc[r][v], x[r], b);
    }
  }
  StoreSums<kRows>(end, acc, columns, q + row * q_stride, q_stride);
}

void Multiply(const ConvPixels& a, const int32_t* row_sums, int64_t columns, int64_t depth,
              const uint8_t* panel, const uint8_t*, uint8_t* q, int64_t q_stride) {
  int64_t row = 0;
  for (; row + kTileRows <= a.rows; row += kTileRows) {
    MultiplyRows<kTileRows>(a, row, row_sums, columns, depth, panel, q, q_stride);
  }
  if (a.rows - row == 2) {
    MultiplyRows<2>(a, row, row_sums, columns, depth, panel, q, q_stride);
  } else if (a.rows - row == 1) {
    MultiplyRows<1>(a, row, row_sums, columns, depth, panel, q, q_stride);
  }
}

}  // namespace

extern const ConvKernels kConvAvxVnni;
const ConvKernels kConvAvxVnni = {CpuLevel::kAvxVnni, PanelBytes, Pack, SumRows, Multiply, nullptr};

}  // namespace edgetasks::kernels::simd
