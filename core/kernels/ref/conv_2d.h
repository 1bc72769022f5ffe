// CONV_2D: out[b, y, x, o] = activation(bias[o] + sum over taps (ky, kx) and channels c of
//   in[b, y * stride_h + ky * dilation_h - pad_h, x * stride_w + kx * dilation_w - pad_w, g + c] *
//   filter[o, ky, kx, c]),
// with g the first input channel of o's group; taps outside the input add nothing.
// Source: TFLite schema, Conv2DOptions; tf.nn.conv2d.
#ifndef CORE_KERNELS_REF_CONV_2D_H_
#define CORE_KERNELS_REF_CONV_2D_H_

#include <algorithm>
#include <cstdint>

#include "core/kernels/ref/filter_arithmetic.h"
#include "core/kernels/ref/window.h"

namespace edgetasks::kernels::ref {

// Input [batches, y.input, x.input, in_channels], filter [out_channels, y.filter, x.filter,
// filter_channels], output [batches, y.output, x.output, out_channels]. filter_channels divides
// in_channels; the quotient is the number of groups, which divides out_channels.
struct ConvShape {
  int32_t batches = 0, in_channels = 0, out_channels = 0, filter_channels = 0;
  Window y, x;

  int64_t rows() const { return int64_t{batches} * y.output; }
  int64_t filter_size() const { return int64_t{y.filter} * x.filter * filter_channels; }
  int32_t group_outputs() const { return out_channels / (in_channels / filter_channels); }
};

// What one call computes: rows of [batches * y.output] and output channels.
struct ConvPart {
  int64_t row_begin, row_end;
  int32_t channel_begin, channel_end;
};

namespace conv_internal {

// acc[p][o] += inner product of n elements of input pixel p and filter row o. Each element that is
// loaded serves several products; unrolled, the accumulators stay in registers.
template <int kPixels, int kOutputs, typename A>
inline void AddProducts(const typename A::In* input, int64_t pixel_stride,
                        const typename A::Filter* filter, int64_t filter_stride, int64_t n,
                        Zeros zeros, typename A::Acc (&acc)[kPixels][kOutputs]) {
  for (int64_t k = 0; k < n; ++k) {
#pragma GCC unroll 2
    for (int p = 0; p < kPixels; ++p) {
#pragma GCC unroll 4
      for (int o = 0; o < kOutputs; ++o) {
        A::Add(input[p * pixel_stride + k], filter[o * filter_stride + k], zeros, &acc[p][o]);
      }
    }
  }
}

// kPixels neighbours in one row x kOutputs channels. All kPixels have the same taps `tx`.
// `filter` is the row of channel `channel`, `image` the input of this batch entry.
template <int kPixels, int kOutputs, typename A>
inline void Block(const ConvShape& s, const A& arithmetic, const typename A::In* image,
                  const typename A::Filter* filter, int batch, int32_t channel, Window::Taps ty,
                  Window::Taps tx, typename A::Out* output) {
  typename A::Acc acc[kPixels][kOutputs] = {};
  const Zeros zeros = arithmetic.zeros(batch);
  const int64_t group = channel / s.group_outputs();
  // Taps that are neighbours in both the input and the filter make one long inner product.
  const bool joined = s.x.dilation == 1 && s.filter_channels == s.in_channels;
  const int32_t taps_at_once = joined ? tx.end - tx.begin : 1;
  for (int32_t ky = ty.begin; ky < ty.end; ++ky) {
    const int64_t in_y = ty.first + int64_t{ky - ty.begin} * s.y.dilation;
    for (int32_t kx = tx.begin; kx < tx.end; kx += taps_at_once) {
      const int64_t in_x = tx.first + int64_t{kx - tx.begin} * s.x.dilation;
      AddProducts<kPixels, kOutputs, A>(
          image + (in_y * s.x.input + in_x) * s.in_channels + group * s.filter_channels,
          int64_t{s.x.stride} * s.in_channels,
          filter + (int64_t{ky} * s.x.filter + kx) * s.filter_channels, s.filter_size(),
          int64_t{taps_at_once} * s.filter_channels, zeros, acc);
    }
  }
  for (int p = 0; p < kPixels; ++p) {
    for (int o = 0; o < kOutputs; ++o) {
      output[int64_t{p} * s.out_channels + channel + o] =
          arithmetic.Finish(acc[p][o], batch, channel + o);
    }
  }
}

template <int kOutputs, typename A>
void Rows(const ConvShape& s, const A& arithmetic, const typename A::In* input,
          const typename A::Filter* filter, int32_t channel, int64_t row_begin, int64_t row_end,
          typename A::Out* output) {
  // Output positions [inner_begin, inner_end) have all their taps inside.
  const int64_t reach = int64_t{s.x.input} + s.x.pad - int64_t{s.x.filter - 1} * s.x.dilation - 1;
  const int64_t inner_begin = (int64_t{s.x.pad} + s.x.stride - 1) / s.x.stride;
  const int64_t inner_end = reach < 0 ? 0 : reach / s.x.stride + 1;
  for (int64_t row = row_begin; row < row_end; ++row) {
    const int batch = static_cast<int>(row / s.y.output);
    const Window::Taps ty = s.y.TapsAt(row % s.y.output);
    const auto* image = input + int64_t{batch} * s.y.input * s.x.input * s.in_channels;
    auto* out = output + row * s.x.output * s.out_channels;
    for (int64_t x = 0; x < s.x.output;) {
      const Window::Taps tx = s.x.TapsAt(x);
      auto* pixel = out + x * s.out_channels;
      if (x >= inner_begin && x + 2 <= std::min<int64_t>(inner_end, s.x.output)) {
        Block<2, kOutputs>(s, arithmetic, image, filter, batch, channel, ty, tx, pixel);
        x += 2;
      } else {
        Block<1, kOutputs>(s, arithmetic, image, filter, batch, channel, ty, tx, pixel);
        x += 1;
      }
    }
  }
}

}  // namespace conv_internal

// Computes `part` of the output. `filter` points at the row of channel part.channel_begin. A is an
// arithmetic of filter_arithmetic.h.
template <typename A>
void Conv2D(const ConvShape& s, const A& arithmetic, const typename A::In* input,
            const typename A::Filter* filter, ConvPart part, typename A::Out* output) {
  const int32_t group_outputs = s.group_outputs();
  for (int32_t c = part.channel_begin; c < part.channel_end;) {
    const auto* row = filter + (c - part.channel_begin) * s.filter_size();
    const int32_t left = std::min(part.channel_end - c, group_outputs - c % group_outputs);
    if (left >= 4) {
      conv_internal::Rows<4>(s, arithmetic, input, row, c, part.row_begin, part.row_end, output);
      c += 4;
    } else {
      conv_internal::Rows<1>(s, arithmetic, input, row, c, part.row_begin, part.row_end, output);
      c += 1;
    }
  }
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_CONV_2D_H_
