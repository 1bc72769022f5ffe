#include "core/image/pixels.h"

#include <algorithm>

#include "core/base/checked_math.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::image {
namespace {

template <typename... Args>
absl::Status InvalidImage(const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidImage,
                   absl::StrCat("image: ", args...));
}

// Whether `plane` holds columns x rows samples of `bytes` bytes each; all of them at least 1.
// `name` is empty or ends with a space.
absl::Status CheckPlane(const char* name, const Plane& plane, int columns, int rows,
                        int64_t bytes) {
  if (plane.data.data() == nullptr) return InvalidImage("the ", name, "data is null");
  if (plane.pixel_stride < bytes || plane.pixel_stride > kMaxSide) {
    return InvalidImage("the ", name, "pixel stride is ", plane.pixel_stride, " bytes; it must be ",
                        bytes, " to ", kMaxSide);
  }
  const int64_t row_bytes = plane.pixel_stride * (columns - 1) + bytes;
  if (plane.stride < row_bytes) {
    return InvalidImage("the ", name, "stride is ", plane.stride, " bytes; a row of ", columns,
                        " samples, ", plane.pixel_stride, " bytes apart, takes ", row_bytes);
  }
  int64_t needed = 0;
  const bool fits = CheckedMul(plane.stride, int64_t{rows - 1}, &needed) &&
                    CheckedAdd(needed, row_bytes, &needed);
  if (!fits || static_cast<uint64_t>(needed) > plane.data.size()) {
    return InvalidImage("the ", name, "data holds ", plane.data.size(), " bytes; ", columns, " x ",
                        rows, " samples with stride ", plane.stride, " need more",
                        fits ? absl::StrCat(" (", needed, ")") : "");
  }
  return absl::OkStatus();
}

int Half(int side) { return (side + 1) / 2; }

bool IsPaired(PixelFormat format) {
  return format == PixelFormat::kNv12 || format == PixelFormat::kNv21;
}

absl::Status CheckSize(const PixelView& picture) {
  if (picture.width < 1 || picture.height < 1 || picture.width > kMaxSide ||
      picture.height > kMaxSide) {
    return InvalidImage("the size is ", picture.width, " x ", picture.height,
                        " pixels; each side must be 1 to ", kMaxSide);
  }
  return absl::OkStatus();
}

// The planes that lie behind the luma in one piece of memory.
absl::Status ChromaBehindLuma(const PixelView& picture, Plane (&chroma)[2]) {
  int64_t begin = 0;
  if (picture.stride < 1 || !CheckedMul(picture.stride, int64_t{picture.height}, &begin) ||
      static_cast<uint64_t>(begin) >= picture.data.size()) {
    return InvalidImage("the data holds ", picture.data.size(), " bytes; ", picture.height,
                        " rows of luma with stride ", picture.stride,
                        " leave none for the chroma behind them; give the chroma's planes if it "
                        "lies elsewhere");
  }
  const absl::Span<const uint8_t> rest = picture.data.subspan(begin);
  if (IsPaired(picture.format)) {
    chroma[0] = {rest, std::max<int64_t>(picture.stride, 2 * Half(picture.width)), 2};
    return absl::OkStatus();
  }
  const int64_t stride = picture.stride / 2 + picture.stride % 2;
  const int64_t first = stride * Half(picture.height);  // at most begin + stride: no overflow
  if (static_cast<uint64_t>(first) >= rest.size()) {
    return InvalidImage("the data holds ", picture.data.size(), " bytes; the second plane of ",
                        "chroma would begin at byte ", begin + first);
  }
  chroma[0] = {rest, stride, 1};
  chroma[1] = {rest.subspan(first), stride, 1};
  return absl::OkStatus();
}

void SetDefaultStrides(int64_t pixel_stride, int width, Plane& plane) {
  if (plane.pixel_stride == 0) plane.pixel_stride = pixel_stride;
  // An absurd pixel stride is left to Validate, as the stride's own.
  if (plane.stride == 0 && plane.pixel_stride > 0 && plane.pixel_stride <= kMaxSide) {
    plane.stride = plane.pixel_stride * Half(width);
  }
}

}  // namespace

absl::Status Validate(const PixelView& picture) {
  ET_RETURN_IF_ERROR(CheckSize(picture));
  const int bytes = BytesOf(picture.format);
  ET_RETURN_IF_ERROR(CheckPlane(IsYuv(picture.format) ? "luma " : "",
                                {picture.data, picture.stride, bytes}, picture.width,
                                picture.height, bytes));
  if (!IsYuv(picture.format)) return absl::OkStatus();
  const int width = Half(picture.width), height = Half(picture.height);
  ET_RETURN_IF_ERROR(CheckPlane("U ", picture.u, width, height, 1));
  return CheckPlane("V ", picture.v, width, height, 1);
}

absl::Status LocateChroma(const Plane (&chroma)[2], PixelView& picture) {
  if (!IsYuv(picture.format)) return absl::OkStatus();
  ET_RETURN_IF_ERROR(CheckSize(picture));
  const bool paired = IsPaired(picture.format);
  Plane planes[2] = {chroma[0], chroma[1]};
  if (planes[0].data.data() == nullptr && planes[1].data.data() == nullptr) {
    if (picture.format == PixelFormat::kYuv420) {
      return InvalidImage("a YUV_420_888 picture without chroma planes; give U and V");
    }
    ET_RETURN_IF_ERROR(ChromaBehindLuma(picture, planes));
  } else if (planes[0].data.data() == nullptr || (!paired && planes[1].data.data() == nullptr)) {
    return InvalidImage("one of the two chroma planes is null");
  }
  if (paired) {
    SetDefaultStrides(2, picture.width, planes[0]);
    if (planes[0].data.size() < 2 || planes[0].pixel_stride < 2) {
      return InvalidImage("the plane of chroma pairs holds ", planes[0].data.size(),
                          " bytes with pixel stride ", planes[0].pixel_stride,
                          "; it needs at least 2 of each");
    }
    planes[1] = planes[0];
    planes[1].data.remove_prefix(1);
  } else {
    for (Plane& plane : planes) SetDefaultStrides(1, picture.width, plane);
  }
  const bool v_first = picture.format == PixelFormat::kNv21 || picture.format == PixelFormat::kYv12;
  picture.u = planes[v_first ? 1 : 0];
  picture.v = planes[v_first ? 0 : 1];
  return absl::OkStatus();
}

}  // namespace edgetasks::image
