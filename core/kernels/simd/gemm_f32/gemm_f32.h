// Products of float matrices: C[i, j] = clamp(bias[j] + sum over k of
// A[i, k] * B[j, k]). Many rows of A meet packed panels: 32 rows of B in the order in which they
// are read, in the caller's scratch while they are used. Few rows meet B where it lies.
//
// Results are within (depth + 1) * 2^-23 * (|bias| + sum |A * B|) of the exact ones, and do not
// depend on how rows are shared out over calls. The scalar kernels are the specification: all
// others equal them bit for bit, but for the bits of NaN. One GemmF32Kernels is one instruction
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

// Rows of B, up to 32 where they are packed: row j at data + j * stride.
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

  // C[i * c_stride + j], j < columns: one sum each, which begins with the bias, in the order of k,
  // fused. depth > 0. `next` is a hint, and may be null: 32 * depth
  // floats from there will be packed next, and may be asked for.
  void (*multiply)(const F32Rows&, int64_t columns, int64_t depth, const float* panel,
                   const float* next, FloatRange, float* c, int64_t c_stride);

  // The same of rows of B that are not packed, any number of columns: as fast as B can be read
  // where rows are few. Sums are those of the dot family, and then the bias.
  void (*multiply_unpacked)(const F32Rows&, const F32Weights&, const float* bias, FloatRange,
                            float* c, int64_t c_stride);
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_F32_GEMM_F32_H_
