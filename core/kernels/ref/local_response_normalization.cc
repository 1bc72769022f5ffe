#include "core/kernels/ref/local_response_normalization.h"

#include <algorithm>
#include <cmath>

namespace edgetasks::kernels::ref {

void LocalResponseNormalizationF32(const float* input, int64_t rows, int64_t depth, int64_t radius,
                                   float bias, float alpha, float beta, float* output) {
  for (int64_t r = 0; r < rows; ++r, input += depth, output += depth) {
    for (int64_t i = 0; i < depth; ++i) {
      const int64_t begin = std::max<int64_t>(0, i - radius);
      const int64_t end = std::min(depth, i + radius + 1);
      float squares = 0.0f;
      for (int64_t j = begin; j < end; ++j) squares += input[j] * input[j];
      output[i] = input[i] * std::pow(bias + alpha * squares, -beta);
    }
  }
}

}  // namespace edgetasks::kernels::ref
