// SOFTMAX: y[i] = exp(beta * x[i]) / sum over the row of exp(beta * x[j]).
// LOG_SOFTMAX: y[i] = x[i] - log(sum over the row of exp(x[j])).
// Source: TFLite schema, SoftmaxOptions; the last axis is reduced.
#ifndef CORE_KERNELS_REF_SOFTMAX_H_
#define CORE_KERNELS_REF_SOFTMAX_H_

#include <cstdint>

namespace edgetasks::kernels::ref {

// input, output: [rows, depth] f32, may be the same memory. The row's maximum is subtracted first,
// so that large logits stay finite. A row of nothing but -inf (attention with every position
// masked) gives zeros, where the formula and LiteRT give NaN: NaN would spread from rows that
// nobody reads.
void SoftmaxF32(const float* input, int64_t rows, int64_t depth, float beta, float* output);
void LogSoftmaxF32(const float* input, int64_t rows, int64_t depth, float* output);

// As above through real numbers: q -> float -> softmax -> q, rounded to nearest and clamped to Out.
// In -> Out is int8_t -> int8_t or int16_t, uint8_t -> uint8_t, int16_t -> int16_t; of LOG_SOFTMAX
// int8_t -> int8_t or uint8_t -> uint8_t. `row` is scratch for one row: [depth] f32.
template <typename In, typename Out>
void SoftmaxQuantized(const In* input, int64_t rows, int64_t depth, float input_scale, float beta,
                      float output_scale, int32_t output_zero_point, float* row, Out* output);
template <typename T>
void LogSoftmaxQuantized(const T* input, int64_t rows, int64_t depth, float input_scale,
                         float output_scale, int32_t output_zero_point, float* row, T* output);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_SOFTMAX_H_
