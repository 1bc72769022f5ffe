// What networks of 8-bit convolutions need beside the gemm family: sums of taps that each channel
// has for itself, the way from 32-bit sums back to 8 bits, and sums of two tensors.
//
// The scalar kernels are the specification; all others equal them bit for bit. One ConvKernels is
// one instruction set; conv.inc lists them, best first. The functions neither allocate nor fail,
// and may run on any thread. No pointer is null but where it is said.
#ifndef CORE_KERNELS_SIMD_CONV_CONV_H_
#define CORE_KERNELS_SIMD_CONV_CONV_H_

#include <cstdint>

#include "core/base/cpu_level.h"

namespace edgetasks::kernels::simd {

// Taps of a depthwise filter that stand together, and channels that are computed together.
inline constexpr int64_t kTapUnit = 4;
inline constexpr int64_t kDepthwiseChannels = 64;

constexpr int64_t RoundUp(int64_t count, int64_t unit) { return (count + unit - 1) / unit * unit; }

// A packed depthwise filter: for each 64 channels, groups of four taps in an order of the set's
// own, then the channels' sums, int32. Zeros behind the taps and the channels. Aligned to 64.
constexpr int64_t DepthwiseFilterBytes(int64_t taps, int64_t channels) {
  return (RoundUp(taps, kTapUnit) + static_cast<int64_t>(sizeof(int32_t))) *
         RoundUp(channels, kDepthwiseChannels);
}

// sums[i, j] -> clamp(round((sums[i, j] + row_offsets[i] + bias[j]) * multiplier[j]) + zero, min,
// max), rounded twice as MultiplyFixed rounds; the sum wraps modulo 2^32.
struct Requantization {
  const int32_t* row_offsets = nullptr;  // [rows]; may be null
  const int32_t* bias = nullptr;         // [columns]; may be null
  // Pairs of mantissa and shift, as FixedMultiplier: [columns], or one with multiplier_step 0.
  const int32_t* multipliers = nullptr;
  int64_t multiplier_step = 0;
  int32_t zero = 0, min = 0, max = 0;  // of the output; min and max in the range of 8 bits
};

// What one output pixel of a depthwise convolution is made of.
struct DepthwisePixel {
  const uint8_t* const* tap_pixels = nullptr;  // [taps], each to `channels` pixels
  int64_t taps = 0, channels = 0;
  // XORed to every pixel: 0 for uint8; 128 for int8, which makes them unsigned, 128 more.
  uint8_t flip = 0;
  int32_t input_zero = 0;   // after the flip
  int32_t weight_zero = 0;  // after the offset of pack_depthwise
};

// Sums of two 8-bit tensors with scales of their own, as ref::QuantizedSum computes them.
// Multipliers are pairs of mantissa and shift, the shifts at most 0.
struct SumOfBytes {
  bool is_signed = false;  // int8, or uint8
  bool subtract = false;
  int32_t a_zero = 0, b_zero = 0, output_zero = 0;
  int32_t a_multiplier[2] = {}, b_multiplier[2] = {}, output_multiplier[2] = {};
  int32_t min = 0, max = 0;  // of the output, in the range of its type
};

struct ConvKernels {
  CpuLevel level;  // what the processor must have

  // Q[i, j] = the 8 bits of the requantized sums[i, j]. Strides count elements.
  void (*requantize)(const Requantization&, int64_t rows, int64_t columns, const int32_t* sums,
                     int64_t sums_stride, uint8_t* q, int64_t q_stride);

  // Packs weights [taps, channels] less `offset`: 0 for int8, whose bytes these are then, or 128
  // for uint8.
  void (*pack_depthwise)(const uint8_t* weights, int64_t taps, int64_t channels, int32_t offset,
                         uint8_t* packed);

  // sums[c - begin] = the sum over taps t of (pixel[t][c] - input_zero) * (weight[t][c] -
  // weight_zero), modulo 2^32, for channels [begin, end). Numbers up to RoundUp(end, 64) are
  // written.
  void (*depthwise)(const DepthwisePixel&, const uint8_t* packed, int64_t begin, int64_t end,
                    int32_t* sums);

  // q[i] = a[i] + b[i] or a[i] - b[i], i < count. q may be a or b.
  void (*sum_bytes)(const SumOfBytes&, const uint8_t* a, const uint8_t* b, int64_t count,
                    uint8_t* q);

  // to[k] = from[k] ^ flip; returns the sum of to[k].
  int32_t (*flip)(const uint8_t* from, int64_t count, uint8_t flip, uint8_t* to);
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_CONV_CONV_H_
