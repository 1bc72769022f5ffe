#include "core/kernels/ref/quantize_on_the_fly.h"

#include <algorithm>
#include <cmath>

namespace edgetasks::kernels::ref {
namespace {

// NaN becomes -128.
int32_t ToInt8Range(float value) {
  const float above = value > -128.0f ? value : -128.0f;
  return static_cast<int32_t>(above < 127.0f ? above : 127.0f);
}

}  // namespace

OnTheFly QuantizeAsymmetric(const float* input, int64_t count, int8_t* output) {
  float least = 0.0f;
  float greatest = 0.0f;
  for (int64_t i = 0; i < count; ++i) {
    least = std::min(least, input[i]);
    greatest = std::max(greatest, input[i]);
  }
  OnTheFly q;
  const float scale = greatest / 255.0f - least / 255.0f;  // halves: the difference may overflow
  if (scale > 0.0f) {
    q.scale = scale;
    q.zero_point = ToInt8Range(std::round(-128.0f - least / scale));
  }
  const float inverse = 1.0f / q.scale;
  const float zero = static_cast<float>(q.zero_point);
  for (int64_t i = 0; i < count; ++i) {
    output[i] = static_cast<int8_t>(ToInt8Range(std::nearbyint(input[i] * inverse) + zero));
  }
  return q;
}

}  // namespace edgetasks::kernels::ref
