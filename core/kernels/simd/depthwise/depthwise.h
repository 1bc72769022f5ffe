// Depthwise convolutions of 8-bit pixels, a row of output at a time: every channel has taps of its
// own, and the sums become bytes where they are made.
//
// The scalar kernels are the specification; all others equal them bit for bit. One
// DepthwiseKernels is one instruction set; depthwise.inc lists them, best first. The functions
// neither allocate nor fail, and may run on any thread. No pointer is null.
#ifndef CORE_KERNELS_SIMD_DEPTHWISE_DEPTHWISE_H_
#define CORE_KERNELS_SIMD_DEPTHWISE_DEPTHWISE_H_

#include <cstdint>

#include "core/base/cpu_level.h"
#include "core/kernels/simd/requantization.h"

namespace edgetasks::kernels::simd {

// Filters of more taps are left to the loops of core/kernels/ref.
inline constexpr int64_t kMaxDepthwiseTaps = 64;

// Weights [filter_h, filter_w, channels]. Flip and zero as in ConvWeights of the conv family.
struct DepthwiseWeights {
  const uint8_t* data = nullptr;
  int64_t filter_h = 0, filter_w = 0, channels = 0;
  uint8_t flip = 0;
  int32_t zero = 0;  // -128 to 127
};

// A row of the input. Pixel x is at data + x * step; a row above or below the picture is one pixel
// of zeros with step 0.
struct DepthwiseInputRow {
  const uint8_t* data = nullptr;
  int64_t step = 0;
};

// One row of output: tap (i, j) of output pixel x reads pixel x * stride + j * dilation - pad of
// input row i, which is worth zero outside [0, width). Flip and zero as in ConvPixels.
struct DepthwiseRow {
  const DepthwiseInputRow* rows = nullptr;  // [filter_h]
  int64_t filter_h = 0, filter_w = 0, channels = 0;
  int64_t width = 0, out_width = 0;
  int64_t stride = 1, dilation = 1, pad = 0;
  uint8_t flip = 0;
  int32_t zero = 0;
  const uint8_t* zeros = nullptr;  // a pixel of zero ^ flip
};

struct DepthwiseKernels {
  CpuLevel level;  // what the processor must have

  // The size of a packed filter; its order is the set's own. Aligned to 64.
  int64_t (*packed_bytes)(int64_t taps, int64_t channels);

  // Packs weights for pixels with that zero, with everything that turns sums into bytes. What the
  // Requantization points to must live as long as the packed filter.
  void (*pack)(const DepthwiseWeights&, const Requantization&, int32_t pixel_zero, uint8_t* packed);

  // q[x, c] for x < out_width: the bytes of the requantized sums of pixel * weight, modulo 2^32.
  // filter_h * filter_w <= kMaxDepthwiseTaps.
  void (*row)(const DepthwiseRow&, const uint8_t* packed, uint8_t* q);

  // Whether a Requantization of those multipliers and that range may say so of itself: takes a
  // fraction of a microsecond for each channel. What it says of the bias does not matter. Null
  // where the set has no use for floats.
  bool (*floats_are_exact)(const Requantization&, int64_t channels) = nullptr;
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_DEPTHWISE_DEPTHWISE_H_
