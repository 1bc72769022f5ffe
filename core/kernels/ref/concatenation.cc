#include "core/kernels/ref/concatenation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace edgetasks::kernels::ref {

template <typename T>
void RequantizeRow(const T* input, int64_t count, Affine from, Affine to, T* output) {
  constexpr float kMin = std::numeric_limits<T>::min(), kMax = std::numeric_limits<T>::max();
  // A ratio beyond 2^20 saturates every element anyway; the bound keeps the products finite.
  const float ratio = to.scale > 0.0f ? std::min(from.scale / to.scale, 1048576.0f) : 0.0f;
  const float bias = -static_cast<float>(from.zero_point) * ratio;
  const float zero_point = static_cast<float>(to.zero_point);
  for (int64_t i = 0; i < count; ++i) {
    const float value = std::round(static_cast<float>(input[i]) * ratio + bias) + zero_point;
    output[i] = static_cast<T>(std::clamp(value, kMin, kMax));
  }
}

template void RequantizeRow(const int8_t*, int64_t, Affine, Affine, int8_t*);
template void RequantizeRow(const uint8_t*, int64_t, Affine, Affine, uint8_t*);

}  // namespace edgetasks::kernels::ref
