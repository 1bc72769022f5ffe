// TRANSPOSE_CONV: the gradient of CONV_2D with respect to its input. Tap (ky, kx) of input position
// (y, x) adds in[b, y, x, :] . filter[o, ky, kx, :] to
// out[b, y * stride_h + ky - pad_h, x * stride_w + kx - pad_w, o].
// Source: TFLite schema, TransposeConvOptions; tf.nn.conv2d_transpose.
#ifndef CORE_KERNELS_REF_TRANSPOSE_CONV_H_
#define CORE_KERNELS_REF_TRANSPOSE_CONV_H_

#include <cstdint>

#include "core/kernels/ref/filter_arithmetic.h"

namespace edgetasks::kernels::ref {

// Input [batches, in_h, in_w, in_channels], filter [out_channels, filter_h, filter_w, in_channels],
// output [batches, out_h, out_w, out_channels].
struct TransposeConvShape {
  int32_t batches = 0, in_h = 0, in_w = 0, in_channels = 0;
  int32_t filter_h = 1, filter_w = 1;
  int32_t out_h = 0, out_w = 0, out_channels = 0;
  int32_t stride_h = 1, stride_w = 1, pad_h = 0, pad_w = 0;

  int64_t rows() const { return int64_t{batches} * out_h; }
  int64_t filter_size() const { return int64_t{filter_h} * filter_w * in_channels; }
};

// Computes rows [row_begin, row_end) of [batches * out_h] for output channels [channel_begin,
// channel_end), gathering: an output position adds up the input positions that reach it. `filter`
// points at the row of channel_begin. A is an arithmetic of filter_arithmetic.h.
template <typename A>
void TransposeConv(const TransposeConvShape& s, const A& arithmetic, const typename A::In* input,
                   const typename A::Filter* filter, int64_t row_begin, int64_t row_end,
                   int32_t channel_begin, int32_t channel_end, typename A::Out* output) {
  for (int64_t row = row_begin; row < row_end; ++row) {
    const int batch = static_cast<int>(row / s.out_h);
    const int64_t from_y = row % s.out_h + s.pad_h;  // = y * stride_h + ky
    const auto* image = input + int64_t{batch} * s.in_h * s.in_w * s.in_channels;
    const Zeros zeros = arithmetic.zeros(batch);
    for (int64_t out_x = 0; out_x < s.out_w; ++out_x) {
      const int64_t from_x = out_x + s.pad_w;
      auto* out = output + (row * s.out_w + out_x) * s.out_channels;
      for (int32_t o = channel_begin; o < channel_end; ++o) {
        const auto* weights = filter + (o - channel_begin) * s.filter_size();
        typename A::Acc acc = 0;
        for (int64_t ky = from_y % s.stride_h; ky < s.filter_h && ky <= from_y; ky += s.stride_h) {
          const int64_t in_y = (from_y - ky) / s.stride_h;
          if (in_y >= s.in_h) continue;
          for (int64_t kx = from_x % s.stride_w; kx < s.filter_w && kx <= from_x;
               kx += s.stride_w) {
            const int64_t in_x = (from_x - kx) / s.stride_w;
            if (in_x >= s.in_w) continue;
            const auto* x = image + (in_y * s.in_w + in_x) * s.in_channels;
            const auto* w = weights + (ky * s.filter_w + kx) * s.in_channels;
            for (int32_t c = 0; c < s.in_channels; ++c) A::Add(x[c], w[c], zeros, &acc);
          }
        }
        out[o] = arithmetic.Finish(acc, batch, o);
      }
    }
  }
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_TRANSPOSE_CONV_H_
