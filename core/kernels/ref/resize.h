// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR.
// Source: TFLite schema, ResizeBilinearOptions, ResizeNearestNeighborOptions; tf.image.resize and
// its predecessors in tf.compat.v1.image.
//
// On each axis, output position i reads input position
//   align_corners:       i * (input - 1) / (output - 1)   (if output > 1)
//   half_pixel_centers:  (i + 0.5) * input / output - 0.5
//   neither:             i * input / output.
#ifndef CORE_KERNELS_REF_RESIZE_H_
#define CORE_KERNELS_REF_RESIZE_H_

#include <cstdint>

namespace edgetasks::kernels::ref {

// One axis: input and output sizes, 1 or more.
struct ResizeAxis {
  int32_t input = 1, output = 1;
  bool align_corners = false, half_pixel_centers = false;
};

// Input [batches, y.input, x.input, channels], output [batches, y.output, x.output, channels].
struct ResizeShape {
  int32_t batches = 0;
  int64_t channels = 0;
  ResizeAxis y, x;

  int64_t rows() const { return int64_t{batches} * y.output; }
};

// The two neighbours of an output position and the share of the upper one.
struct Neighbours {
  int64_t lower, upper;
  float upper_share;
};
Neighbours BilinearAt(const ResizeAxis& axis, int64_t i);
// The same on the grid of 1 / 1024 that TFLite keeps positions on for int16.
Neighbours BilinearOnGridAt(const ResizeAxis& axis, int64_t i);

// The input position that output position i copies: rounded (ties away from zero) with
// align_corners; otherwise floor(i * scale), or floor((i + 0.5) * scale) with half_pixel_centers.
int64_t NearestAt(const ResizeAxis& axis, int64_t i);

// Rows [row_begin, row_end) of [batches * y.output]. T is float, or int8_t, uint8_t, int16_t with
// the same scale and zero point before and after, rounded to nearest, ties away from zero.
template <typename T>
void ResizeBilinear(const ResizeShape& shape, const T* input, int64_t row_begin, int64_t row_end,
                    T* output);

// Pixels of pixel_bytes = channels * the element's size.
void ResizeNearest(const ResizeShape& shape, int64_t pixel_bytes, const uint8_t* input,
                   int64_t row_begin, int64_t row_end, uint8_t* output);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_RESIZE_H_
