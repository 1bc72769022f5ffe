// What a picture's byte becomes in the input tensor: normalization and quantization, as a table.
#ifndef CORE_IMAGE_VALUE_TABLE_H_
#define CORE_IMAGE_VALUE_TABLE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace edgetasks::image {

// An IEEE binary16 number, by its bits.
struct Half {
  uint16_t bits = 0;
};

// (byte - mean) / std for each channel; one value stands for all channels.
struct Normalization {
  std::vector<float> mean, std;
};

// real = scale * (integer - zero_point).
struct ElementQuantization {
  float scale = 1;
  int32_t zero_point = 0;
};

// table[channel][byte], of the element type that the maker's name says.
template <typename T>
using ValueTable = std::vector<std::array<T, 256>>;

// For float tensors: (byte - mean) / std.
// INVALID_ARGUMENT (kInvalidOption) unless mean and std hold 1 or `channels` finite values, no std
// is 0, and every result is finite.
absl::StatusOr<ValueTable<float>> NormalizedValues(const Normalization& normalization,
                                                   int channels);

// The same for float16 tensors, rounded to the nearest; also an error where that is infinite.
absl::StatusOr<ValueTable<Half>> NormalizedHalves(const Normalization& normalization, int channels);

// For integer tensors: the normalized value divided by the scale, rounded to nearest (halves away
// from zero, as TFLite quantizes), plus the zero point, clamped to T. T is uint8_t, int8_t or
// int16_t.
// Errors as above, and for a scale that is not finite and positive.
template <typename T>
absl::StatusOr<ValueTable<T>> QuantizedValues(const Normalization& normalization,
                                              const ElementQuantization& quantization,
                                              int channels);

// For integer tensors whose range is the bytes' own: byte (uint8_t) or byte - 128 (int8_t).
template <typename T>
ValueTable<T> RawValues(int channels);

extern template absl::StatusOr<ValueTable<uint8_t>> QuantizedValues(const Normalization&,
                                                                    const ElementQuantization&,
                                                                    int);
extern template absl::StatusOr<ValueTable<int8_t>> QuantizedValues(const Normalization&,
                                                                   const ElementQuantization&, int);
extern template absl::StatusOr<ValueTable<int16_t>> QuantizedValues(const Normalization&,
                                                                    const ElementQuantization&,
                                                                    int);
extern template ValueTable<uint8_t> RawValues(int);
extern template ValueTable<int8_t> RawValues(int);

}  // namespace edgetasks::image

#endif  // CORE_IMAGE_VALUE_TABLE_H_
