// Which pixels of a picture make a pixel of the tensor: region of interest, rotation, stretching.
//
// Formula (the geometry of MediaPipe's image-to-tensor step on the CPU, as measured on its scores):
// with the region l, t, r, b in pixels of the unrotated picture,
//   cx = (l + r) / 2, cy = (t + b) / 2, w = r - l, h = b - t (swapped for 90 and 270 degrees),
//   a = -pi * degrees / 180,
// tensor pixel (i, j) of W x H samples the picture at
//   x = cx + U cos a - V sin a,  y = cy + U sin a + V cos a,
//   U = (i / W - 1/2) w,  V = (j / H - 1/2) h:
// no half-pixel shift; x and y rounded to 1/32 pixel (halves to even); bilinear between floor and
// floor + 1; border pixels replicated. With the rounding, which OpenCV's warps do, float models
// score as in MediaPipe to 2e-6 (without it, to 5e-3), and quantized ones to the last step.
#ifndef CORE_IMAGE_SAMPLING_H_
#define CORE_IMAGE_SAMPLING_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "core/image/pixels.h"

namespace edgetasks::image {

// What part of the picture to use, and how to turn it.
struct View {
  // The region of interest as fractions of the unrotated picture's width and height.
  double left = 0, top = 0, right = 1, bottom = 1;
  // Clockwise, in degrees; a multiple of 90, of either sign.
  int rotation_degrees = 0;
};

// INVALID_ARGUMENT (kInvalidOption) unless 0 <= left < right <= 1, 0 <= top < bottom <= 1 and the
// rotation is a multiple of 90.
absl::Status Validate(const View& view);

// Positions are multiples of 1 / kSubpixels of a pixel.
inline constexpr int kSubpixels = 32;

// Where one column (or row) of the tensor reads: between two byte offsets into the picture.
struct Tap {
  int64_t offset0 = 0, offset1 = 0;
  int32_t weight1 = 0;  // of offset1, in [0, kSubpixels); offset0 has the rest of kSubpixels
};

// Quarter turns keep the axes apart: of x and y, one depends on the tensor's column only and the
// other on its row only. So a tensor pixel reads its four neighbours at columns[i].offset* +
// rows[j].offset*, whatever the rotation.
class SamplingTaps {
 public:
  // For tensors of width x height pixels. All memory is allocated here.
  SamplingTaps(int width, int height) : columns_(width), rows_(height) {}

  // Fills the taps. `picture` and `view` passed Validate.
  void Set(const PixelView& picture, const View& view);

  const std::vector<Tap>& columns() const { return columns_; }
  const std::vector<Tap>& rows() const { return rows_; }

 private:
  std::vector<Tap> columns_, rows_;
};

}  // namespace edgetasks::image

#endif  // CORE_IMAGE_SAMPLING_H_
