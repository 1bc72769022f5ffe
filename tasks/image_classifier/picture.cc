#include "tasks/image_classifier/picture.h"

#include <cstddef>
#include <iterator>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "tasks/components/options_check.h"

namespace edgetasks::tasks {
namespace {

// By the public number.
constexpr image::PixelFormat kFormats[] = {
    image::PixelFormat::kRgb,     image::PixelFormat::kRgba, image::PixelFormat::kGray,
    image::PixelFormat::kBgra,    image::PixelFormat::kNv12, image::PixelFormat::kNv21,
    image::PixelFormat::kI420,    image::PixelFormat::kYv12, image::PixelFormat::kYuv420,
    image::PixelFormat::kRgbFloat};
constexpr image::YuvMatrix kMatrices[] = {image::YuvMatrix::kBt601, image::YuvMatrix::kBt709};
constexpr image::YuvRange kRanges[] = {image::YuvRange::kFull, image::YuvRange::kVideo};
constexpr image::ResizeMode kModes[] = {image::ResizeMode::kStretch, image::ResizeMode::kLetterbox,
                                        image::ResizeMode::kCenterCrop};
constexpr image::ResizeFilter kFilters[] = {
    image::ResizeFilter::kBilinear, image::ResizeFilter::kArea, image::ResizeFilter::kBicubic};

// The entry of `table` that `value` names; null if it names none.
template <typename T, size_t kCount, typename Enum>
const T* Find(const T (&table)[kCount], Enum value) {
  const auto number = static_cast<size_t>(value);
  return number < kCount ? &table[number] : nullptr;
}

template <typename Enum>
absl::Status NoSuch(const char* what, Enum value, size_t count) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidImage,
      absl::StrCat("image: ", what, " ", static_cast<int>(value), "; it must be 0 to ", count - 1));
}

image::Plane ToPlane(const ImagePlane& plane) {
  return {plane.data, plane.row_stride, plane.pixel_stride};
}

}  // namespace

absl::StatusOr<image::PixelView> ToPixels(const Image& picture) {
  const auto* format = Find(kFormats, picture.format);
  const auto* matrix = Find(kMatrices, picture.yuv_matrix);
  const auto* range = Find(kRanges, picture.yuv_range);
  if (format == nullptr) return NoSuch("format", picture.format, std::size(kFormats));
  if (matrix == nullptr) return NoSuch("yuv_matrix", picture.yuv_matrix, std::size(kMatrices));
  if (range == nullptr) return NoSuch("yuv_range", picture.yuv_range, std::size(kRanges));
  image::PixelView pixels;
  pixels.data = picture.data;
  pixels.width = picture.width;
  pixels.height = picture.height;
  pixels.format = *format;
  pixels.stride =
      picture.stride != 0 ? picture.stride : int64_t{picture.width} * image::BytesOf(pixels.format);
  pixels.matrix = *matrix;
  pixels.range = *range;
  ET_RETURN_IF_ERROR(
      image::LocateChroma({ToPlane(picture.chroma[0]), ToPlane(picture.chroma[1])}, pixels));
  return pixels;
}

image::View ToView(const ImageProcessingOptions& options) {
  image::View view;
  view.rotation_degrees = options.rotation_degrees;
  if (options.region_of_interest.has_value()) {
    const RectF& region = *options.region_of_interest;
    view.left = region.left;
    view.top = region.top;
    view.right = region.right;
    view.bottom = region.bottom;
  }
  return view;
}

absl::StatusOr<image::Resizing> ToResizing(const ImageClassifierOptions& options) {
  const auto* mode = Find(kModes, options.resize_mode);
  const auto* filter = Find(kFilters, options.resize_filter);
  if (mode == nullptr) {
    return InvalidOption("resize_mode is ", static_cast<int>(options.resize_mode),
                         "; it must be 0 to ", std::size(kModes) - 1);
  }
  if (filter == nullptr) {
    return InvalidOption("resize_filter is ", static_cast<int>(options.resize_filter),
                         "; it must be 0 to ", std::size(kFilters) - 1);
  }
  return image::Resizing{*mode, *filter};
}

}  // namespace edgetasks::tasks
