// The gemm family with AVX-VNNI, VPDPBUSD on 256 bits: products with packed panels, and the table.
#include "core/kernels/simd/gemm/x86_256_panels.h"

namespace edgetasks::kernels::simd {

extern const RowKernels kGemmRowsAvxVnni;

namespace {

// Sixteen columns of a panel at once: six rows make twelve vectors of sums, and leave registers for
// two of B and one of A.
constexpr int64_t kTileRows = 6;
constexpr int kTileVectors = 2;

__m256i LoadVector(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

template <int kRows>
__attribute__((always_inline)) inline void Clear(__m256i (&acc)[kRows][kTileVectors]) {
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < kTileVectors; ++v) acc[r][v] = _mm256_setzero_si256();
  }
}

// Adds the products of four elements of each row.
template <int kRows>
__attribute__((always_inline)) inline void AddGroup(const uint8_t* rows, int64_t stride,
                                                    const uint8_t* panel,
                                                    __m256i (&acc)[kRows][kTileVectors]) {
  const __m256i b0 = LoadVector(panel), b1 = LoadVector(panel + 32);
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
    int four;
    __builtin_memcpy(&four, rows + r * stride, sizeof(four));
    const __m256i x = _mm256_set1_epi32(four);
    acc[r][0] = _mm256_dpbusd_avx_epi32(acc[r][0], x, b0);
    acc[r][1] = _mm256_dpbusd_avx_epi32(acc[r][1], x, b1);
  }
}

// Rows [row, row + kRows) by the columns from j on.
template <int kRows>
void MultiplyTile(const ActivationRows& a, int64_t row, int64_t depth, const uint8_t* panel,
                  int64_t j, int32_t* c, int64_t c_stride) {
  const int64_t padded = PanelDepth(depth);
  const uint8_t* sums = panel + padded * kPanelColumns + j * 4;
  const uint8_t* rows = a.data + row * a.stride;
  __m256i acc[kRows][kTileVectors];
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
    const __m256i minus_zero = _mm256_set1_epi32(-a.zeros[row + r]);
#pragma GCC unroll 2
    for (int v = 0; v < kTileVectors; ++v) {
      acc[r][v] = _mm256_mullo_epi32(minus_zero, LoadVector(sums + v * 32));
    }
  }
  panel += j * kPanelDepthUnit;
  for (int64_t k = 0; k < padded; k += kPanelDepthUnit, panel += kPanelColumns * kPanelDepthUnit) {
    AddGroup<kRows>(rows + k, a.stride, panel, acc);
  }
  c += row * c_stride + j;
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < kTileVectors; ++v) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(c + r * c_stride + v * kLanes), acc[r][v]);
    }
  }
}

using Tile = void (*)(const ActivationRows&, int64_t, int64_t, const uint8_t*, int64_t, int32_t*,
                      int64_t);
constexpr Tile kTiles[] = {MultiplyTile<1>, MultiplyTile<2>, MultiplyTile<3>,
                           MultiplyTile<4>, MultiplyTile<5>, MultiplyTile<6>};

// Tiles of equal height: a low one at the end would wait for its own sums.
int64_t TilesOf(int64_t rows, int64_t height) { return (rows + height - 1) / height; }

void Multiply(const ActivationRows& a, int64_t depth, const uint8_t* panel, int32_t* c,
              int64_t c_stride) {
  const int64_t tiles = TilesOf(a.rows, kTileRows);
  for (int64_t j = 0; j < kPanelColumns; j += kTileVectors * kLanes) {
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t row = a.rows * t / tiles, rows = a.rows * (t + 1) / tiles - row;
      kTiles[rows - 1](a, row, depth, panel, j, c, c_stride);
    }
  }
}

// Of blocks each vector of sums has one of floats: three rows at once.
constexpr int64_t kBlockTileRows = 3;

template <int kRows>
void MultiplyBlocksTile(const ActivationRows& a, int64_t row, int64_t depth, int64_t block_size,
                        const uint8_t* panel, int64_t j, float* c, int64_t c_stride) {
  const uint8_t* rows = a.data + row * a.stride;
  const float* scale = reinterpret_cast<const float*>(panel + depth * kPanelColumns) + j;
  const float* weighted_sums = scale + depth / block_size * kPanelColumns;
  __m256 total[kRows][kTileVectors];
#pragma GCC unroll 3
  for (int r = 0; r < kRows; ++r) {
    const __m256 minus_zero = _mm256_set1_ps(static_cast<float>(-a.zeros[row + r]));
#pragma GCC unroll 2
    for (int v = 0; v < kTileVectors; ++v) {
      total[r][v] = _mm256_mul_ps(minus_zero, _mm256_loadu_ps(weighted_sums + v * kLanes));
    }
  }
  panel += j * kPanelDepthUnit;
  for (int64_t begin = 0; begin < depth; begin += block_size, scale += kPanelColumns) {
    __m256i acc[kRows][kTileVectors];
    Clear<kRows>(acc);
    for (int64_t k = begin; k < begin + block_size; k += kPanelDepthUnit) {
      AddGroup<kRows>(rows + k, a.stride, panel, acc);
      panel += kPanelColumns * kPanelDepthUnit;
    }
#pragma GCC unroll 3
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
      for (int v = 0; v < kTileVectors; ++v) {
        total[r][v] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(acc[r][v]),
                                      _mm256_loadu_ps(scale + v * kLanes), total[r][v]);
      }
    }
  }
#pragma GCC unroll 3
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < kTileVectors; ++v) {
      _mm256_storeu_ps(c + (row + r) * c_stride + j + v * kLanes, total[r][v]);
    }
  }
}

using BlocksTile = void (*)(const ActivationRows&, int64_t, int64_t, int64_t, const uint8_t*,
                            int64_t, float*, int64_t);
constexpr BlocksTile kBlocksTiles[] = {MultiplyBlocksTile<1>, MultiplyBlocksTile<2>,
                                       MultiplyBlocksTile<3>};

void MultiplyBlocks(const ActivationRows& a, int64_t depth, int64_t block_size,
                    const uint8_t* panel, float* c, int64_t c_stride) {
  const int64_t tiles = TilesOf(a.rows, kBlockTileRows);
  for (int64_t j = 0; j < kPanelColumns; j += kTileVectors * kLanes) {
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t row = a.rows * t / tiles, rows = a.rows * (t + 1) / tiles - row;
      kBlocksTiles[rows - 1](a, row, depth, block_size, panel, j, c, c_stride);
    }
  }
}

}  // namespace

extern const GemmKernels kGemmAvxVnni;
const GemmKernels kGemmAvxVnni = {
    CpuLevel::kAvxVnni, true,     true,           Pack<LoadS8>,      Pack<LoadU8>, PackS4,
    PackS4Blocks,       Multiply, MultiplyBlocks, &kGemmRowsAvxVnni, Quantize,     ScaleSums,
    ScaleFloats,
};

}  // namespace edgetasks::kernels::simd
