// Convolutions straight from their definition, in double: what the kernels' results are held
// against. Sums of products of small integers are exact.
#ifndef TESTS_SUPPORT_NAIVE_CONV_H_
#define TESTS_SUPPORT_NAIVE_CONV_H_

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "core/ir/shape.h"

namespace edgetasks::test {

struct NaiveConv {
  int stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  bool same = true;
};

// One axis: the output's size and the padding in front, by tf.nn.convolution's definition.
inline void NaiveAxis(int input, int filter, int stride, int dilation, bool same, int* output,
                      int* pad) {
  const int extent = (filter - 1) * dilation + 1;
  *output = same ? (input + stride - 1) / stride : (input - extent + stride) / stride;
  const int total = (*output - 1) * stride + extent - input;
  *pad = same && total > 0 ? total / 2 : 0;
}

// input [N, H, W, C], filter [O, KH, KW, C / groups] -> sums [N, OH, OW, O].
inline std::vector<double> NaiveConv2D(const NaiveConv& p, const ir::Shape& in,
                                       const std::vector<double>& x, const ir::Shape& filter,
                                       const std::vector<double>& w, ir::Shape* out) {
  int oh, ow, pad_h, pad_w;
  NaiveAxis(in.dim(1), filter.dim(1), p.stride_h, p.dilation_h, p.same, &oh, &pad_h);
  NaiveAxis(in.dim(2), filter.dim(2), p.stride_w, p.dilation_w, p.same, &ow, &pad_w);
  const int channels = in.dim(3), outputs = filter.dim(0), group_channels = filter.dim(3);
  const int group_outputs = outputs / (channels / group_channels);
  *out = {in.dim(0), oh, ow, outputs};
  std::vector<double> sums;
  for (int n = 0; n < in.dim(0); ++n)
    for (int y = 0; y < oh; ++y)
      for (int xx = 0; xx < ow; ++xx)
        for (int o = 0; o < outputs; ++o) {
          double sum = 0;
          for (int ky = 0; ky < filter.dim(1); ++ky)
            for (int kx = 0; kx < filter.dim(2); ++kx)
              for (int c = 0; c < group_channels; ++c) {
                const int iy = y * p.stride_h + ky * p.dilation_h - pad_h;
                const int ix = xx * p.stride_w + kx * p.dilation_w - pad_w;
                if (iy < 0 || ix < 0 || iy >= in.dim(1) || ix >= in.dim(2)) continue;
                const int ic = o / group_outputs * group_channels + c;
                sum += x[((n * in.dim(1) + iy) * in.dim(2) + ix) * channels + ic] *
                       w[((o * filter.dim(1) + ky) * filter.dim(2) + kx) * group_channels + c];
              }
          sums.push_back(sum);
        }
  return sums;
}

// A depthwise filter [1, KH, KW, O] as the grouped one that does the same: [O, KH, KW, 1].
inline std::vector<double> DepthwiseAsGrouped(const ir::Shape& filter,
                                              const std::vector<double>& w) {
  std::vector<double> grouped;
  for (int o = 0; o < filter.dim(3); ++o)
    for (int tap = 0; tap < filter.dim(1) * filter.dim(2); ++tap)
      grouped.push_back(w[tap * filter.dim(3) + o]);
  return grouped;
}

// input [N, H, W, C], filter [O, KH, KW, C], out [N, OH, OW, O]: every input position scatters.
inline std::vector<double> NaiveTransposeConv(const NaiveConv& p, const ir::Shape& in,
                                              const std::vector<double>& x, const ir::Shape& filter,
                                              const std::vector<double>& w, const ir::Shape& out) {
  int unused, pad_h, pad_w;
  NaiveAxis(out.dim(1), filter.dim(1), p.stride_h, 1, p.same, &unused, &pad_h);
  NaiveAxis(out.dim(2), filter.dim(2), p.stride_w, 1, p.same, &unused, &pad_w);
  std::vector<double> sums(out.num_elements());
  for (int n = 0; n < in.dim(0); ++n)
    for (int y = 0; y < in.dim(1); ++y)
      for (int xx = 0; xx < in.dim(2); ++xx)
        for (int ky = 0; ky < filter.dim(1); ++ky)
          for (int kx = 0; kx < filter.dim(2); ++kx) {
            const int oy = y * p.stride_h + ky - pad_h, ox = xx * p.stride_w + kx - pad_w;
            if (oy < 0 || ox < 0 || oy >= out.dim(1) || ox >= out.dim(2)) continue;
            for (int o = 0; o < out.dim(3); ++o)
              for (int c = 0; c < in.dim(3); ++c)
                sums[((n * out.dim(1) + oy) * out.dim(2) + ox) * out.dim(3) + o] +=
                    x[((n * in.dim(1) + y) * in.dim(2) + xx) * in.dim(3) + c] *
                    w[((o * filter.dim(1) + ky) * filter.dim(2) + kx) * in.dim(3) + c];
          }
  return sums;
}

// round(real), ties away from zero, + zero_point, within [least, greatest].
inline int NaiveQuantize(double real, int zero_point, int least, int greatest) {
  const double q = std::round(real) + zero_point;
  return static_cast<int>(std::fmin(greatest, std::fmax(least, q)));
}

// Reproducible values of T in [least, greatest].
template <typename T>
std::vector<T> RandomValues(int64_t count, double least, double greatest, int seed) {
  std::mt19937 random(seed);
  std::vector<T> values(count);
  for (T& value : values) {
    const double unit = static_cast<double>(random()) / 4294967296.0;
    if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(std::floor(least + unit * (greatest - least + 1)));
    } else {
      value = static_cast<T>(least + unit * (greatest - least));
    }
  }
  return values;
}

// (value - zero) as doubles.
template <typename T>
std::vector<double> Centred(const std::vector<T>& values, int zero = 0) {
  std::vector<double> centred;
  for (T value : values) centred.push_back(static_cast<double>(value) - zero);
  return centred;
}

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_NAIVE_CONV_H_
