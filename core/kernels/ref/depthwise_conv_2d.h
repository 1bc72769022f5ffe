// DEPTHWISE_CONV_2D: out[b, y, x, o] = activation(bias[o] + sum over taps (ky, kx) of
//   in[b, y * stride_h + ky * dilation_h - pad_h, x * stride_w + kx * dilation_w - pad_w,
//      o / multiplier] * filter[0, ky, kx, o]);
// taps outside the input add nothing.
// Source: TFLite schema, DepthwiseConv2DOptions; tf.nn.depthwise_conv2d.
#ifndef CORE_KERNELS_REF_DEPTHWISE_CONV_2D_H_
#define CORE_KERNELS_REF_DEPTHWISE_CONV_2D_H_

#include <algorithm>
#include <cstdint>

#include "core/kernels/ref/filter_arithmetic.h"
#include "core/kernels/ref/filter_view.h"
#include "core/kernels/ref/window.h"

namespace edgetasks::kernels::ref {

// Input [batches, y.input, x.input, channels / multiplier], filter [1, y.filter, x.filter,
// channels], output [batches, y.output, x.output, channels].
struct DepthwiseShape {
  int32_t batches = 0, channels = 0, multiplier = 1;
  Window y, x;

  int64_t rows() const { return int64_t{batches} * y.output; }
  int32_t in_channels() const { return channels / multiplier; }
};

namespace depthwise_internal {

inline constexpr int kBlock = 32;  // channels computed together, in local arrays

// n <= kBlock output channels from `channel` at one output position. `image` is this batch entry's
// input.
template <typename A>
inline void Block(const DepthwiseShape& s, const A& arithmetic, const typename A::In* image,
                  const FilterView<typename A::Filter>& filter, int batch, int32_t channel, int n,
                  Window::Taps ty, Window::Taps tx, typename A::Out* output) {
  typename A::Acc acc[kBlock] = {};
  typename A::In spread[kBlock];
  typename A::Filter unpacked[kBlock];
  const Zeros zeros = arithmetic.zeros(batch);
  for (int32_t ky = ty.begin; ky < ty.end; ++ky) {
    const int64_t in_y = ty.first + int64_t{ky - ty.begin} * s.y.dilation;
    for (int32_t kx = tx.begin; kx < tx.end; ++kx) {
      const int64_t in_x = tx.first + int64_t{kx - tx.begin} * s.x.dilation;
      const auto* x = image + (in_y * s.x.input + in_x) * s.in_channels();
      if (s.multiplier == 1) {
        x += channel;
      } else {
        for (int i = 0; i < n; ++i) spread[i] = x[(channel + i) / s.multiplier];
        x = spread;
      }
      const auto* w =
          filter.Load((int64_t{ky} * s.x.filter + kx) * s.channels + channel, n, unpacked);
      if (n == kBlock) {
        for (int i = 0; i < kBlock; ++i) A::Add(x[i], w[i], zeros, &acc[i]);
      } else {
        for (int i = 0; i < n; ++i) A::Add(x[i], w[i], zeros, &acc[i]);
      }
    }
  }
  for (int i = 0; i < n; ++i) output[i] = arithmetic.Finish(acc[i], batch, channel + i);
}

}  // namespace depthwise_internal

// Computes rows [row_begin, row_end) of [batches * y.output]. A is an arithmetic of
// filter_arithmetic.h.
template <typename A>
void DepthwiseConv2D(const DepthwiseShape& s, const A& arithmetic, const typename A::In* input,
                     const FilterView<typename A::Filter>& filter, int64_t row_begin,
                     int64_t row_end, typename A::Out* output) {
  constexpr int kBlock = depthwise_internal::kBlock;
  for (int64_t row = row_begin; row < row_end; ++row) {
    const int batch = static_cast<int>(row / s.y.output);
    const Window::Taps ty = s.y.TapsAt(row % s.y.output);
    const auto* image = input + int64_t{batch} * s.y.input * s.x.input * s.in_channels();
    for (int64_t x = 0; x < s.x.output; ++x) {
      const Window::Taps tx = s.x.TapsAt(x);
      auto* out = output + (row * s.x.output + x) * s.channels;
      for (int32_t c = 0; c < s.channels; c += std::min(kBlock, s.channels - c)) {
        depthwise_internal::Block(s, arithmetic, image, filter, batch, c,
                                  std::min(kBlock, s.channels - c), ty, tx, out + c);
      }
    }
  }
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_DEPTHWISE_CONV_2D_H_
