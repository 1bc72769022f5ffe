// Sums of slices, for SCATTER_ND.
#ifndef CORE_KERNELS_REF_SCATTER_ND_H_
#define CORE_KERNELS_REF_SCATTER_ND_H_

#include <cstdint>

namespace edgetasks::kernels::ref {

// sum[i] += update[i].
inline void AddF32(const float* update, int64_t count, float* sum) {
  for (int64_t i = 0; i < count; ++i) sum[i] += update[i];
}

// The same for integers of any sign: two's complement, wrapping. T is unsigned.
template <typename T>
void AddWrapping(const T* update, int64_t count, T* sum) {
  for (int64_t i = 0; i < count; ++i) sum[i] = static_cast<T>(sum[i] + update[i]);
}

// The sum of booleans (bytes 0 or 1): true if any is.
inline void Or(const uint8_t* update, int64_t count, uint8_t* sum) {
  for (int64_t i = 0; i < count; ++i) sum[i] |= update[i];
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_SCATTER_ND_H_
