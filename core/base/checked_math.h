// Arithmetic on sizes that come from files: overflow is reported, never wrapped.
#ifndef CORE_BASE_CHECKED_MATH_H_
#define CORE_BASE_CHECKED_MATH_H_

namespace edgetasks {

// *result = a * b (or a + b); false if the true value does not fit T.
template <typename T>
[[nodiscard]] inline bool CheckedMul(T a, T b, T* result) {
  return !__builtin_mul_overflow(a, b, result);
}
template <typename T>
[[nodiscard]] inline bool CheckedAdd(T a, T b, T* result) {
  return !__builtin_add_overflow(a, b, result);
}

}  // namespace edgetasks

#endif  // CORE_BASE_CHECKED_MATH_H_
