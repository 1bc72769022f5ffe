// Pictures as this folder sees them: 8-bit pixels in someone else's memory.
#ifndef CORE_IMAGE_PIXELS_H_
#define CORE_IMAGE_PIXELS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace edgetasks::image {

enum class PixelFormat { kRgb, kRgba, kGray };

// Bytes of a pixel, one a channel: 3, 4 or 1.
constexpr int ChannelsOf(PixelFormat format) {
  return format == PixelFormat::kGray ? 1 : format == PixelFormat::kRgb ? 3 : 4;
}

// Rows from the top, pixels from the left; pixel (x, y) starts at byte y * stride + x * channels.
struct PixelView {
  absl::Span<const uint8_t> data;
  int width = 0, height = 0;
  int64_t stride = 0;  // bytes from a row's start to the next one's
  PixelFormat format = PixelFormat::kRgb;
};

// Pictures larger than this in either direction are refused: 2^20 pixels keep every coordinate
// exact to 2^-32 in double.
inline constexpr int kMaxSide = 1 << 20;

// INVALID_ARGUMENT (kInvalidImage) if data is null, a side is outside [1, kMaxSide], the stride is
// shorter than a row, or the last row ends behind the data.
absl::Status Validate(const PixelView& picture);

}  // namespace edgetasks::image

#endif  // CORE_IMAGE_PIXELS_H_
