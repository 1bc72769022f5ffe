// Where the neighbourhood of an output pixel of CONV_2D lies in the input and in a row of
// [filter h, filter w, channels] elements.
#ifndef CORE_KERNELS_OPS_PIXEL_TAPS_H_
#define CORE_KERNELS_OPS_PIXEL_TAPS_H_

#include <cstdint>

#include "core/kernels/ref/conv_2d.h"

namespace edgetasks::kernels {

// Of a convolution without groups. `shape` must outlive this.
class PixelTaps {
 public:
  // Output pixel `pixel`, counted over all batches.
  PixelTaps(const ref::ConvShape& shape, int64_t pixel)
      : s_(shape),
        y_(shape.y.TapsAt(pixel / shape.x.output % shape.y.output)),
        x_(shape.x.TapsAt(pixel % shape.x.output)),
        image_(pixel / shape.x.output / shape.y.output * shape.y.input * shape.x.input) {}

  // How many elements of the row do not lie in the input.
  int64_t elements_outside() const {
    return s_.filter_size() - int64_t{y_.end - y_.begin} * (x_.end - x_.begin) * s_.in_channels;
  }

  // Calls body(first element of the input, first element of the row, count) for the elements that
  // do: taps that are neighbours in the input are one run.
  template <typename Body>
  void ForEachRun(const Body& body) const {
    const int32_t taps_at_once = s_.x.dilation == 1 ? x_.end - x_.begin : 1;
    for (int32_t ky = y_.begin; ky < y_.end; ++ky) {
      const int64_t in_y = y_.first + int64_t{ky - y_.begin} * s_.y.dilation;
      for (int32_t kx = x_.begin; kx < x_.end; kx += taps_at_once) {
        const int64_t in_x = x_.first + int64_t{kx - x_.begin} * s_.x.dilation;
        body((image_ + in_y * s_.x.input + in_x) * s_.in_channels,
             (int64_t{ky} * s_.x.filter + kx) * s_.in_channels,
             int64_t{taps_at_once} * s_.in_channels);
      }
    }
  }

 private:
  const ref::ConvShape& s_;
  const ref::Window::Taps y_, x_;
  const int64_t image_;  // the first pixel of this batch entry's input
};

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_PIXEL_TAPS_H_
