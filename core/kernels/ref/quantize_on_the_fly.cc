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

OnTheFly ChooseAsymmetric(const float* input, int64_t stride, int64_t count) {
  float least = 0.0f;
  float greatest = 0.0f;
  for (int64_t i = 0; i < count; ++i) {
    least = std::min(least, input[i * stride]);
    greatest = std::max(greatest, input[i * stride]);
  }
  OnTheFly q;
  const float scale = greatest / 255.0f - least / 255.0f;  // halves: the difference may overflow
  if (scale > 0.0f) {
    q.scale = scale;
    q.zero_point = ToInt8Range(std::round(-128.0f - least / scale));
  }
  return q;
}

// output[i] = the int8 value of the i-th input, less `offset`.
template <typename T>
void Quantize(const float* input, int64_t stride, int64_t count, const OnTheFly& q, int32_t offset,
              T* output) {
  const float inverse = 1.0f / q.scale;
  const float zero = static_cast<float>(q.zero_point);
  for (int64_t i = 0; i < count; ++i) {
    const float steps = std::nearbyint(input[i * stride] * inverse);
    output[i] = static_cast<T>(ToInt8Range(steps + zero) - offset);
  }
}

}  // namespace

OnTheFly QuantizeAsymmetric(const float* input, int64_t count, int8_t* output) {
  const OnTheFly q = ChooseAsymmetric(input, 1, count);
  Quantize(input, 1, count, q, 0, output);
  return q;
}

OnTheFly QuantizeAsymmetric(const float* input, int64_t stride, int64_t count, int16_t* output) {
  const OnTheFly q = ChooseAsymmetric(input, stride, count);
  Quantize(input, stride, count, q, q.zero_point, output);
  return q;
}

}  // namespace edgetasks::kernels::ref
