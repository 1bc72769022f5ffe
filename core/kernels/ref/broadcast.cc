#include "core/kernels/ref/broadcast.h"

namespace edgetasks::kernels::ref {

BroadcastPlan PlanBroadcast(const ir::Shape& output, std::initializer_list<ir::Shape> operands) {
  BroadcastPlan plan;
  plan.count = output.num_elements();
  plan.dims[0] = 1;
  if (plan.count == 0) return plan;

  const int num_operands = std::min(static_cast<int>(operands.size()), BroadcastPlan::kMaxOperands);
  // From the innermost dimension outwards into slots 0, 1, ...; turned around at the end.
  std::array<int64_t, BroadcastPlan::kMaxOperands> next_stride;  // of a dense operand
  next_stride.fill(1);
  int rank = 0;
  for (int back = 0; back < output.rank(); ++back) {
    const int64_t dim = output.back(back);
    if (dim == 1) continue;
    std::array<bool, BroadcastPlan::kMaxOperands> moves{};
    bool merges = rank > 0;
    for (int k = 0; k < num_operands; ++k) {
      const ir::Shape& shape = operands.begin()[k];
      moves[k] = back < shape.rank() && shape.back(back) != 1;
      merges = merges && moves[k] == (plan.strides[k][rank - 1] != 0);
    }
    if (merges) {
      plan.dims[rank - 1] *= dim;
    } else {
      plan.dims[rank] = dim;
      for (int k = 0; k < num_operands; ++k) plan.strides[k][rank] = moves[k] ? next_stride[k] : 0;
      ++rank;
    }
    for (int k = 0; k < num_operands; ++k) {
      if (moves[k]) next_stride[k] *= dim;
    }
  }
  if (rank == 0) return plan;  // one element; strides are 0
  plan.rank = rank;
  std::reverse(plan.dims.begin(), plan.dims.begin() + rank);
  for (auto& strides : plan.strides) std::reverse(strides.begin(), strides.begin() + rank);
  return plan;
}

}  // namespace edgetasks::kernels::ref
