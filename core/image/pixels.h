// Pictures as this folder sees them: pixels in someone else's memory, in one plane or three.
#ifndef CORE_IMAGE_PIXELS_H_
#define CORE_IMAGE_PIXELS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace edgetasks::image {

enum class PixelFormat {
  kRgb,
  kRgba,
  kGray,
  kBgra,
  kNv12,      // luma; U and V in turns
  kNv21,      // luma; V and U in turns
  kI420,      // luma; U; V
  kYv12,      // luma; V; U
  kYuv420,    // luma; U; V, with any pixel stride (YUV_420_888)
  kRgbFloat,  // three float32 from 0 to 1
};

constexpr bool IsYuv(PixelFormat format) {
  return format >= PixelFormat::kNv12 && format <= PixelFormat::kYuv420;
}

// Values of a pixel once it is read: red, green, blue, alpha; or gray.
constexpr int ChannelsOf(PixelFormat format) {
  if (format == PixelFormat::kGray) return 1;
  return format == PixelFormat::kRgba || format == PixelFormat::kBgra ? 4 : 3;
}

// Bytes from a pixel to the next one, in the first plane.
constexpr int BytesOf(PixelFormat format) {
  if (format == PixelFormat::kRgbFloat) return 12;
  return IsYuv(format) ? 1 : ChannelsOf(format);
}

// What the numbers of a YUV picture mean: the weights of ITU-R BT.601-7, 2.5.1 or BT.709-6, 3.2;
// luma 0 to 255 (full) or 16 to 235 (video, chroma 16 to 240).
enum class YuvMatrix { kBt601, kBt709 };
enum class YuvRange { kFull, kVideo };

// Samples of one kind: sample (x, y) is byte y * stride + x * pixel_stride.
struct Plane {
  absl::Span<const uint8_t> data;
  int64_t stride = 0, pixel_stride = 0;
};

// Rows from the top, pixels from the left; pixel (x, y) starts at byte
// y * stride + x * BytesOf(format).
struct PixelView {
  absl::Span<const uint8_t> data;  // of YUV pictures: the luma
  int width = 0, height = 0;
  int64_t stride = 0;  // bytes from a row's start to the next one's
  PixelFormat format = PixelFormat::kRgb;
  // Of YUV pictures: one sample stands for 2 x 2 pixels; the last ones of odd sides for fewer.
  Plane u = {}, v = {};
  YuvMatrix matrix = YuvMatrix::kBt601;
  YuvRange range = YuvRange::kFull;
};

// Pictures larger than this in either direction are refused: 2^20 pixels keep every coordinate
// exact to 2^-32 in double.
inline constexpr int kMaxSide = 1 << 20;

// INVALID_ARGUMENT (kInvalidImage) if data is null, a side is outside [1, kMaxSide], a stride is
// shorter than a row, or the last row ends behind its data; of YUV pictures also if that holds for
// a plane of chroma.
absl::Status Validate(const PixelView& picture);

// Sets u and v of a YUV picture from its `chroma` planes, which come in the order of the format's
// name: the plane of pairs (NV12, NV21: the second one is ignored), U and V (I420, YUV_420_888), or
// V and U (YV12). Their strides of 0 become those of planes without gaps. Without a first plane
// chroma lies behind the luma's last row, in rows of max(stride, width rounded up to even) bytes
// for pairs and stride / 2, rounded up, for others. Does nothing to other formats.
//
// INVALID_ARGUMENT (kInvalidImage) if planes are missing or the luma ends too early; the rest is
// Validate's.
absl::Status LocateChroma(const Plane (&chroma)[2], PixelView& picture);

}  // namespace edgetasks::image

#endif  // CORE_IMAGE_PIXELS_H_
