// The specification of the attention family, in plain loops.
#include <cmath>
#include <limits>

#include "core/kernels/simd/attention/attention.h"

namespace edgetasks::kernels::simd {
namespace {

float MaskedExp(float* x, const float* mask, int64_t count) {
  float max = -std::numeric_limits<float>::infinity();
  for (int64_t i = 0; i < count; ++i) {
    x[i] += mask[i];
    max = x[i] > max || std::isnan(x[i]) ? x[i] : max;
  }
  const bool nothing = std::isinf(max) && max < 0.0f;
  float sum = 0.0f;
  for (int64_t i = 0; i < count; ++i) {
    x[i] = nothing ? 0.0f : std::exp(x[i] - max);
    sum += x[i];
  }
  return sum;
}

}  // namespace

extern const AttentionKernels kAttentionScalar;
const AttentionKernels kAttentionScalar = {CpuLevel::kScalar, nullptr, nullptr, MaskedExp};

}  // namespace edgetasks::kernels::simd
