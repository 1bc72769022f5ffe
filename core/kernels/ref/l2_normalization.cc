#include "core/kernels/ref/l2_normalization.h"

#include <algorithm>
#include <cmath>

#include "core/kernels/ref/quantize_real.h"

namespace edgetasks::kernels::ref {

void L2NormalizationF32(const float* input, int64_t rows, int64_t depth, float* output) {
  for (int64_t r = 0; r < rows; ++r, input += depth, output += depth) {
    float squares = 0.0f;
    for (int64_t i = 0; i < depth; ++i) squares += input[i] * input[i];
    const float norm = std::max(std::sqrt(squares), 1e-6f);
    for (int64_t i = 0; i < depth; ++i) output[i] = input[i] / norm;
  }
}

template <typename T>
void L2NormalizationQuantized(const T* input, int64_t rows, int64_t depth, int32_t input_zero,
                              float output_scale, int32_t output_zero, T* output) {
  for (int64_t r = 0; r < rows; ++r, input += depth, output += depth) {
    double squares = 0.0;
    for (int64_t i = 0; i < depth; ++i) {
      const double x = static_cast<double>(input[i]) - input_zero;
      squares += x * x;
    }
    const double norm = squares > 0.0 ? std::sqrt(squares) : 1.0;
    for (int64_t i = 0; i < depth; ++i) {
      const double x = static_cast<double>(input[i]) - input_zero;
      output[i] = QuantizeReal<T>(x / norm, output_scale, output_zero);
    }
  }
}

template void L2NormalizationQuantized(const int8_t*, int64_t, int64_t, int32_t, float, int32_t,
                                       int8_t*);
template void L2NormalizationQuantized(const uint8_t*, int64_t, int64_t, int32_t, float, int32_t,
                                       uint8_t*);

}  // namespace edgetasks::kernels::ref
