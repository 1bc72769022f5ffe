// The specification of the rowwise family, in plain loops.
#include <cmath>

#include "core/kernels/simd/rowwise/rowwise.h"

namespace edgetasks::kernels::simd {
namespace {

float LogisticOf(float x) { return 1.0f / (1.0f + std::exp(-x)); }

void Logistic(const float* x, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = LogisticOf(x[i]);
}

void GateSilu(const float* gate, const float* up, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = gate[i] * LogisticOf(gate[i]) * up[i];
}

// (1 + tanh(a)) / 2 is the logistic function of 2 a.
void GateGeluTanh(const float* gate, const float* up, int64_t count, float* y) {
  constexpr float kTwice = 1.5957691216057308f;  // 2 * sqrt(2 / pi)
  for (int64_t i = 0; i < count; ++i) {
    const float x = gate[i];
    y[i] = x * LogisticOf(kTwice * (x + 0.044715f * x * x * x)) * up[i];
  }
}

// Sixteen sums, so that no sum grows long.
void RmsNorm(const float* x, const float* weight, int64_t count, float epsilon, float* y) {
  float sums[16] = {};
  for (int64_t i = 0; i < count; ++i) sums[i % 16] += x[i] * x[i];
  float sum = 0.0f;
  for (const float part : sums) sum += part;
  const float scale = 1.0f / std::sqrt(sum / static_cast<float>(count) + epsilon);
  for (int64_t i = 0; i < count; ++i) y[i] = x[i] * scale * weight[i];
}

void Rotate(const float* x, const float* cos, const float* sin, int64_t half, int64_t step,
            float* y) {
  for (int64_t i = 0; i < half; ++i) {
    const float first = x[i], second = x[half + i];
    y[i] = first * cos[i] - second * sin[i];
    y[half + i] = second * cos[step + i] + first * sin[step + i];
  }
}

}  // namespace

extern const RowwiseKernels kRowwiseScalar;
const RowwiseKernels kRowwiseScalar = {
    CpuLevel::kScalar, Logistic, GateSilu, GateGeluTanh, RmsNorm, Rotate,
};

}  // namespace edgetasks::kernels::simd
