// Requantization in the scalar kernels of the families of 8-bit networks: its specification.
#ifndef CORE_KERNELS_SIMD_SCALAR_REQUANTIZE_H_
#define CORE_KERNELS_SIMD_SCALAR_REQUANTIZE_H_

#include <algorithm>
#include <cstdint>

#include "core/base/fixed_point.h"
#include "core/kernels/simd/requantization.h"

namespace edgetasks::kernels::simd {

// The numbers of one channel.
struct ScalarChannel {
  int32_t bias;
  FixedMultiplier multiplier;
  int32_t zero, min, max;
};

inline ScalarChannel MakeScalarChannel(const Requantization& r, int64_t channel) {
  const int32_t* multiplier = r.multipliers + 2 * channel * r.multiplier_step;
  return {r.bias != nullptr ? r.bias[channel] : 0,
          {multiplier[0], multiplier[1]},
          r.zero,
          r.min,
          r.max};
}

inline uint8_t RequantizeScalar(uint32_t sum, const ScalarChannel& c) {
  const int64_t scaled =
      MultiplyFixed(static_cast<int32_t>(sum + static_cast<uint32_t>(c.bias)), c.multiplier);
  return static_cast<uint8_t>(std::clamp<int64_t>(scaled + c.zero, c.min, c.max));
}

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_SCALAR_REQUANTIZE_H_
