// Tiles of the gemm_f32 family for every instruction set, by floats.h.
#ifndef CORE_KERNELS_SIMD_GEMM_F32_TILES_H_
#define CORE_KERNELS_SIMD_GEMM_F32_TILES_H_

#include "core/kernels/simd/floats.h"
#include "core/kernels/simd/gemm_f32/gemm_f32.h"

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: as in floats.h

// A panel: the bias, then PackColumns::Pack for each vector of columns.
template <typename PackColumns>
void PackPanel(const F32Weights& w, const float* bias, float* panel) {
  constexpr int64_t kLanes = Floats::kLanes;
  for (int64_t first = 0; first < kF32Columns; first += kLanes) {
    const int64_t left = w.columns - first, count = left < kLanes ? left : kLanes;
    const bool some = bias != nullptr && count > 0;
    (some ? Floats::LoadFirst(bias + first, count) : Floats::Zero()).Store(panel + first);
    PackColumns::Pack(w, first, panel + kF32Columns);
  }
}

// Columns by squares of numbers: Transpose::Run turns kLanes rows into columns in registers.
template <typename Transpose>
struct PackBySquares {
  static void Pack(const F32Weights& w, int64_t first, float* panel) {
    constexpr int64_t kLanes = Floats::kLanes;
    for (int64_t k = 0; k < w.depth; k += kLanes) {
      const int64_t count = w.depth - k < kLanes ? w.depth - k : kLanes;
      decltype(Floats::v) rows[kLanes];
#pragma GCC unroll 8
      for (int64_t i = 0; i < kLanes; ++i) {
        rows[i] = Floats::Zero().v;
        if (first + i >= w.columns) continue;
        rows[i] = Floats::LoadFirst(w.data + (first + i) * w.stride + k, count).v;
      }
      Transpose::Run(rows);
      for (int64_t i = 0; i < count; ++i) {
        Floats{rows[i]}.Store(panel + (k + i) * kF32Columns + first);
      }
    }
  }
};

// kRows rows by kVectors vectors of columns, sums in registers. `panel` begins with the first
// column's bias.
template <int kRows, int kVectors>
void MultiplyTile(const F32Rows& a, int64_t row, int64_t columns, int64_t depth, const float* panel,
                  const float* next, FloatRange range, float* c, int64_t c_stride) {
  const float* rows = a.data + row * a.stride;
  Floats sums[kRows][kVectors];
#pragma GCC unroll 14
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[r][v] = Floats::Load(panel + v * Floats::kLanes);
  }
  for (int64_t k = 0; k < depth; ++k) {
    panel += kF32Columns;
    // Half of the weights to come, with the tile next to this one; a cache line each time.
    __builtin_prefetch(next + k * kF32Columns / 2, 0, 2);
    Floats b[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) b[v] = Floats::Load(panel + v * Floats::kLanes);
#pragma GCC unroll 14
    for (int r = 0; r < kRows; ++r) {
      const Floats x = Floats::All(rows[r * a.stride + k]);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = sums[r][v].AddProduct(x, b[v]);
    }
  }
  const Floats min = Floats::All(range.min), max = Floats::All(range.max);
  c += row * c_stride;
  if (columns >= kVectors * Floats::kLanes) {
#pragma GCC unroll 14
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        sums[r][v].Clamp(min, max).Store(c + r * c_stride + v * Floats::kLanes);
      }
    }
    return;
  }
#pragma GCC unroll 14
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const int64_t left = columns - v * Floats::kLanes;
      if (left <= 0) continue;
      sums[r][v].Clamp(min, max).StoreFirst(c + r * c_stride + v * Floats::kLanes,
                                            left < Floats::kLanes ? left : Floats::kLanes);
    }
  }
}

using TileFunction = void (*)(const F32Rows&, int64_t, int64_t, int64_t, const float*, const float*,
                              FloatRange, float*, int64_t);

// functions[n - 1] computes n rows; the most are kTileRows. kTileColumns divides 32.
template <int kTileRows, int kTileColumns>
void MultiplyBy(const TileFunction (&functions)[kTileRows], const F32Rows& a, int64_t columns,
                int64_t depth, const float* panel, const float* next, FloatRange range, float* c,
                int64_t c_stride) {
  // Tiles of equal height: a low one at the end would wait for its own sums.
  const int64_t tiles = (a.rows + kTileRows - 1) / kTileRows;
  for (int64_t t = 0; t < tiles; ++t) {
    const int64_t row = a.rows * t / tiles, rows = a.rows * (t + 1) / tiles - row;
    // Those that have nothing to ask for ask for what is there.
    const float* soon = next == nullptr || t > 1 ? panel : next + t * (kF32Columns / 2) * depth;
    for (int64_t j = 0; j < columns; j += kTileColumns) {
      functions[rows - 1](a, row, columns - j, depth, panel + j, soon, range, c + j, c_stride);
    }
  }
}

// One row of A by kColumns rows of B that are not packed.
template <int kColumns>
void MultiplyUnpackedColumns(const float* a, const F32Weights& b, int64_t column, const float* bias,
                             FloatRange range, float* c) {
  const float* rows = b.data + column * b.stride;
  SixteenFloats sums[kColumns];
#pragma GCC unroll 4
  for (int j = 0; j < kColumns; ++j) sums[j] = SixteenFloats::Zero();
  int64_t k = 0;
  for (; k + 16 <= b.depth; k += 16) {
#pragma GCC unroll 4
    for (int part = 0; part < SixteenFloats::kVectors; ++part) {
      const int64_t at = k + part * Floats::kLanes;
      const Floats x = Floats::Load(a + at);
#pragma GCC unroll 4
      for (int j = 0; j < kColumns; ++j) {
        const float* row = rows + j * b.stride + at;
        // The same place of the rows after these.
        if (part == 0) __builtin_prefetch(row + kColumns * b.stride);
        sums[j].v[part] = sums[j].v[part].AddProduct(x, Floats::Load(row));
      }
    }
  }
  if (k < b.depth) {
    ForEachPart(k, b.depth, [&](int part, const auto& load) {
      const Floats x = load(a);
#pragma GCC unroll 4
      for (int j = 0; j < kColumns; ++j) {
        sums[j].v[part] = sums[j].v[part].AddProduct(x, load(rows + j * b.stride));
      }
    });
  }
  for (int j = 0; j < kColumns; ++j) {
    const float sum = sums[j].Sum() + (bias != nullptr ? bias[column + j] : 0.0f);
    const float above = sum < range.min ? range.min : sum;
    c[column + j] = above > range.max ? range.max : above;
  }
}

void MultiplyUnpacked(const F32Rows& a, const F32Weights& b, const float* bias, FloatRange range,
                      float* c, int64_t c_stride) {
  // Rows of A are few: B comes from the cache after the first.
  constexpr int64_t kColumns = 4;
  for (int64_t j = 0; j < b.columns; j += kColumns) {
    const float* row = a.data;
    for (int64_t i = 0; i < a.rows; ++i, row += a.stride) {
      if (j + kColumns <= b.columns) {
        MultiplyUnpackedColumns<kColumns>(row, b, j, bias, range, c + i * c_stride);
        continue;
      }
      for (int64_t last = j; last < b.columns; ++last) {
        MultiplyUnpackedColumns<1>(row, b, last, bias, range, c + i * c_stride);
      }
    }
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_F32_TILES_H_
