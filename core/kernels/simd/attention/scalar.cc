// The specification of the attention family, in plain loops.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/half.h"
#include "core/kernels/simd/attention/attention.h"
#include "core/kernels/simd/scalar_floats.h"

namespace edgetasks::kernels::simd {
namespace {

float MaskedExp(float* x, const float* mask, int64_t count) {
  float max = -std::numeric_limits<float>::infinity();
  for (int64_t i = 0; i < count; ++i) {
    x[i] += mask[i];
    max = x[i] > max || std::isnan(x[i]) ? x[i] : max;
  }
  const bool nothing = std::isinf(max) && max < 0.0f;
  float sums[16] = {};
  for (int64_t i = 0; i < count; ++i) {
    x[i] = nothing ? 0.0f : SpecifiedExp(x[i] - max);
    sums[i % 16] += x[i];
  }
  return SumOfSixteen(sums);
}

float Widen(uint16_t value) { return HalfToFloat(value); }
float Widen(int8_t value) { return value; }

template <typename B>
void Columns(const DotBlock<float, B, float>& p) {
  for (int64_t i = 0; i < p.rows; ++i) {
    const float* a = p.a + i * p.a_stride;
    float* c = p.c + i * p.c_stride;
    for (int64_t j = 0; j < p.columns; ++j) c[j] = 0.0f;
    for (int64_t k = 0; k < p.depth; ++k) {
      const B* b = p.b + p.b_begin + k * p.b_stride;
      for (int64_t j = 0; j < p.columns; ++j) {
        c[j] = FusedMultiplyAdd(a[k], Widen(b[j]), c[j]);
      }
    }
  }
}

void SoftCap(float* x, int64_t count, float cap) {
  for (int64_t i = 0; i < count; ++i) {
    const float twice = x[i] * (2.0f / cap);
    // tanh(y) = 1 - 2 / (exp(2 y) + 1), which is 1 from y = 40 on.
    x[i] = cap * (1.0f - 2.0f / (SpecifiedExp(twice > 80.0f ? 80.0f : twice) + 1.0f));
  }
}

void StoreF16(const float* x, int64_t count, uint16_t* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = FloatToHalf(x[i]);
}

float StoreS8(const float* x, int64_t count, int8_t* y) {
  float max = 0.0f;
  for (int64_t i = 0; i < count; ++i) {
    const float magnitude = std::abs(x[i]);
    max = magnitude > max || std::isnan(magnitude) ? magnitude : max;
  }
  const float inverse = 127.0f / max;
  const bool zeros = !std::isfinite(max) || !std::isfinite(inverse);
  for (int64_t i = 0; i < count; ++i) {
    y[i] = zeros ? int8_t{0} : static_cast<int8_t>(std::nearbyint(x[i] * inverse));
  }
  if (!std::isfinite(max)) return std::numeric_limits<float>::quiet_NaN();
  return zeros ? 0.0f : max / 127.0f;
}

}  // namespace

extern const AttentionKernels kAttentionScalar;
const AttentionKernels kAttentionScalar = {CpuLevel::kScalar, nullptr, MaskedExp, Columns<uint16_t>,
                                           Columns<int8_t>,   SoftCap, StoreF16,  StoreS8};

}  // namespace edgetasks::kernels::simd
