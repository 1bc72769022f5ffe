// Functions over rows of floats: activations, normalization, rotation. One RowwiseKernels is one
// instruction set; rowwise.inc lists them, best first. The scalar kernels are the specification:
// all others equal them bit for bit, but for the bits of NaN.
//
// The functions neither allocate nor fail, and may run on any thread. Outputs may be their inputs,
// but must not overlap them otherwise. Elements do not depend on where they stand in a row.
#ifndef CORE_KERNELS_SIMD_ROWWISE_ROWWISE_H_
#define CORE_KERNELS_SIMD_ROWWISE_ROWWISE_H_

#include <cstdint>

#include "core/base/cpu_level.h"

namespace edgetasks::kernels::simd {

struct RowwiseKernels {
  CpuLevel level;  // what the processor must have

  // y[i] = 1 / (1 + exp(-x[i])): within 2^-20 of the exact value, relatively, or below 2^-100. NaN
  // stays NaN.
  void (*logistic)(const float* x, int64_t count, float* y);

  // y[i] = f(gate[i]) * up[i]. Relative to |gate[i] * up[i]|, within 2^-20 of the exact value for
  // gate_silu, f(x) = x / (1 + exp(-x)), and 2^-19 for gate_gelu_tanh,
  // f(x) = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))). NaN stays NaN.
  void (*gate_silu)(const float* gate, const float* up, int64_t count, float* y);
  void (*gate_gelu_tanh)(const float* gate, const float* up, int64_t count, float* y);

  // y[i] = x[i] / sqrt(mean of x^2 + epsilon) * weight[i]: within (count / 16 + 20) * 2^-24 of the
  // exact value, relatively, if the sum of squares is finite and not below 2^-100.
  void (*rms_norm)(const float* x, const float* weight, int64_t count, float epsilon, float* y);

  // y[i] = (x[i] - m) / s * weight[i] + bias[i], with m the mean of x and s the root of epsilon and
  // the mean of (x - m)^2. Null for a weight of ones, a bias of zeros. Where s is at least 2^-8 of
  // the mean of |x|, and count <= 8192, within
  //   (count / 16 + 24) * 2^-24 * ((|x[i]| + mean of |x|) / s * |weight[i]| + |y[i]|)
  // of the exact value: m is off by (count / 16 + 6) * 2^-24 of the mean of |x| at most, which adds
  // its square, no more than the root's own error, to that of (x - m).
  void (*layer_norm)(const float* x, const float* weight, const float* bias, int64_t count,
                     float epsilon, float* y);

  // Rotates pairs: with c = cos[i] and s = sin[i] for the first of a pair, and cos[i + step] and
  // sin[i + step] for the second,
  //   y[i] = x[i] * c - x[half + i] * s,  y[half + i] = x[half + i] * c' + x[i] * s'
  // for i < half: within 2^-22 * (|x[i]| + |x[half + i]|) for |cos|, |sin| <= 1.
  void (*rotate)(const float* x, const float* cos, const float* sin, int64_t half, int64_t step,
                 float* y);
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_ROWWISE_ROWWISE_H_
