// The loops of attention beside inner products, which are the dot family's: sums of values, soft
// caps, masked exponentials, and rows of keys and values that are kept in fewer bits. One
// AttentionKernels is one instruction set; attention.inc lists them, best first. The scalar kernels
// are the specification: all others equal them bit for bit, but for the bits of NaN. The functions
// neither allocate nor fail, and may run on any thread.
#ifndef CORE_KERNELS_SIMD_ATTENTION_ATTENTION_H_
#define CORE_KERNELS_SIMD_ATTENTION_ATTENTION_H_

#include <cstdint>

#include "core/base/cpu_level.h"
#include "core/kernels/simd/dot/dot.h"

namespace edgetasks::kernels::simd {

struct AttentionKernels {
  CpuLevel level;  // what the processor must have

  // C[i, j] = sum over k, in order, of A[i, k] * B[k, j], with b_stride from one k to the next,
  // within the bound of the dot family. Null: use that family's f32_f32_columns.
  void (*columns)(const DotBlock<float, float, float>&) = nullptr;

  // x[i] = exp(x[i] + mask[i] - m) with m the greatest x[i] + mask[i]; returns the sum of the
  // results. count >= 1. Each exponential is within 2^-21 of the exact one, relatively, or below
  // 2^-126. All -infinity: zeros, and a sum of 0. NaN anywhere: the sum is NaN, and some of x.
  float (*masked_exp)(float* x, const float* mask, int64_t count) = nullptr;

  // columns with B in binary16 or integers.
  void (*columns_f16)(const DotBlock<float, uint16_t, float>&) = nullptr;
  void (*columns_s8)(const DotBlock<float, int8_t, float>&) = nullptr;

  // x[i] = cap * tanh(x[i] / cap), cap > 0: within cap * 2^-20 of the exact value. NaN stays NaN.
  void (*soft_cap)(float* x, int64_t count, float cap) = nullptr;

  // y[i] = x[i] as binary16, to nearest, ties to even.
  void (*store_f16)(const float* x, int64_t count, uint16_t* y) = nullptr;

  // Returns the scale s = m / 127 with m the greatest |x[i]|, and y[i] = x[i] * (127 / m), to
  // nearest, ties to even. m = 0, or so small that 127 / m is not finite:
  // zeros and a scale of 0. Infinity or NaN anywhere: zeros and a scale of NaN.
  float (*store_s8)(const float* x, int64_t count, int8_t* y) = nullptr;
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_ATTENTION_ATTENTION_H_
