#include "core/image/image_to_tensor.h"

#include <type_traits>
#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::image {
namespace {

template <int kChannels>
void SampleTaps(const uint8_t* data, absl::Span<const Tap> columns, const Tap& row, uint8_t* out) {
  constexpr int32_t kOne = kSubpixels * kSubpixels;
  const uint8_t* line0 = data + row.offset0;
  const uint8_t* line1 = data + row.offset1;
  for (const Tap& column : columns) {
    for (int c = 0; c < kChannels; ++c) {
      // In 1 / kSubpixels^2 of a byte, rounded to a byte: at most 255 * 1024 + 512.
      const int32_t top = line0[column.offset0 + c] * (kSubpixels - column.weight1) +
                          line0[column.offset1 + c] * column.weight1;
      const int32_t bottom = line1[column.offset0 + c] * (kSubpixels - column.weight1) +
                             line1[column.offset1 + c] * column.weight1;
      const int32_t sum = top * (kSubpixels - row.weight1) + bottom * row.weight1;
      out[c] = static_cast<uint8_t>((sum + kOne / 2) / kOne);
    }
    out += kChannels;
  }
}

// The weights of BT.601 in 1 / 65536; they add up to 65536, so that white stays 255.
uint8_t Luma(const uint8_t* rgb) {
  return static_cast<uint8_t>((19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 32768) >> 16);
}

}  // namespace

absl::StatusOr<ImageToTensor> ImageToTensor::Create(const TensorSpec& spec, AnyValueTable values) {
  const size_t tables = std::visit([](const auto& table) { return table.size(); }, values);
  if (spec.width < 1 || spec.width > kMaxSide || spec.height < 1 || spec.height > kMaxSide ||
      (spec.channels != 1 && spec.channels != 3 && spec.channels != 4) ||
      tables != static_cast<size_t>(spec.channels)) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
        absl::StrCat("image tensor of ", spec.width, " x ", spec.height, " pixels, ", spec.channels,
                     " channels and ", tables, " value tables; sides must be 1 to ", kMaxSide,
                     ", channels 1, 3 or 4, with one table each"));
  }
  return ImageToTensor(spec, std::move(values));
}

ImageToTensor::ImageToTensor(const TensorSpec& spec, AnyValueTable values)
    : spec_(spec),
      values_(std::move(values)),
      taps_(spec.width, spec.height),
      row_(static_cast<size_t>(spec.width) * ChannelsOf(PixelFormat::kRgba)) {}

absl::Status ImageToTensor::Convert(const PixelView& picture, const View& view, void* tensor) {
  ET_RETURN_IF_ERROR(Validate(picture));
  ET_RETURN_IF_ERROR(Validate(view));
  taps_.Set(picture, view);
  std::visit(
      [&](const auto& table) {
        using T = typename std::decay_t<decltype(table)>::value_type::value_type;
        for (int row = 0; row < spec_.height; ++row) {
          SampleRow(picture, row);
          WriteRow(picture.format, table, row, static_cast<T*>(tensor));
        }
      },
      values_);
  return absl::OkStatus();
}

void ImageToTensor::SampleRow(const PixelView& picture, int row) {
  const uint8_t* data = picture.data.data();
  const Tap& tap = taps_.rows()[row];
  switch (picture.format) {
    case PixelFormat::kGray:
      return SampleTaps<1>(data, taps_.columns(), tap, row_.data());
    case PixelFormat::kRgb:
      return SampleTaps<3>(data, taps_.columns(), tap, row_.data());
    case PixelFormat::kRgba:
      return SampleTaps<4>(data, taps_.columns(), tap, row_.data());
  }
}

template <typename T>
void ImageToTensor::WriteRow(PixelFormat format, const ValueTable<T>& values, int row,
                             T* tensor) const {
  const bool nhwc = spec_.layout == TensorLayout::kNhwc;
  const int64_t pixel_step = nhwc ? spec_.channels : 1;
  const int64_t channel_step = nhwc ? 1 : int64_t{spec_.width} * spec_.height;
  const int source_channels = ChannelsOf(format);
  T* line = tensor + int64_t{row} * spec_.width * pixel_step;
  for (int c = 0; c < spec_.channels; ++c) {
    const T* value = values[c].data();
    T* out = line + c * channel_step;
    const uint8_t* pixel = row_.data();
    if (spec_.channels == 1 && format != PixelFormat::kGray) {
      for (int i = 0; i < spec_.width; ++i, pixel += source_channels) {
        out[i * pixel_step] = value[Luma(pixel)];
      }
    } else if (c == 3 && format != PixelFormat::kRgba) {  // alpha of an opaque picture
      for (int i = 0; i < spec_.width; ++i) out[i * pixel_step] = value[255];
    } else {
      if (format != PixelFormat::kGray) pixel += c;
      for (int i = 0; i < spec_.width; ++i, pixel += source_channels) {
        out[i * pixel_step] = value[*pixel];
      }
    }
  }
}

}  // namespace edgetasks::image
