// SUM, MEAN, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ANY, REDUCE_ALL.
// Source: TFLite schema, ReducerOptions; tf.reduce_sum and its siblings.
#ifndef CORE_KERNELS_REF_REDUCE_H_
#define CORE_KERNELS_REF_REDUCE_H_

#include <algorithm>
#include <cstdint>

#include "core/ir/shape.h"
#include "core/kernels/ref/quantize_real.h"

namespace edgetasks::kernels::ref {

enum class ReduceKind { kSum, kMean, kMax, kMin, kProd, kAny, kAll };

// Where the elements of one output lie in the input. Neighbouring axes that are kept (or reduced)
// together are merged: kept[i] and reduced[i] are alternating runs of axes.
struct ReducePlan {
  ir::Shape kept, reduced;  // the sizes of the runs
  int64_t kept_stride[ir::Shape::kMaxRank] = {}, reduced_stride[ir::Shape::kMaxRank] = {};
  int64_t outputs = 1;  // the product of kept
  int64_t count = 1;    // the product of reduced: elements that go into one output
};

// `axis_mask` has bit a set where axis a is reduced. False if a merged run does not fit int32.
[[nodiscard]] bool MakeReducePlan(const ir::Shape& input, uint32_t axis_mask, ReducePlan* plan);

// Outputs [begin, end). Float sums, means and products are accumulated in double. Integer sums and
// products wrap; integer means are truncated toward zero (and 0 of nothing). T: float, int32_t,
// int64_t for kSum, kMean, kProd; those and int8_t, uint8_t, int16_t for kMax, kMin. The greatest
// and least of nothing are T's least and greatest.
template <typename T>
void Reduce(ReduceKind kind, const ReducePlan& plan, const T* input, int64_t begin, int64_t end,
            T* output);

// kAny, kAll: bytes that are false where they are 0; the result is 0 or 1.
void ReduceBool(ReduceKind kind, const ReducePlan& plan, const uint8_t* input, int64_t begin,
                int64_t end, uint8_t* output);

struct ReduceQuantization {
  double input_scale = 1.0, output_scale = 1.0;
  int32_t input_zero = 0, output_zero = 0;
};

// kSum or kMean of `count` integers whose sum is `sum`, as an integer.
template <typename T>
T QuantizedSumOf(ReduceKind kind, int64_t sum, int64_t count, const ReduceQuantization& q) {
  const auto number = static_cast<double>(count);
  const double divisor = kind == ReduceKind::kMean ? std::max(1.0, number) : 1.0;
  const double real = (static_cast<double>(sum) - number * q.input_zero) * q.input_scale / divisor;
  return QuantizeReal<T>(real, q.output_scale, q.output_zero);
}

// kSum, kMean, kProd of real numbers behind integers: T is int8_t, uint8_t or int16_t. The result
// is rounded to nearest, ties away from zero. An output scale of zero gives the zero point.
template <typename T>
void ReduceQuantized(ReduceKind kind, const ReducePlan& plan, const ReduceQuantization& q,
                     const T* input, int64_t begin, int64_t end, T* output);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_REDUCE_H_
