#include "core/image/image_to_tensor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <utility>

#include "core/base/error.h"
#include "core/base/half.h"
#include "core/base/status_macros.h"

namespace edgetasks::image {
namespace {

// The weights of BT.601 in 1 / 65536; they add up to 65536, so that white stays 255.
uint8_t Luma(uint8_t red, uint8_t green, uint8_t blue) {
  return static_cast<uint8_t>((19595 * red + 38470 * green + 7471 * blue + 32768) >> 16);
}
float Luma(float red, float green, float blue) {
  return std::min((19595 * red + 38470 * green + 7471 * blue) / 65536, 255.0f);
}

// The table's value at a byte, or at a level between two.
template <typename T>
T ValueAt(const std::array<T, 256>& values, uint8_t byte) {
  return values[byte];
}
template <typename T>
T ValueAt(const std::array<T, 256>& values, float level) {
  if constexpr (sizeof(T) == 1) {
    return values[static_cast<int>(level + 0.5f)];
  } else {
    const int low = std::min(static_cast<int>(level), 254);
    const float part = level - static_cast<float>(low);
    if constexpr (std::is_same_v<T, Half>) {
      const float a = HalfToFloat(values[low].bits), b = HalfToFloat(values[low + 1].bits);
      return Half{FloatToHalf(a + part * (b - a))};
    } else {
      const float a = values[low], b = values[low + 1], value = a + part * (b - a);
      if constexpr (std::is_integral_v<T>) return static_cast<T>(std::lround(value));
      return static_cast<T>(value);
    }
  }
}

// Where the elements of a tensor lie.
struct Steps {
  explicit Steps(const TensorSpec& spec)
      : pixel(spec.layout == TensorLayout::kNhwc ? spec.channels : 1),
        row(pixel * spec.width),
        channel(spec.layout == TensorLayout::kNhwc ? 1 : int64_t{spec.width} * spec.height) {}
  int64_t pixel, row, channel;
};

// Which channel of the picture becomes channel c of the tensor.
int SourceChannel(const TensorSpec& spec, int picture_channels, int c) {
  if (picture_channels == 1) return 0;
  return spec.order == ColorOrder::kBgr && c < 3 ? 2 - c : c;
}

}  // namespace

absl::StatusOr<ImageToTensor> ImageToTensor::Create(const TensorSpec& spec, AnyValueTable values,
                                                    const Resizing& resizing) {
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
  return ImageToTensor(spec, std::move(values), resizing);
}

ImageToTensor::ImageToTensor(const TensorSpec& spec, AnyValueTable values, const Resizing& resizing)
    : spec_(spec), values_(std::move(values)), resizing_(resizing) {}

absl::Status ImageToTensor::Convert(const PixelView& picture, const View& view, void* tensor) {
  ET_RETURN_IF_ERROR(Validate(picture));
  ET_RETURN_IF_ERROR(Validate(view));
  const Geometry geometry = Locate(picture, view, resizing_.mode, spec_.width, spec_.height);
  FillBars(geometry, tensor);
  if (picture.format == PixelFormat::kRgbFloat) {
    SampleInto(picture, geometry, bilinear_floats_, filter_floats_, tensor);
  } else {
    SampleInto(picture, geometry, bilinear_, filter_, tensor);
  }
  return absl::OkStatus();
}

template <typename Sample>
void ImageToTensor::SampleInto(const PixelView& picture, const Geometry& geometry,
                               BilinearSampler<Sample>& bilinear, FilterSampler<Sample>& filter,
                               void* tensor) {
  const PixelReader reader(picture, geometry.turned);
  std::visit(
      [&](const auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type::value_type;
        const auto sink = [&](int row, const Sample* samples) {
          WriteRow(geometry, reader.channels(), row, samples, values, static_cast<T*>(tensor));
        };
        if (resizing_.filter == ResizeFilter::kBilinear) {
          bilinear.Sample(reader, geometry, sink);
        } else {
          filter.Sample(reader, geometry, resizing_.filter, sink);
        }
      },
      values_);
}

template <typename Sample, typename T>
void ImageToTensor::WriteRow(const Geometry& geometry, int picture_channels, int row,
                             const Sample* samples, const ValueTable<T>& values, T* tensor) {
  const Steps steps(spec_);
  const int64_t count = geometry.columns.count;
  T* line = tensor + (row + geometry.top) * steps.row + geometry.left * steps.pixel;
  if (spec_.channels == 1 && picture_channels > 1) {
    for (int64_t i = 0; i < count; ++i, line += steps.pixel) {
      *line = ValueAt(values[0], Luma(samples[i], samples[count + i], samples[2 * count + i]));
    }
    return;
  }
  const auto source = [&](int c) {
    return samples + SourceChannel(spec_, picture_channels, c) * count;
  };
  if (spec_.channels == 3 && steps.pixel == 3) {  // the most frequent: three channels at once
    const Sample *a = source(0), *b = source(1), *c = source(2);
    for (int64_t i = 0; i < count; ++i, line += 3) {
      line[0] = ValueAt(values[0], a[i]);
      line[1] = ValueAt(values[1], b[i]);
      line[2] = ValueAt(values[2], c[i]);
    }
    return;
  }
  for (int c = 0; c < spec_.channels; ++c) {
    T* out = line + c * steps.channel;
    if (c == 3 && picture_channels != 4) {  // alpha of an opaque picture
      for (int64_t i = 0; i < count; ++i) out[i * steps.pixel] = values[c][255];
    } else {
      const Sample* plane = source(c);
      for (int64_t i = 0; i < count; ++i) out[i * steps.pixel] = ValueAt(values[c], plane[i]);
    }
  }
}

void ImageToTensor::FillBars(const Geometry& geometry, void* tensor) const {
  const int right = geometry.left + geometry.columns.count;
  const int bottom = geometry.top + geometry.rows.count;
  if (geometry.left == 0 && geometry.top == 0 && right == spec_.width && bottom == spec_.height) {
    return;
  }
  const Steps steps(spec_);
  std::visit(
      [&](const auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type::value_type;
        for (int row = 0; row < spec_.height; ++row) {
          const bool whole = row < geometry.top || row >= bottom;
          for (int c = 0; c < spec_.channels; ++c) {
            T* line = static_cast<T*>(tensor) + row * steps.row + c * steps.channel;
            for (int i = 0; i < spec_.width; ++i) {
              if (whole || i < geometry.left || i >= right) line[i * steps.pixel] = values[c][0];
            }
          }
        }
      },
      values_);
}

}  // namespace edgetasks::image
