// Which pixels of a picture make a pixel of the tensor: region of interest, rotation, stretching.
//
// The formula of bilinear samples (the geometry of MediaPipe's image-to-tensor step on the CPU, as
// measured on its scores): with the region l, t, r, b in pixels of the unrotated picture,
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

#include "absl/status/status.h"
#include "absl/types/span.h"
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

// How a region whose shape is not the tensor's gets into it.
enum class ResizeMode {
  kStretch,     // each side by its own factor
  kLetterbox,   // whole, in the middle, the rest black; sizes are rounded as Pillow's ImageOps.pad
                // rounds them: the side that is not filled and the gap before it to whole pixels,
                // halves to even
  kCenterCrop,  // the largest part in the middle that has the tensor's shape (ImageOps.fit)
};

// One axis of the tensor's filled part: `count` pixels that run along one axis of the picture.
struct Axis {
  double center = 0, extent = 0;  // of the region, in pixels of the picture
  int pixels = 0;                 // the picture's side
  int count = 0;                  // of the tensor's filled part
  bool backward = false;          // from the region's end to its begin
};

// Quarter turns keep the axes apart: of x and y, one depends on the tensor's column only and the
// other on its row only.
struct Geometry {
  Axis columns, rows;
  bool turned = false;    // columns run along y, rows along x
  int left = 0, top = 0;  // where the filled part begins in the tensor
};

// `picture` and `view` passed Validate; the tensor has width x height pixels.
Geometry Locate(const PixelView& picture, const View& view, ResizeMode mode, int width, int height);

// Positions of bilinear samples are multiples of 1 / kSubpixels of a pixel.
inline constexpr int kSubpixels = 32;

// Between which two pixels of an axis a sample lies.
struct Tap {
  int32_t first = 0, second = 0;
  int32_t second_weight = 0;  // in [0, kSubpixels); the first has the rest of kSubpixels
};

// The formula above for one axis; `taps` has room for axis.count.
void FillTaps(const Axis& axis, absl::Span<Tap> taps);

}  // namespace edgetasks::image

#endif  // CORE_IMAGE_SAMPLING_H_
