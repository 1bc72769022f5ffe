// Where the bytes of an output pixel lie: for the sets that gather a pixel at a time.
#ifndef CORE_KERNELS_SIMD_DEPTHWISE_TAPS_H_
#define CORE_KERNELS_SIMD_DEPTHWISE_TAPS_H_

#include "core/kernels/simd/depthwise/depthwise.h"

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: compiled into flagged files, each with a copy of its own

// taps[i * filter_w + j]: the channels that weight [i, j] meets at output pixel x; zeros outside
// the picture.
[[maybe_unused]] inline void FindTaps(const DepthwiseRow& row, int64_t x, const uint8_t** taps) {
  for (int64_t i = 0; i < row.filter_h; ++i) {
    for (int64_t j = 0; j < row.filter_w; ++j) {
      const int64_t at = x * row.stride + j * row.dilation - row.pad;
      taps[i * row.filter_w + j] =
          at < 0 || at >= row.width ? row.zeros : row.rows[i].data + at * row.rows[i].step;
    }
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_DEPTHWISE_TAPS_H_
