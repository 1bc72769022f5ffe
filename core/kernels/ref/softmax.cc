#include "core/kernels/ref/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/portable_math.h"
#include "core/kernels/ref/quantize_real.h"

namespace edgetasks::kernels::ref {
namespace {

// The greatest element; NaN is passed over here and comes back in the results.
float RowMax(const float* row, int64_t depth) {
  float max = -std::numeric_limits<float>::infinity();
  for (int64_t i = 0; i < depth; ++i) max = std::max(max, row[i]);
  return max;
}

// Quantizes through `row`: compute(row) turns [depth] reals into results in place. The zero point
// cancels: only differences to the maximum matter.
template <typename In, typename Out, typename Compute>
void ThroughReals(const In* input, int64_t rows, int64_t depth, float input_scale,
                  float output_scale, int32_t output_zero_point, const Compute& compute, float* row,
                  Out* output) {
  for (int64_t r = 0; r < rows; ++r, input += depth, output += depth) {
    for (int64_t i = 0; i < depth; ++i) row[i] = static_cast<float>(input[i]) * input_scale;
    compute(row);
    for (int64_t i = 0; i < depth; ++i) {
      output[i] = QuantizeReal<Out>(row[i], output_scale, output_zero_point);
    }
  }
}

}  // namespace

void SoftmaxF32(const float* input, int64_t rows, int64_t depth, float beta, float* output) {
  for (int64_t r = 0; r < rows; ++r, input += depth, output += depth) {
    const float max = RowMax(input, depth);
    if (std::isinf(max) && max < 0 &&
        std::all_of(input, input + depth, [max](float x) { return x == max; })) {
      std::fill_n(output, depth, 0.0f);
      continue;
    }
    float sum = 0.0f;
    for (int64_t i = 0; i < depth; ++i) {
      output[i] = static_cast<float>(portable::Exp((input[i] - max) * beta));
      sum += output[i];
    }
    for (int64_t i = 0; i < depth; ++i) output[i] /= sum;
  }
}

void LogSoftmaxF32(const float* input, int64_t rows, int64_t depth, float* output) {
  for (int64_t r = 0; r < rows; ++r, input += depth, output += depth) {
    const float max = RowMax(input, depth);
    float sum = 0.0f;
    for (int64_t i = 0; i < depth; ++i) sum += static_cast<float>(portable::Exp(input[i] - max));
    const auto log_sum = static_cast<float>(portable::Log(sum));
    for (int64_t i = 0; i < depth; ++i) output[i] = input[i] - max - log_sum;
  }
}

template <typename In, typename Out>
void SoftmaxQuantized(const In* input, int64_t rows, int64_t depth, float input_scale, float beta,
                      float output_scale, int32_t output_zero_point, float* row, Out* output) {
  ThroughReals(
      input, rows, depth, input_scale, output_scale, output_zero_point,
      [depth, beta](float* reals) { SoftmaxF32(reals, 1, depth, beta, reals); }, row, output);
}

template <typename T>
void LogSoftmaxQuantized(const T* input, int64_t rows, int64_t depth, float input_scale,
                         float output_scale, int32_t output_zero_point, float* row, T* output) {
  ThroughReals(
      input, rows, depth, input_scale, output_scale, output_zero_point,
      [depth](float* reals) { LogSoftmaxF32(reals, 1, depth, reals); }, row, output);
}

template void SoftmaxQuantized(const int8_t*, int64_t, int64_t, float, float, float, int32_t,
                               float*, int8_t*);
template void SoftmaxQuantized(const int8_t*, int64_t, int64_t, float, float, float, int32_t,
                               float*, int16_t*);
template void SoftmaxQuantized(const uint8_t*, int64_t, int64_t, float, float, float, int32_t,
                               float*, uint8_t*);
template void SoftmaxQuantized(const int16_t*, int64_t, int64_t, float, float, float, int32_t,
                               float*, int16_t*);
template void LogSoftmaxQuantized(const int8_t*, int64_t, int64_t, float, float, int32_t, float*,
                                  int8_t*);
template void LogSoftmaxQuantized(const uint8_t*, int64_t, int64_t, float, float, int32_t, float*,
                                  uint8_t*);

}  // namespace edgetasks::kernels::ref
