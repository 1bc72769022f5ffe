// A picture in the caller's memory, and what part of it to use.
#ifndef TASKS_IMAGE_CLASSIFIER_IMAGE_H_
#define TASKS_IMAGE_CLASSIFIER_IMAGE_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"

namespace edgetasks {

/// The bytes of a pixel, in order.
enum class PixelFormat {
  kRgb = 0,   ///< 3 bytes: red, green, blue
  kRgba = 1,  ///< 4 bytes: red, green, blue, alpha; alpha is ignored by RGB models
  kGray = 2,  ///< 1 byte
};

/// A view of 8-bit pixels. It owns nothing: the pixels must stay valid and unchanged during the
/// call that it is given to. Errors of that call: INVALID_ARGUMENT (kInvalidImage).
///
///   Image image;
///   image.data = absl::MakeConstSpan(pixels, 640 * 480 * 3);
///   image.width = 640;
///   image.height = 480;
struct Image {
  /// The pixels, row by row from the top, each row from the left. Not null; at least
  /// stride * (height - 1) + width * (bytes of a pixel) bytes.
  absl::Span<const uint8_t> data;
  /// In pixels, 1 to 2^20.
  int width = 0;
  int height = 0;
  /// Bytes from the start of a row to the start of the next one, at least a row's own bytes.
  /// Default 0: rows follow each other without a gap.
  int64_t stride = 0;
  PixelFormat format = PixelFormat::kRgb;
};

/// A rectangle in fractions of a picture's width and height: 0 <= left < right <= 1 and
/// 0 <= top < bottom <= 1.
struct RectF {
  float left = 0.0f;
  float top = 0.0f;
  float right = 1.0f;
  float bottom = 1.0f;
};

/// What to do with a picture before it is classified. Errors: INVALID_ARGUMENT (kInvalidOption).
struct ImageProcessingOptions {
  /// The part of the picture to look at, before it is rotated; it is stretched to the model's input
  /// size. Default: all of it.
  std::optional<RectF> region_of_interest;
  /// The clockwise rotation that is applied to the picture (or the region), in degrees: a multiple
  /// of 90, of either sign. Default 0.
  int rotation_degrees = 0;
};

}  // namespace edgetasks

#endif  // TASKS_IMAGE_CLASSIFIER_IMAGE_H_
