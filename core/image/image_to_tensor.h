// From a picture of any size and format to the input tensor of a vision model.
#ifndef CORE_IMAGE_IMAGE_TO_TENSOR_H_
#define CORE_IMAGE_IMAGE_TO_TENSOR_H_

#include <cstdint>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "core/image/pixels.h"
#include "core/image/sampling.h"
#include "core/image/value_table.h"

namespace edgetasks::image {

enum class TensorLayout { kNhwc, kNchw };

// An input tensor [1, height, width, channels] or [1, channels, height, width].
struct TensorSpec {
  int width = 0, height = 0;
  int channels = 3;  // 1 gray, 3 RGB, 4 RGBA
  TensorLayout layout = TensorLayout::kNhwc;
};

// One table for each channel; its alternative is the tensor's element type.
using AnyValueTable = std::variant<ValueTable<uint8_t>, ValueTable<int8_t>, ValueTable<float>>;

// Samples a picture as core/image/sampling.h says, rounds each channel to a byte (halves up),
// converts it to the tensor's channels, and writes what the value table says:
//
//   picture   1 channel                  3 channels    4 channels
//   gray      gray                       gray thrice   gray thrice, 255
//   RGB       luma                       RGB           RGB, 255
//   RGBA      luma (alpha dropped)       RGB           RGBA
//
// luma = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601-7, 2.5.1), rounded to a byte.
//
// Not thread safe: it holds the taps of the last picture.
class ImageToTensor {
 public:
  // INVALID_ARGUMENT (kInvalidOption) if a side of `spec` is outside [1, kMaxSide], channels is not
  // 1, 3 or 4, or `values` has not as many tables.
  static absl::StatusOr<ImageToTensor> Create(const TensorSpec& spec, AnyValueTable values);

  // Fills `tensor`, which holds all elements of the spec, dense. Allocates nothing.
  // INVALID_ARGUMENT (kInvalidImage, kInvalidOption) as Validate(picture), Validate(view).
  absl::Status Convert(const PixelView& picture, const View& view, void* tensor);

  const TensorSpec& spec() const { return spec_; }

 private:
  ImageToTensor(const TensorSpec& spec, AnyValueTable values);

  void SampleRow(const PixelView& picture, int row);
  template <typename T>
  void WriteRow(PixelFormat format, const ValueTable<T>& values, int row, T* tensor) const;

  TensorSpec spec_;
  AnyValueTable values_;
  SamplingTaps taps_;
  std::vector<uint8_t> row_;  // one sampled row in the picture's format: [width, channels]
};

}  // namespace edgetasks::image

#endif  // CORE_IMAGE_IMAGE_TO_TENSOR_H_
