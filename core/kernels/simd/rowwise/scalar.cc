// The specification of the rowwise family, in plain loops.
#include <cmath>

#include "core/kernels/simd/rowwise/rowwise.h"
#include "core/kernels/simd/scalar_floats.h"

namespace edgetasks::kernels::simd {
namespace {

float LogisticOf(float x) {
  const float minus = -x > 80.0f ? 80.0f : -x;  // below what would overflow
  return 1.0f / (1.0f + SpecifiedExp(minus));
}

void Logistic(const float* x, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = LogisticOf(x[i]);
}

void GateSilu(const float* gate, const float* up, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = LogisticOf(gate[i]) * (gate[i] * up[i]);
}

// (1 + tanh(a)) / 2 is the logistic function of 2 a.
void GateGeluTanh(const float* gate, const float* up, int64_t count, float* y) {
  constexpr float kTwice = 1.5957691216057308f;  // 2 * sqrt(2 / pi)
  for (int64_t i = 0; i < count; ++i) {
    const float x = gate[i];
    const float cubic = FusedMultiplyAdd(0.044715f, x * x, 1.0f);
    y[i] = LogisticOf(kTwice * x * cubic) * (x * up[i]);
  }
}

void RmsNorm(const float* x, const float* weight, int64_t count, float epsilon, float* y) {
  float sums[16] = {};
  for (int64_t i = 0; i < count; ++i) sums[i % 16] = FusedMultiplyAdd(x[i], x[i], sums[i % 16]);
  const float mean = SumOfSixteen(sums) / static_cast<float>(count) + epsilon;
  const float scale = 1.0f / std::sqrt(mean);
  for (int64_t i = 0; i < count; ++i) y[i] = x[i] * scale * weight[i];
}

void LayerNorm(const float* x, const float* weight, const float* bias, int64_t count, float epsilon,
               float* y) {
  float sums[16] = {}, squares[16] = {};
  for (int64_t i = 0; i < count; ++i) sums[i % 16] += x[i];
  const float mean = SumOfSixteen(sums) / static_cast<float>(count);
  for (int64_t i = 0; i < count; ++i) {
    y[i] = x[i] - mean;
    squares[i % 16] = FusedMultiplyAdd(y[i], y[i], squares[i % 16]);
  }
  const float variance = SumOfSixteen(squares) / static_cast<float>(count) + epsilon;
  const float scale = 1.0f / std::sqrt(variance);
  for (int64_t i = 0; i < count; ++i) {
    y[i] = FusedMultiplyAdd(y[i] * scale, weight == nullptr ? 1.0f : weight[i],
                            bias == nullptr ? 0.0f : bias[i]);
  }
}

void Rotate(const float* x, const float* cos, const float* sin, int64_t half, int64_t step,
            float* y) {
  for (int64_t i = 0; i < half; ++i) {
    const float first = x[i], second = x[half + i];
    y[i] = FusedMultiplyAdd(-second, sin[i], first * cos[i]);
    y[half + i] = FusedMultiplyAdd(second, cos[step + i], first * sin[step + i]);
  }
}

}  // namespace

extern const RowwiseKernels kRowwiseScalar;
const RowwiseKernels kRowwiseScalar = {
    CpuLevel::kScalar, Logistic, GateSilu, GateGeluTanh, RmsNorm, LayerNorm, Rotate,
};

}  // namespace edgetasks::kernels::simd
