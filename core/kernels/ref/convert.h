// Conversions between element types, defined for every value.
#ifndef CORE_KERNELS_REF_CONVERT_H_
#define CORE_KERNELS_REF_CONVERT_H_

#include <cstdint>
#include <limits>

namespace edgetasks::kernels::ref {

// Towards zero; what is outside T becomes T's nearest end, NaN becomes 0. C++ leaves both
// undefined, and CPUs differ.
template <typename T>
inline T SaturateTo(float value) {
  // 2^bits-1, the first float above T: exact, which T's max is not for 32 bits and more.
  constexpr float kEnd = static_cast<float>(std::numeric_limits<T>::max() / 2 + 1) * 2.0f;
  constexpr float kLowest = static_cast<float>(std::numeric_limits<T>::lowest());
  if (value >= kEnd) return std::numeric_limits<T>::max();
  if (value >= kLowest) return static_cast<T>(value);
  return value < kLowest ? std::numeric_limits<T>::lowest() : T{0};
}

// Element i of packed 4-bit integers, sign extended: the low nibble first.
inline int8_t ReadInt4(const uint8_t* packed, int64_t i) {
  const int nibble = (packed[i / 2] >> (4 * (i % 2))) & 0xf;
  return static_cast<int8_t>((nibble ^ 8) - 8);
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_CONVERT_H_
