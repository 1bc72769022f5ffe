// What the normalizations of rows share: the checks of their operands, and the loop over the rows.
#ifndef CORE_KERNELS_OPS_ROW_NORM_H_
#define CORE_KERNELS_OPS_ROW_NORM_H_

#include "core/kernels/ops/op.h"
#include "core/kernels/simd/rowwise/select.h"

namespace edgetasks::kernels {

struct RowNorm {
  const simd::RowwiseKernels* kernels = nullptr;
  float epsilon = 0.0f;
};

// Input 0 [.., D] and the output of its shape; inputs from 1 on, of which all below `min_inputs`
// are there, are [D]. All are float32. Leaves a RowNorm as what is prepared.
absl::Status PrepareRowNorm(ir::PrepareContext& context, int min_inputs, int max_inputs);

// Calls each(x, y) for each row of input 0 and of output 0.
template <typename Each>
void ForEachRow(ir::EvalContext& context, const Each& each) {
  const int64_t depth = context.input(0).shape.back(0);
  const auto* x = context.in<float>(0);
  auto* y = context.out<float>(0);
  // About 32 k elements are worth a thread.
  context.pool().ParallelFor(context.input(0).num_elements() / depth, 32768 / depth + 1,
                             [&](int64_t begin, int64_t end) {
                               for (int64_t r = begin; r < end; ++r) {
                                 each(x + r * depth, y + r * depth);
                               }
                             });
}

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_ROW_NORM_H_
