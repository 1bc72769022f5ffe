// Requantization of the inputs of CONCATENATION.
#ifndef CORE_KERNELS_REF_CONCATENATION_H_
#define CORE_KERNELS_REF_CONCATENATION_H_

#include <cstdint>

namespace edgetasks::kernels::ref {

// real = scale * (q - zero_point).
struct Affine {
  float scale = 1.0f;
  int32_t zero_point = 0;
};

// output[i] = round(input[i] * ratio - input.zero_point * ratio) + output.zero_point, clamped to T,
// with ratio = from.scale / to.scale in float and ties away from zero, as TFLite's uint8 kernel
// does. A `to` scale of 0 gives to.zero_point. T is int8_t or uint8_t.
template <typename T>
void RequantizeRow(const T* input, int64_t count, Affine from, Affine to, T* output);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_CONCATENATION_H_
