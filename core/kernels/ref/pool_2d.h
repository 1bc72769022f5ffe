// AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D: one number from each window of a channel. Padding takes
// no part: an average divides by the window's elements that are inside the input.
// Source: TFLite schema, Pool2DOptions; tf.nn.avg_pool, tf.nn.max_pool.
#ifndef CORE_KERNELS_REF_POOL_2D_H_
#define CORE_KERNELS_REF_POOL_2D_H_

#include <cstdint>

#include "core/kernels/ref/activation.h"
#include "core/kernels/ref/window.h"

namespace edgetasks::kernels::ref {

// Input [batches, y.input, x.input, channels], output [batches, y.output, x.output, channels].
// Every window has at least one element inside the input.
struct PoolShape {
  int32_t batches = 0, channels = 0;
  Window y, x;

  int64_t rows() const { return int64_t{batches} * y.output; }
};

enum class PoolKind { kAverage, kMax, kL2 };

// Rows [row_begin, row_end) of [batches * y.output].
//   kAverage: sum / count, of integers rounded to nearest, ties away from zero;
//   kMax:     the greatest; NaN is passed over;
//   kL2:      sqrt(sum of squares / count).
void PoolF32(PoolKind kind, const PoolShape& shape, ActivationRange<float> range,
             const float* input, int64_t row_begin, int64_t row_end, float* output);

// kAverage and kMax; input and output have the same scale and zero point. T is int8_t, uint8_t or
// int16_t.
template <typename T>
void PoolInteger(PoolKind kind, const PoolShape& shape, ActivationRange<int32_t> range,
                 const T* input, int64_t row_begin, int64_t row_end, T* output);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_POOL_2D_H_
