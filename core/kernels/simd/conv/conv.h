// Products of 8-bit pixels and 8-bit weights that become 8-bit pixels again: what CONV_2D is once
// the neighbourhood of every output pixel stands in a row.
//
// The weights of 32 output channels are packed, with everything that turns their sums into bytes,
// into a panel, which lives in the caller's scratch while it is used.
//
// The scalar kernels are the specification; all others equal them bit for bit. One ConvKernels is
// one instruction set; conv.inc lists them, best first. The functions neither allocate nor fail,
// and may run on any thread. No pointer is null but where it is said.
#ifndef CORE_KERNELS_SIMD_CONV_CONV_H_
#define CORE_KERNELS_SIMD_CONV_CONV_H_

#include <cstdint>

#include "core/base/cpu_level.h"
#include "core/kernels/simd/requantization.h"

namespace edgetasks::kernels::simd {

// Channels of a panel: two vectors of 16 sums. More would leave no registers for pixels.
inline constexpr int64_t kConvColumns = 32;
// Rows of pixels are read in units of so many bytes, as VPDPBUSD and SDOT take them.
inline constexpr int64_t kConvDepthUnit = 4;

constexpr int64_t ConvDepth(int64_t depth) {
  return (depth + kConvDepthUnit - 1) / kConvDepthUnit * kConvDepthUnit;
}

// Rows of weights, up to 32 where they are packed: row j at data + j * stride. An element is worth
// int8(byte ^ flip) - zero: flip is 0 for int8 weights, whose zero is 0, and 128 for uint8 weights,
// whose zero is their zero point less 128.
struct ConvWeights {
  const uint8_t* data = nullptr;
  int64_t stride = 0;
  int64_t columns = 0;
  int64_t depth = 0;
  uint8_t flip = 0;
  int32_t zero = 0;  // -128 to 127
};

// Rows of pixels: row i at data + i * stride. An element is worth (byte ^ flip) - zero: flip is 0
// for uint8 pixels, and 128 for int8 pixels, whose zero is their zero point plus 128.
struct ConvPixels {
  int64_t rows = 0;
  const uint8_t* data = nullptr;
  int64_t stride = 0;
  uint8_t flip = 0;
  int32_t zero = 0;  // 0 to 255
};

struct ConvKernels {
  CpuLevel level;  // what the processor must have

  // The size of a packed panel; its order is the set's own. Aligned to 64.
  int64_t (*panel_bytes)(int64_t depth);

  // Packs a panel for pixels with that zero. `r` begins with the panel's first channel; what it
  // points to must live as long as the panel.
  void (*pack)(const ConvWeights&, const Requantization& r, int32_t pixel_zero, uint8_t* panel);

  // sums[i] = the sum of byte ^ flip over row i: what weights with a zero ask for.
  void (*sum_rows)(const ConvPixels&, int64_t depth, int32_t* sums);

  // q[i * q_stride + j], j < columns = the bytes of the requantized sums over k of pixels[i, k] *
  // weights[j, k], modulo 2^32. row_sums are those of sum_rows, null where the weights' zero is 0.
  // Rows are read up to ConvDepth(depth); what stands behind the depth does not matter. `next` is a
  // hint, and may be null: 32 * depth bytes from there will be packed next, and may be asked for.
  void (*multiply)(const ConvPixels&, const int32_t* row_sums, int64_t columns, int64_t depth,
                   const uint8_t* panel, const uint8_t* next, uint8_t* q, int64_t q_stride);

  // The same of weights that are not packed, any number of columns, of which `r` says everything:
  // as fast as they can be read where rows are few. Null where the set has no such kernel.
  void (*multiply_unpacked)(const ConvPixels&, const ConvWeights&, const Requantization& r,
                            uint8_t* q, int64_t q_stride);

  // Whether a Requantization of those multipliers and that range may say so of itself: takes a
  // fraction of a microsecond for each channel. What it says of the bias does not matter. Null
  // where the set has no use for floats.
  bool (*floats_are_exact)(const Requantization&, int64_t channels) = nullptr;
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_CONV_CONV_H_
