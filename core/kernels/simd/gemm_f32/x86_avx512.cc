// The gemm_f32 family with AVX-512. Compiled with its flags: everything here is local to this file.
#include "core/kernels/simd/gemm_f32/tiles.h"
#include "core/kernels/simd/x86_avx512_transpose.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kLanes = 16;

struct PackColumns {
  static void Pack(const F32Weights& w, int64_t first, float* panel) {
    for (int64_t k = 0; k < w.depth; k += kLanes) {
      const int64_t count = w.depth - k < kLanes ? w.depth - k : kLanes;
      const auto mask = static_cast<__mmask16>(0xFFFFu >> (16 - count));
      __m512i rows[16];
#pragma GCC unroll 16
      for (int64_t i = 0; i < kLanes; ++i) {
        rows[i] = _mm512_setzero_si512();
        if (first + i >= w.columns) continue;
        const float* row = w.data + (first + i) * w.stride + k;
        // The same row of the sixteen after these: rows are too short for the prefetchers.
        _mm_prefetch(reinterpret_cast<const char*>(row + kLanes * w.stride), _MM_HINT_T0);
        rows[i] = _mm512_maskz_loadu_epi32(mask, row);
      }
      Transpose16x16(rows);
      for (int64_t i = 0; i < count; ++i) {
        _mm512_storeu_si512(panel + (k + i) * kF32Columns + first, rows[i]);
      }
    }
  }
};

// 28 vectors of sums, and 4 registers for what meets them.
constexpr TileFunction kTiles[] = {MultiplyTile<1, 2>,  MultiplyTile<2, 2>,  MultiplyTile<3, 2>,
                                   MultiplyTile<4, 2>,  MultiplyTile<5, 2>,  MultiplyTile<6, 2>,
                                   MultiplyTile<7, 2>,  MultiplyTile<8, 2>,  MultiplyTile<9, 2>,
                                   MultiplyTile<10, 2>, MultiplyTile<11, 2>, MultiplyTile<12, 2>,
                                   MultiplyTile<13, 2>, MultiplyTile<14, 2>};
constexpr TileFunction kNarrowTiles[] = {
    MultiplyTile<1, 1>,  MultiplyTile<2, 1>,  MultiplyTile<3, 1>,  MultiplyTile<4, 1>,
    MultiplyTile<5, 1>,  MultiplyTile<6, 1>,  MultiplyTile<7, 1>,  MultiplyTile<8, 1>,
    MultiplyTile<9, 1>,  MultiplyTile<10, 1>, MultiplyTile<11, 1>, MultiplyTile<12, 1>,
    MultiplyTile<13, 1>, MultiplyTile<14, 1>};

void Multiply(const F32Rows& a, int64_t columns, int64_t depth, const float* panel,
              const float* next, FloatRange range, float* c, int64_t c_stride) {
  if (columns > kLanes) {
    MultiplyBy<14, 32>(kTiles, a, columns, depth, panel, next, range, c, c_stride);
  } else {
    MultiplyBy<14, 16>(kNarrowTiles, a, columns, depth, panel, next, range, c, c_stride);
  }
}

}  // namespace

extern const GemmF32Kernels kGemmF32Avx512;
const GemmF32Kernels kGemmF32Avx512 = {CpuLevel::kAvx512, PackPanel<PackColumns>, Multiply,
                                       MultiplyUnpacked};

}  // namespace edgetasks::kernels::simd
