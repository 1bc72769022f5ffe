// The gemm_f32 family with NEON.
#include "core/kernels/simd/gemm_f32/tiles.h"

namespace edgetasks::kernels::simd {
namespace {

// r[i], i < 4: four numbers of row i; then r[k]: number k of four rows.
struct Transpose4x4 {
  static void Run(float32x4_t (&r)[4]) {
    const float32x4_t t0 = vzip1q_f32(r[0], r[2]), t1 = vzip2q_f32(r[0], r[2]);
    const float32x4_t t2 = vzip1q_f32(r[1], r[3]), t3 = vzip2q_f32(r[1], r[3]);
    r[0] = vzip1q_f32(t0, t2);
    r[1] = vzip2q_f32(t0, t2);
    r[2] = vzip1q_f32(t1, t3);
    r[3] = vzip2q_f32(t1, t3);
  }
};

// 24 vectors of sums, and 8 registers for what meets them.
constexpr TileFunction kTiles[] = {MultiplyTile<1, 4>, MultiplyTile<2, 4>, MultiplyTile<3, 4>,
                                   MultiplyTile<4, 4>, MultiplyTile<5, 4>, MultiplyTile<6, 4>};

void Multiply(const F32Rows& a, int64_t columns, int64_t depth, const float* panel,
              const float* next, FloatRange range, float* c, int64_t c_stride) {
  MultiplyBy<6, 16>(kTiles, a, columns, depth, panel, next, range, c, c_stride);
}

}  // namespace

extern const GemmF32Kernels kGemmF32Neon;
const GemmF32Kernels kGemmF32Neon = {CpuLevel::kNeon, PackPanel<PackBySquares<Transpose4x4>>,
                                     Multiply, MultiplyUnpacked};

}  // namespace edgetasks::kernels::simd
