// From a picture of any size and format to the input tensor of a vision model.
#ifndef CORE_IMAGE_IMAGE_TO_TENSOR_H_
#define CORE_IMAGE_IMAGE_TO_TENSOR_H_

#include <cstdint>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "core/image/pixels.h"
#include "core/image/samplers.h"
#include "core/image/sampling.h"
#include "core/image/value_table.h"

namespace edgetasks::image {

enum class TensorLayout { kNhwc, kNchw };
enum class ColorOrder { kRgb, kBgr };

// An input tensor [1, height, width, channels] or [1, channels, height, width].
struct TensorSpec {
  int width = 0, height = 0;
  int channels = 3;  // 1 gray, 3 RGB, 4 RGBA
  TensorLayout layout = TensorLayout::kNhwc;
  ColorOrder order = ColorOrder::kRgb;  // kBgr: red and blue change places; tables are the tensor's
};

// How a picture of another size gets into the tensor.
struct Resizing {
  ResizeMode mode = ResizeMode::kStretch;
  ResizeFilter filter = ResizeFilter::kBilinear;
};

// One table for each channel; its alternative is the tensor's element type.
using AnyValueTable = std::variant<ValueTable<uint8_t>, ValueTable<int8_t>, ValueTable<int16_t>,
                                   ValueTable<Half>, ValueTable<float>>;

// Crops, turns and resizes a picture in one pass, rounds each channel to a byte (halves up),
// converts it to the tensor's channels, and writes what the value table says:
//
//   picture     1 channel                  3 channels    4 channels
//   gray        gray                       gray thrice   gray thrice, 255
//   RGB, YUV    luma                       RGB           RGB, 255
//   RGBA, BGRA  luma (alpha dropped)       RGB           RGBA
//
// luma = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601-7, 2.5.1), rounded to a byte. Pixels of YUV
// become RGB bytes before they are sampled: the tensor is that of the picture converted as a whole.
// Pictures of floats are not rounded to bytes: between two bytes, values are interpolated, and
// those of 8-bit tensors are the nearest byte's. Bars of a letterbox are bytes of 0.
//
// Not thread safe: it holds the lines of the last picture.
class ImageToTensor {
 public:
  // INVALID_ARGUMENT (kInvalidOption) if a side of `spec` is outside [1, kMaxSide], channels is not
  // 1, 3 or 4, or `values` has not as many tables.
  static absl::StatusOr<ImageToTensor> Create(const TensorSpec& spec, AnyValueTable values,
                                              const Resizing& resizing = {});

  // Fills `tensor`, which holds all elements of the spec, dense. Allocates only where a picture
  // needs more than those before it (kBilinear: where its format is another).
  // INVALID_ARGUMENT (kInvalidImage, kInvalidOption) as Validate(picture), Validate(view).
  absl::Status Convert(const PixelView& picture, const View& view, void* tensor);

  const TensorSpec& spec() const { return spec_; }

 private:
  ImageToTensor(const TensorSpec& spec, AnyValueTable values, const Resizing& resizing);

  template <typename Sample>
  void SampleInto(const PixelView& picture, const Geometry& geometry,
                  BilinearSampler<Sample>& bilinear, FilterSampler<Sample>& filter, void* tensor);
  template <typename Sample, typename T>
  void WriteRow(const Geometry& geometry, int picture_channels, int row, const Sample* samples,
                const ValueTable<T>& values, T* tensor);
  void FillBars(const Geometry& geometry, void* tensor) const;

  TensorSpec spec_;
  AnyValueTable values_;
  Resizing resizing_;
  BilinearSampler<uint8_t> bilinear_;
  BilinearSampler<float> bilinear_floats_;
  FilterSampler<uint8_t> filter_;
  FilterSampler<float> filter_floats_;
};

}  // namespace edgetasks::image

#endif  // CORE_IMAGE_IMAGE_TO_TENSOR_H_
