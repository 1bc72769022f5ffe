// The gemm_f32 family with AVX2 and FMA. Compiled with their flags: everything here is local to
// this file.
#include "core/kernels/simd/gemm_f32/tiles.h"
#include "core/kernels/simd/x86_avx2_transpose.h"

namespace edgetasks::kernels::simd {
namespace {

struct Transpose8 {
  static void Run(__m256 (&rows)[8]) { Transpose8x8(rows); }
};

// 12 vectors of sums, and 4 registers for what meets them.
constexpr TileFunction kTiles[] = {MultiplyTile<1, 2>, MultiplyTile<2, 2>, MultiplyTile<3, 2>,
                                   MultiplyTile<4, 2>, MultiplyTile<5, 2>, MultiplyTile<6, 2>};

void Multiply(const F32Rows& a, int64_t columns, int64_t depth, const float* panel,
              const float* next, FloatRange range, float* c, int64_t c_stride) {
  MultiplyBy<6, 16>(kTiles, a, columns, depth, panel, next, range, c, c_stride);
}

}  // namespace

extern const GemmF32Kernels kGemmF32Avx2;
const GemmF32Kernels kGemmF32Avx2 = {CpuLevel::kAvx2, PackPanel<PackBySquares<Transpose8>>,
                                     Multiply, MultiplyUnpacked};

}  // namespace edgetasks::kernels::simd
