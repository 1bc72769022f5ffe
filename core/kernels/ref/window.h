// Where a sliding window lies on one axis of a picture.
// Source: TensorFlow's definition of SAME and VALID padding (tf.nn.convolution).
#ifndef CORE_KERNELS_REF_WINDOW_H_
#define CORE_KERNELS_REF_WINDOW_H_

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/ir/op_params.h"

namespace edgetasks::kernels::ref {

// Tap k of output position i reads input position i * stride + k * dilation - pad, where that is
// inside [0, input); the other taps read padding, which adds nothing.
struct Window {
  int32_t input = 0, filter = 0, output = 0;
  int32_t stride = 1, dilation = 1;
  int32_t pad = 0;  // before the first input

  // The taps [begin, end) of output position i that are inside the input.
  struct Taps {
    int32_t begin, end;
    int64_t first;  // the input position of tap `begin`
  };
  Taps TapsAt(int64_t i) const {
    const int64_t origin = i * stride - pad;
    const int64_t begin = origin >= 0 ? 0 : (-origin + dilation - 1) / dilation;
    const int64_t end = input <= origin ? 0 : (input - origin + dilation - 1) / dilation;
    const int64_t last = std::min<int64_t>(end, filter);
    const int64_t first = std::min(begin, last);
    return {static_cast<int32_t>(first), static_cast<int32_t>(last), origin + first * dilation};
  }
};

// Fixes output and pad:
//   SAME:  output = ceil(input / stride), padded as evenly as possible, the odd one at the end;
//   VALID: output = ceil((input - extent + 1) / stride), extent = (filter - 1) * dilation + 1.
// False if input is negative, filter, stride or dilation are not positive, the extent does not fit
// int32, or VALID leaves no output.
[[nodiscard]] inline bool MakeWindow(ir::Padding padding, int32_t input, int32_t filter,
                                     int32_t stride, int32_t dilation, Window* window) {
  if (input < 0 || filter < 1 || stride < 1 || dilation < 1) return false;
  const int64_t extent = int64_t{filter - 1} * dilation + 1;
  if (extent > std::numeric_limits<int32_t>::max()) return false;
  const bool same = padding == ir::Padding::kSame;
  if (!same && extent > input) return false;
  const int64_t span = same ? int64_t{input} : input - extent + 1;
  const int64_t output = (span + stride - 1) / stride;
  const int64_t pad = std::max<int64_t>(0, (output - 1) * stride + extent - input) / 2;
  *window = {input,  filter,   static_cast<int32_t>(output),
             stride, dilation, output > 0 ? static_cast<int32_t>(pad) : 0};
  return true;
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_WINDOW_H_
