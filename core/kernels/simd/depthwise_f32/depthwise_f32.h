// Depthwise convolutions of floats, a row of output at a time: every channel has taps of its own.
// Weights are read where they lie.
//
// One sum each, which begins with the bias, fused, column of taps after column: within
// (taps + 1) * 2^-23 * (|bias| + sum |pixel * weight|) of the exact one. The scalar kernels are the
// specification: all others equal them, but for the signs of zeros and the bits of NaN. One
// DepthwiseF32Kernels is one instruction set; depthwise_f32.inc lists them, best first. The
// functions neither allocate nor fail, and may run on any thread. No pointer is null but where it
// is said.
#ifndef CORE_KERNELS_SIMD_DEPTHWISE_F32_DEPTHWISE_F32_H_
#define CORE_KERNELS_SIMD_DEPTHWISE_F32_DEPTHWISE_F32_H_

#include <cstdint>

#include "core/base/cpu_level.h"
#include "core/kernels/simd/float_range.h"

namespace edgetasks::kernels::simd {

// One row of output: tap (i, j) of output pixel x reads pixel x * stride + j * dilation - pad of
// input row i, [width, channels]. Taps outside [0, width) add nothing, nor do rows that are null:
// those above and below the picture.
struct DepthwiseF32Row {
  const float* const* rows = nullptr;  // [filter_h]
  const float* weights = nullptr;      // [filter_h, filter_w, channels]
  const float* bias = nullptr;         // [channels]; may be null
  FloatRange range;
  int64_t filter_h = 0, filter_w = 0, channels = 0;
  int64_t width = 0, out_width = 0;
  int64_t stride = 1, dilation = 1, pad = 0;
};

struct DepthwiseF32Kernels {
  CpuLevel level;  // what the processor must have

  // out[x, c], x < out_width.
  void (*row)(const DepthwiseF32Row&, float* out);
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_DEPTHWISE_F32_DEPTHWISE_F32_H_
