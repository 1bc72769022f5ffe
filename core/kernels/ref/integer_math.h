// Integer arithmetic that is defined for every pair of operands: overflow wraps (two's complement),
// as it does in TFLite's kernels on every CPU they run on.
#ifndef CORE_KERNELS_REF_INTEGER_MATH_H_
#define CORE_KERNELS_REF_INTEGER_MATH_H_

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace edgetasks::kernels::ref {

// Modulo 2^64 first, then modulo 2^bits(T).
template <typename T>
inline T WrapAdd(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
template <typename T>
inline T WrapSubtract(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
template <typename T>
inline T WrapMultiply(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

// Towards zero. Requires b != 0.
template <typename T>
inline T DivideTruncating(T a, T b) {
  return b == T(-1) && std::is_signed_v<T> ? WrapSubtract<T>(0, a) : static_cast<T>(a / b);
}

// Towards minus infinity. Requires b != 0.
template <typename T>
inline T DivideFloor(T a, T b) {
  if (std::is_signed_v<T> && b == T(-1)) return WrapSubtract<T>(0, a);
  const T quotient = static_cast<T>(a / b);
  return (a % b != 0 && (a < 0) != (b < 0)) ? static_cast<T>(quotient - 1) : quotient;
}

// The remainder of DivideFloor: it has the sign of b. Requires b != 0.
template <typename T>
inline T ModuloFloor(T a, T b) {
  if (std::is_signed_v<T> && b == T(-1)) return 0;
  const T remainder = static_cast<T>(a % b);
  return (remainder != 0 && (remainder < 0) != (b < 0)) ? static_cast<T>(remainder + b) : remainder;
}

// By squaring. Requires exponent >= 0.
template <typename T>
inline T WrapPower(T base, T exponent) {
  T result = 1;
  for (; exponent > 0; exponent = static_cast<T>(exponent >> 1)) {
    if (exponent & 1) result = WrapMultiply(result, base);
    base = WrapMultiply(base, base);
  }
  return result;
}

// Arithmetic for signed T. The amount is held to [0, bits - 1], as TFLite's RIGHT_SHIFT does.
template <typename T>
inline T ShiftRight(T value, T amount) {
  constexpr int64_t kLast = sizeof(T) * 8 - 1;
  return static_cast<T>(value >> std::clamp<int64_t>(static_cast<int64_t>(amount), 0, kLast));
}

// 0 where the amount, read as unsigned, is bits or more. Source: StableHLO, shift_left.
template <typename T>
inline T ShiftLeft(T value, T amount) {
  constexpr int64_t kBits = sizeof(T) * 8;
  const int64_t shift = static_cast<int64_t>(amount);
  if (shift < 0 || shift >= kBits) return 0;
  return static_cast<T>(static_cast<uint64_t>(value) << shift);
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_INTEGER_MATH_H_
