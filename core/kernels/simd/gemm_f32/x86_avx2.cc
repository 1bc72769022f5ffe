// The gemm_f32 family with AVX2 and FMA. Compiled with their flags: everything here is local to
// this file.
#include "core/kernels/simd/gemm_f32/tiles.h"
#include "core/kernels/simd/x86_avx2_transpose.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kLanes = 8;

void PackColumns(const F32Weights& w, int64_t first, float* panel) {
  for (int64_t k = 0; k < w.depth; k += kLanes) {
    const int64_t count = w.depth - k < kLanes ? w.depth - k : kLanes;
    __m256 rows[8];
#pragma GCC unroll 8
    for (int64_t i = 0; i < kLanes; ++i) {
      rows[i] = _mm256_setzero_ps();
      if (first + i >= w.columns) continue;
      rows[i] = Floats::LoadFirst(w.data + (first + i) * w.stride + k, count).v;
    }
    Transpose8x8(rows);
    for (int64_t i = 0; i < count; ++i) {
      _mm256_storeu_ps(panel + (k + i) * kF32Columns + first, rows[i]);
    }
  }
}

void Pack(const F32Weights& w, const float* bias, float* panel) {
  for (int64_t first = 0; first < kF32Columns; first += kLanes) {
    const int64_t left = w.columns - first, count = left < kLanes ? left : kLanes;
    const bool some = bias != nullptr && count > 0;
    (some ? Floats::LoadFirst(bias + first, count) : Floats::Zero()).Store(panel + first);
    PackColumns(w, first, panel + kF32Columns);
  }
}

// 12 vectors of sums, and 4 registers for what meets them.
constexpr TileFunction kTiles[] = {MultiplyTile<1, 2>, MultiplyTile<2, 2>, MultiplyTile<3, 2>,
                                   MultiplyTile<4, 2>, MultiplyTile<5, 2>, MultiplyTile<6, 2>};

void Multiply(const F32Rows& a, int64_t columns, int64_t depth, const float* panel,
              const float* next, FloatRange range, float* c, int64_t c_stride) {
  MultiplyBy<6, 16>(kTiles, a, columns, depth, panel, next, range, c, c_stride);
}

}  // namespace

extern const GemmF32Kernels kGemmF32Avx2;
const GemmF32Kernels kGemmF32Avx2 = {CpuLevel::kAvx2, Pack, Multiply, MultiplyUnpacked};

}  // namespace edgetasks::kernels::simd
