// A picture in the caller's memory, and what part of it to use.
#ifndef TASKS_IMAGE_CLASSIFIER_IMAGE_H_
#define TASKS_IMAGE_CLASSIFIER_IMAGE_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"

namespace edgetasks {

/// What the bytes of a picture are, in order. YUV pictures have a luma sample for each pixel, and a
/// sample of U and of V for each 2 x 2 pixels (the last ones of odd sides stand for fewer). Their
/// pixels become RGB before they are sampled, each with the chroma sample that covers it.
enum class PixelFormat {
  kRgb = 0,       ///< 3 bytes: red, green, blue
  kRgba = 1,      ///< 4 bytes: red, green, blue, alpha; alpha is ignored by RGB models
  kGray = 2,      ///< 1 byte
  kBgra = 3,      ///< 4 bytes: blue, green, red, alpha
  kNv12 = 4,      ///< a plane of luma, a plane of pairs U, V
  kNv21 = 5,      ///< a plane of luma, a plane of pairs V, U
  kI420 = 6,      ///< planes of luma, U, V
  kYv12 = 7,      ///< planes of luma, V, U
  kYuv420 = 8,    ///< planes of luma, U, V with pixel strides: Android's YUV_420_888
  kRgbFloat = 9,  ///< 3 float32 of the machine's byte order: red, green, blue from 0 to 1
};

/// The meaning of YUV: the matrix of ITU-R BT.601 or BT.709.
enum class YuvMatrix { kBt601 = 0, kBt709 = 1 };

/// Luma from 0 to 255 (JFIF, Android's cameras) or from 16 to 235 (video files, most webcams).
enum class YuvRange { kFull = 0, kVideo = 1 };

/// A plane of chroma: sample (x, y) is the byte at y * row_stride + x * pixel_stride.
struct ImagePlane {
  /// At least up to the last sample.
  absl::Span<const uint8_t> data;
  /// Bytes from a row to the next. Default 0: no gaps.
  int64_t row_stride = 0;
  /// Bytes from a sample to the next of its kind. Default 0: 2 for planes of pairs, 1 for others.
  int64_t pixel_stride = 0;
};

/// A view of pixels. It owns nothing, and nothing is copied: the pixels must stay valid and
/// unchanged during the call that it is given to. Errors of that call: INVALID_ARGUMENT
/// (kInvalidImage), for every plane that does not hold what width, height and strides say.
///
///   Image image;
///   image.data = absl::MakeConstSpan(pixels, 640 * 480 * 3);
///   image.width = 640;
///   image.height = 480;
struct Image {
  /// The pixels (of YUV: the luma), row by row from the top, each row from the left. Not null; at
  /// least stride * (height - 1) + width * (bytes of a pixel) bytes. Floats need no alignment.
  absl::Span<const uint8_t> data;
  /// In pixels, 1 to 2^20.
  int width = 0;
  int height = 0;
  /// Bytes from the start of a row to the start of the next one, at least a row's own bytes.
  /// Default 0: rows follow each other without a gap.
  int64_t stride = 0;
  PixelFormat format = PixelFormat::kRgb;
  /// The chroma of YUV pictures, in the order of the format: one plane of pairs (NV12, NV21), U and
  /// V (I420, YUV_420_888), V and U (YV12).
  ///
  /// Default, but not for YUV_420_888: it follows in `data` behind stride * height bytes of luma,
  /// in rows of max(stride, width rounded up to even) bytes for pairs, else of stride / 2, rounded
  /// up.
  ImagePlane chroma[2] = {};
  YuvMatrix yuv_matrix = YuvMatrix::kBt601;
  YuvRange yuv_range = YuvRange::kFull;
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
  /// The part of the picture to look at, before it is rotated; it is brought to the model's input
  /// size as ImageClassifierOptions::resize_mode says. Default: all of it.
  std::optional<RectF> region_of_interest;
  /// The clockwise rotation that is applied to the picture (or the region), in degrees: a multiple
  /// of 90, of either sign. Default 0.
  int rotation_degrees = 0;
};

}  // namespace edgetasks

#endif  // TASKS_IMAGE_CLASSIFIER_IMAGE_H_
