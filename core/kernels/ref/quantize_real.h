// A real number as an integer of a quantized tensor.
#ifndef CORE_KERNELS_REF_QUANTIZE_REAL_H_
#define CORE_KERNELS_REF_QUANTIZE_REAL_H_

#include <cmath>
#include <cstdint>
#include <limits>

namespace edgetasks::kernels::ref {

// round(real / scale) + zero_point, ties away from zero, clamped to T. A scale of zero gives the
// zero point, NaN the least T.
template <typename T>
inline T QuantizeReal(double real, double scale, int32_t zero_point) {
  constexpr double kLeast = std::numeric_limits<T>::min();
  constexpr double kGreatest = std::numeric_limits<T>::max();
  const double value = (scale > 0.0 ? std::round(real / scale) : 0.0) + zero_point;
  return static_cast<T>(value > kLeast ? (value < kGreatest ? value : kGreatest) : kLeast);
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_QUANTIZE_REAL_H_
