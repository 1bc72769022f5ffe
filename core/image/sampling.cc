#include "core/image/sampling.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"

namespace edgetasks::image {
namespace {

// One axis of the picture.
struct Axis {
  double center, extent;  // of the region of interest, in pixels
  int pixels;             // the picture's side
  int64_t step;           // bytes from one pixel to the next
};

// Tap k of n reads at axis.center + sign * (k / n - 1/2) * axis.extent.
void FillTaps(const Axis& axis, int sign, std::vector<Tap>& taps) {
  const double n = static_cast<double>(taps.size());
  const int64_t last = axis.pixels - 1;
  for (size_t k = 0; k < taps.size(); ++k) {
    const double at = axis.center + sign * (static_cast<double>(k) / n - 0.5) * axis.extent;
    // |at| <= 2 * kMaxSide: every cast is of a value that fits.
    const auto subpixels = static_cast<int64_t>(std::nearbyint(at * kSubpixels));
    const int64_t floor =
        subpixels >= 0 ? subpixels / kSubpixels : -((-subpixels + kSubpixels - 1) / kSubpixels);
    taps[k].offset0 = std::clamp<int64_t>(floor, 0, last) * axis.step;
    taps[k].offset1 = std::clamp<int64_t>(floor + 1, 0, last) * axis.step;
    taps[k].weight1 = static_cast<int32_t>(subpixels - floor * kSubpixels);
  }
}

}  // namespace

absl::Status Validate(const View& view) {
  // Written so that NaN fails.
  if (!(0 <= view.left && view.left < view.right && view.right <= 1 && 0 <= view.top &&
        view.top < view.bottom && view.bottom <= 1)) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
        absl::StrCat("region_of_interest is left ", view.left, ", top ", view.top, ", right ",
                     view.right, ", bottom ", view.bottom,
                     "; it must satisfy 0 <= left < right <= 1 and 0 <= top < bottom <= 1"));
  }
  if (view.rotation_degrees % 90 != 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     absl::StrCat("rotation_degrees is ", view.rotation_degrees,
                                  "; it must be a multiple of 90"));
  }
  return absl::OkStatus();
}

void SamplingTaps::Set(const PixelView& picture, const View& view) {
  const Axis x = {(view.left + view.right) / 2 * picture.width,
                  (view.right - view.left) * picture.width, picture.width,
                  ChannelsOf(picture.format)};
  const Axis y = {(view.top + view.bottom) / 2 * picture.height,
                  (view.bottom - view.top) * picture.height, picture.height, picture.stride};
  // cos and sin of -pi * degrees / 180 are 0 and +-1; w and h are the extents of the axis that the
  // tensor's column or row runs along, which is the swap in the formula.
  switch (((view.rotation_degrees % 360) + 360) % 360) {
    case 90:  // x = cx + V, y = cy - U
      FillTaps(y, -1, columns_);
      FillTaps(x, 1, rows_);
      break;
    case 180:  // x = cx - U, y = cy - V
      FillTaps(x, -1, columns_);
      FillTaps(y, -1, rows_);
      break;
    case 270:  // x = cx - V, y = cy + U
      FillTaps(y, 1, columns_);
      FillTaps(x, -1, rows_);
      break;
    default:  // x = cx + U, y = cy + V
      FillTaps(x, 1, columns_);
      FillTaps(y, 1, rows_);
  }
}

}  // namespace edgetasks::image
