// LOCAL_RESPONSE_NORMALIZATION: y[i] = x[i] * (bias + alpha * sum of x[j]^2)^-beta, j from i -
// radius to i + radius inside the row. Source: TFLite schema, LocalResponseNormalizationOptions;
// tf.nn.local_response_normalization.
#ifndef CORE_KERNELS_REF_LOCAL_RESPONSE_NORMALIZATION_H_
#define CORE_KERNELS_REF_LOCAL_RESPONSE_NORMALIZATION_H_

#include <cstdint>

namespace edgetasks::kernels::ref {

// input, output: [rows, depth] f32, not the same memory. radius >= 0.
void LocalResponseNormalizationF32(const float* input, int64_t rows, int64_t depth, int64_t radius,
                                   float bias, float alpha, float beta, float* output);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_LOCAL_RESPONSE_NORMALIZATION_H_
