// The gemm_f32 family with NEON.
#include "core/kernels/simd/gemm_f32/tiles.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kLanes = Floats::kLanes;

// r[i], i < 4: four numbers of row i; then r[k]: number k of four rows.
void Transpose4x4(float32x4_t (&r)[4]) {
  const float32x4_t t0 = vzip1q_f32(r[0], r[2]), t1 = vzip2q_f32(r[0], r[2]);
  const float32x4_t t2 = vzip1q_f32(r[1], r[3]), t3 = vzip2q_f32(r[1], r[3]);
  r[0] = vzip1q_f32(t0, t2);
  r[1] = vzip2q_f32(t0, t2);
  r[2] = vzip1q_f32(t1, t3);
  r[3] = vzip2q_f32(t1, t3);
}

void PackColumns(const F32Weights& w, int64_t first, float* panel) {
  for (int64_t k = 0; k < w.depth; k += kLanes) {
    const int64_t count = w.depth - k < kLanes ? w.depth - k : kLanes;
    float32x4_t rows[kLanes];
    for (int64_t i = 0; i < kLanes; ++i) {
      rows[i] = vdupq_n_f32(0.0f);
      if (first + i >= w.columns) continue;
      rows[i] = Floats::LoadFirst(w.data + (first + i) * w.stride + k, count).v;
    }
    Transpose4x4(rows);
    for (int64_t i = 0; i < count; ++i) vst1q_f32(panel + (k + i) * kF32Columns + first, rows[i]);
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

// 24 vectors of sums, and 8 registers for what meets them.
constexpr TileFunction kTiles[] = {MultiplyTile<1, 4>, MultiplyTile<2, 4>, MultiplyTile<3, 4>,
                                   MultiplyTile<4, 4>, MultiplyTile<5, 4>, MultiplyTile<6, 4>};

void Multiply(const F32Rows& a, int64_t columns, int64_t depth, const float* panel,
              const float* next, FloatRange range, float* c, int64_t c_stride) {
  MultiplyBy<6, 16>(kTiles, a, columns, depth, panel, next, range, c, c_stride);
}

}  // namespace

extern const GemmF32Kernels kGemmF32Neon;
const GemmF32Kernels kGemmF32Neon = {CpuLevel::kNeon, Pack, Multiply, MultiplyUnpacked};

}  // namespace edgetasks::kernels::simd
