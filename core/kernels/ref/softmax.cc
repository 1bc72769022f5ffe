#include "core/kernels/ref/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace edgetasks::kernels::ref {

void SoftmaxF32(const float* input, int64_t rows, int64_t depth, float beta, float* output) {
  for (int64_t r = 0; r < rows; ++r, input += depth, output += depth) {
    float max = -std::numeric_limits<float>::infinity();
    for (int64_t i = 0; i < depth; ++i) max = std::max(max, input[i]);
    float sum = 0.0f;
    for (int64_t i = 0; i < depth; ++i) {
      output[i] = std::exp((input[i] - max) * beta);
      sum += output[i];
    }
    for (int64_t i = 0; i < depth; ++i) output[i] /= sum;
  }
}

template <typename T>
void SoftmaxQuantized(const T* input, int64_t rows, int64_t depth, float input_scale, float beta,
                      float output_scale, int32_t output_zero_point, float* row, T* output) {
  for (int64_t r = 0; r < rows; ++r, input += depth, output += depth) {
    // The zero point cancels: only differences to the maximum matter.
    for (int64_t i = 0; i < depth; ++i) row[i] = static_cast<float>(input[i]) * input_scale;
    SoftmaxF32(row, 1, depth, beta, row);
    for (int64_t i = 0; i < depth; ++i) {
      const float q = std::nearbyint(row[i] / output_scale) + static_cast<float>(output_zero_point);
      output[i] = static_cast<T>(
          std::clamp<float>(q, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    }
  }
}

template void SoftmaxQuantized(const int8_t*, int64_t, int64_t, float, float, float, int32_t,
                               float*, int8_t*);
template void SoftmaxQuantized(const uint8_t*, int64_t, int64_t, float, float, float, int32_t,
                               float*, uint8_t*);
template void SoftmaxQuantized(const int16_t*, int64_t, int64_t, float, float, float, int32_t,
                               float*, int16_t*);

}  // namespace edgetasks::kernels::ref
