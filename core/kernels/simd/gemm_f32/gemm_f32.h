// Products of float matrices, many rows by packed panels: C[i, j] = clamp(bias[j] + sum over k of
// A[i, k] * B[j, k]). A panel is 32 rows of B in the order in which they are read; it lives in the
// caller's scratch while it is used.
//
// Results of all sets are within (depth + 1) * 2^-23 * (|bias| + sum |A * B|) of the exact ones,
// and do not depend on how rows are shared out over calls. One GemmF32Kernels is one instruction
// set; gemm_f32.inc lists them, best first. The functions neither allocate nor fail, and may run on
// any thread. No pointer is null but where it is said.
#ifndef CORE_KERNELS_SIMD_GEMM_F32_GEMM_F32_H_
#define CORE_KERNELS_SIMD_GEMM_F32_GEMM_F32_H_

#include <cstdint>

#include "core/base/cpu_level.h"
#include "core/kernels/simd/float_range.h"

namespace edgetasks::kernels::simd {

// Two vectors of AVX-512, four of AVX2.
inline constexpr int64_t kF32Columns = 32;

// A panel: the biases [32], then [depth][32]. Aligned to 64.
constexpr int64_t F32PanelFloats(int64_t depth) { return (depth + 1) * kF32Columns; }

// Up to 32 rows of B: row j at data + j * stride.
struct F32Weights {
  const float* data = nullptr;
  int64_t stride = 0;
  int64_t columns = 0;
  int64_t depth = 0;
};

// Rows of A: row i at data + i * stride.
struct F32Rows {
  int64_t rows = 0;
  const float* data = nullptr;
  int64_t stride = 0;
};

struct GemmF32Kernels {
  CpuLevel level;  // what the processor must have

  // Zeros behind the columns. bias [columns] may be null: zeros.
  void (*pack)(const F32Weights&, const float* bias, float* panel);

  // C[i * c_stride + j], j < columns. depth > 0.
  void (*multiply)(const F32Rows&, int64_t columns, int64_t depth, const float* panel, FloatRange,
                   float* c, int64_t c_stride);
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_F32_GEMM_F32_H_
