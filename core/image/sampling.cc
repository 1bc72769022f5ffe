#include "core/image/sampling.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"

namespace edgetasks::image {
namespace {

// The side of the filled part where the other side fills the tensor.
int Fit(double side, double other_side, int other_count, int count) {
  return std::clamp(static_cast<int>(std::nearbyint(side / other_side * other_count)), 1, count);
}

void Letterbox(int width, int height, Geometry& geometry) {
  Axis &columns = geometry.columns, &rows = geometry.rows;
  // Compared as products: no quotient is lost.
  const double wide = columns.extent * height, tall = rows.extent * width;
  if (wide > tall) rows.count = Fit(rows.extent, columns.extent, width, height);
  if (wide < tall) columns.count = Fit(columns.extent, rows.extent, height, width);
  geometry.left = static_cast<int>(std::nearbyint((width - columns.count) * 0.5));
  geometry.top = static_cast<int>(std::nearbyint((height - rows.count) * 0.5));
}

void CropToShape(int width, int height, Geometry& geometry) {
  Axis &columns = geometry.columns, &rows = geometry.rows;
  const double wide = columns.extent * height, tall = rows.extent * width;
  if (wide > tall) columns.extent = tall / height;
  if (wide < tall) rows.extent = wide / width;
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

Geometry Locate(const PixelView& picture, const View& view, ResizeMode mode, int width,
                int height) {
  Axis x, y;
  x.center = (view.left + view.right) / 2 * picture.width;
  x.extent = (view.right - view.left) * picture.width;
  x.pixels = picture.width;
  y.center = (view.top + view.bottom) / 2 * picture.height;
  y.extent = (view.bottom - view.top) * picture.height;
  y.pixels = picture.height;
  // cos and sin of -pi * degrees / 180 are 0 and +-1; w and h are the extents of the axis that the
  // tensor's column or row runs along, which is the swap in the formula.
  const int quarter = ((view.rotation_degrees % 360) + 360) % 360 / 90;
  Geometry geometry;
  geometry.turned = quarter % 2 != 0;
  geometry.columns = geometry.turned ? y : x;
  geometry.rows = geometry.turned ? x : y;
  geometry.columns.backward = quarter == 1 || quarter == 2;
  geometry.rows.backward = quarter == 2 || quarter == 3;
  geometry.columns.count = width;
  geometry.rows.count = height;
  if (mode == ResizeMode::kLetterbox) Letterbox(width, height, geometry);
  if (mode == ResizeMode::kCenterCrop) CropToShape(width, height, geometry);
  return geometry;
}

void FillTaps(const Axis& axis, absl::Span<Tap> taps) {
  const double n = axis.count, sign = axis.backward ? -1 : 1;
  const int64_t last = axis.pixels - 1;
  for (int k = 0; k < axis.count; ++k) {
    const double at = axis.center + sign * (k / n - 0.5) * axis.extent;
    // |at| <= 2 * kMaxSide: every cast is of a value that fits.
    const auto subpixels = static_cast<int64_t>(std::nearbyint(at * kSubpixels));
    const int64_t floor =
        subpixels >= 0 ? subpixels / kSubpixels : -((-subpixels + kSubpixels - 1) / kSubpixels);
    taps[k].first = static_cast<int32_t>(std::clamp<int64_t>(floor, 0, last));
    taps[k].second = static_cast<int32_t>(std::clamp<int64_t>(floor + 1, 0, last));
    taps[k].second_weight = static_cast<int32_t>(subpixels - floor * kSubpixels);
  }
}

}  // namespace edgetasks::image
