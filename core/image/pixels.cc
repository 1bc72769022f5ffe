#include "core/image/pixels.h"

#include "core/base/checked_math.h"
#include "core/base/error.h"

namespace edgetasks::image {
namespace {

template <typename... Args>
absl::Status InvalidImage(const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidImage,
                   absl::StrCat("image: ", args...));
}

}  // namespace

absl::Status Validate(const PixelView& picture) {
  if (picture.data.data() == nullptr) return InvalidImage("the pixel data is null");
  if (picture.width < 1 || picture.height < 1 || picture.width > kMaxSide ||
      picture.height > kMaxSide) {
    return InvalidImage("the size is ", picture.width, " x ", picture.height,
                        " pixels; each side must be 1 to ", kMaxSide);
  }
  const int64_t row_bytes = int64_t{picture.width} * ChannelsOf(picture.format);
  if (picture.stride < row_bytes) {
    return InvalidImage("the stride is ", picture.stride, " bytes; a row of ", picture.width,
                        " pixels with ", ChannelsOf(picture.format), " channels takes ", row_bytes);
  }
  int64_t needed = 0;
  if (!CheckedMul(picture.stride, int64_t{picture.height - 1}, &needed) ||
      !CheckedAdd(needed, row_bytes, &needed) ||
      static_cast<uint64_t>(needed) > picture.data.size()) {
    return InvalidImage("the data holds ", picture.data.size(), " bytes; ", picture.width, " x ",
                        picture.height, " pixels with ", ChannelsOf(picture.format),
                        " channels and stride ", picture.stride, " need more",
                        needed > 0 ? absl::StrCat(" (", needed, ")") : "");
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::image
