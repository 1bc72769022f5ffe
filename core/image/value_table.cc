#include "core/image/value_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/half.h"
#include "core/base/status_macros.h"

namespace edgetasks::image {
namespace {

template <typename... Args>
absl::Status InvalidNormalization(const Args&... args) {
  return InvalidOption("normalization: ", args...);
}

absl::Status CheckValues(const char* name, const std::vector<float>& values, int channels,
                         bool may_be_zero) {
  if (values.size() != 1 && values.size() != static_cast<size_t>(channels)) {
    return InvalidNormalization(
        name, " has ", values.size(), " values; give 1 for all channels",
        channels == 1 ? "" : absl::StrCat(", or ", channels, ", one for each"));
  }
  for (const float value : values) {
    if (!std::isfinite(value) || (value == 0 && !may_be_zero)) {
      return InvalidNormalization(name, " holds ", value, "; values must be finite",
                                  may_be_zero ? "" : " and not 0");
    }
  }
  return absl::OkStatus();
}

float AtChannel(const std::vector<float>& values, int channel) {
  return values.size() == 1 ? values[0] : values[channel];
}

}  // namespace

absl::StatusOr<ValueTable<float>> NormalizedValues(const Normalization& normalization,
                                                   int channels) {
  ET_RETURN_IF_ERROR(CheckValues("mean", normalization.mean, channels, /*may_be_zero=*/true));
  ET_RETURN_IF_ERROR(CheckValues("std", normalization.std, channels, /*may_be_zero=*/false));
  ValueTable<float> table(channels);
  for (int c = 0; c < channels; ++c) {
    const float mean = AtChannel(normalization.mean, c);
    const float std = AtChannel(normalization.std, c);
    for (int byte = 0; byte < 256; ++byte) {
      table[c][byte] = (static_cast<float>(byte) - mean) / std;
      if (!std::isfinite(table[c][byte])) {
        return InvalidNormalization("(", byte, " - mean ", mean, ") / std ", std,
                                    " is not a finite number");
      }
    }
  }
  return table;
}

absl::StatusOr<ValueTable<Half>> NormalizedHalves(const Normalization& normalization,
                                                  int channels) {
  ET_ASSIGN_OR_RETURN(const ValueTable<float> normalized,
                      NormalizedValues(normalization, channels));
  ValueTable<Half> table(channels);
  for (int c = 0; c < channels; ++c) {
    for (int byte = 0; byte < 256; ++byte) {
      table[c][byte].bits = FloatToHalf(normalized[c][byte]);
      if (std::isinf(HalfToFloat(table[c][byte].bits))) {
        return InvalidNormalization("byte ", byte, " of channel ", c, " becomes ",
                                    normalized[c][byte], ", which float16 cannot hold");
      }
    }
  }
  return table;
}

template <typename T>
absl::StatusOr<ValueTable<T>> QuantizedValues(const Normalization& normalization,
                                              const ElementQuantization& quantization,
                                              int channels) {
  if (!std::isfinite(quantization.scale) || quantization.scale <= 0) {
    return InvalidNormalization("the input tensor's scale is ", quantization.scale,
                                "; it must be finite and positive");
  }
  ET_ASSIGN_OR_RETURN(const ValueTable<float> normalized,
                      NormalizedValues(normalization, channels));
  ValueTable<T> table(channels);
  for (int c = 0; c < channels; ++c) {
    for (int byte = 0; byte < 256; ++byte) {
      // In double: neither the division nor the sum can overflow or lose the zero point.
      const double steps = std::round(static_cast<double>(normalized[c][byte]) /
                                      static_cast<double>(quantization.scale));
      table[c][byte] = static_cast<T>(std::clamp<double>(steps + quantization.zero_point,
                                                         std::numeric_limits<T>::min(),
                                                         std::numeric_limits<T>::max()));
    }
  }
  return table;
}

template <typename T>
ValueTable<T> RawValues(int channels) {
  ValueTable<T> table(channels);
  for (std::array<T, 256>& values : table) {
    for (int byte = 0; byte < 256; ++byte) {
      values[byte] = static_cast<T>(byte + std::numeric_limits<T>::min());
    }
  }
  return table;
}

template absl::StatusOr<ValueTable<uint8_t>> QuantizedValues(const Normalization&,
                                                             const ElementQuantization&, int);
template absl::StatusOr<ValueTable<int8_t>> QuantizedValues(const Normalization&,
                                                            const ElementQuantization&, int);
template absl::StatusOr<ValueTable<int16_t>> QuantizedValues(const Normalization&,
                                                             const ElementQuantization&, int);
template ValueTable<uint8_t> RawValues(int);
template ValueTable<int8_t> RawValues(int);

}  // namespace edgetasks::image
