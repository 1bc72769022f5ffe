// The specification of the depthwise_f32 family, in plain loops.
#include "core/kernels/simd/depthwise_f32/depthwise_f32.h"
#include "core/kernels/simd/scalar_floats.h"

namespace edgetasks::kernels::simd {
namespace {

void Row(const DepthwiseF32Row& row, float* out) {
  for (int64_t x = 0; x < row.out_width; ++x) {
    for (int64_t c = 0; c < row.channels; ++c) {
      float sum = row.bias != nullptr ? row.bias[c] : 0.0f;
      for (int64_t j = 0; j < row.filter_w; ++j) {
        for (int64_t i = 0; i < row.filter_h; ++i) {
          const int64_t column = x * row.stride + j * row.dilation - row.pad;
          if (row.rows[i] == nullptr || column < 0 || column >= row.width) continue;
          sum = FusedMultiplyAdd(row.rows[i][column * row.channels + c],
                                 row.weights[(i * row.filter_w + j) * row.channels + c], sum);
        }
      }
      const float above = sum < row.range.min ? row.range.min : sum;
      out[x * row.channels + c] = above > row.range.max ? row.range.max : above;
    }
  }
}

}  // namespace

extern const DepthwiseF32Kernels kDepthwiseF32Scalar;
const DepthwiseF32Kernels kDepthwiseF32Scalar = {CpuLevel::kScalar, Row};

}  // namespace edgetasks::kernels::simd
