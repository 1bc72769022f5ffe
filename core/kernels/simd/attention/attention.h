// The float loops of attention: inner products of few long rows, and the exponentials of softmax.
// One AttentionKernels is one instruction set; attention.inc lists them, best first. The scalar
// kernels are the specification. The functions neither allocate nor fail, and may run on any
// thread.
#ifndef CORE_KERNELS_SIMD_ATTENTION_ATTENTION_H_
#define CORE_KERNELS_SIMD_ATTENTION_ATTENTION_H_

#include <cstdint>

#include "core/base/cpu_level.h"
#include "core/kernels/simd/dot/dot.h"

namespace edgetasks::kernels::simd {

struct AttentionKernels {
  CpuLevel level;  // what the processor must have

  // C[i, j] = sum over k of A[i, k] * B[j, k], within the bound of the dot family. Null: use that
  // family's f32_f32.
  void (*dot)(const DotBlock<float, float, float>&);

  // C[i, j] = sum over k of A[i, k] * B[k, j], with b_stride from one k to the next, within the
  // bound of the dot family. Null: use that family's f32_f32_columns.
  void (*columns)(const DotBlock<float, float, float>&);

  // x[i] = exp(x[i] + mask[i] - m) with m the greatest x[i] + mask[i]; returns the sum of the
  // results. count >= 1. Each exponential is within 2^-21 of the exact one, relatively, or below
  // 2^-126. All -infinity: zeros, and a sum of 0. NaN anywhere: the sum is NaN.
  float (*masked_exp)(float* x, const float* mask, int64_t count);
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_ATTENTION_ATTENTION_H_
