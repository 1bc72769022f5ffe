// L2_NORMALIZATION: y[i] = x[i] / max(sqrt(sum over the row of x[j]^2), 1e-6).
// Source: TFLite schema, L2NormOptions; the last axis is normalized. The bound keeps a row of zeros
// at zero.
#ifndef CORE_KERNELS_REF_L2_NORMALIZATION_H_
#define CORE_KERNELS_REF_L2_NORMALIZATION_H_

#include <cstdint>

namespace edgetasks::kernels::ref {

// input, output: [rows, depth] f32, may be the same memory.
void L2NormalizationF32(const float* input, int64_t rows, int64_t depth, float* output);

// T is int8_t or uint8_t. The input's scale cancels; the output is quantized with `output_scale`
// (1 / 128 in TFLite) and `output_zero`. A row of zeros gives the output's zero.
template <typename T>
void L2NormalizationQuantized(const T* input, int64_t rows, int64_t depth, int32_t input_zero,
                              float output_scale, int32_t output_zero, T* output);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_L2_NORMALIZATION_H_
