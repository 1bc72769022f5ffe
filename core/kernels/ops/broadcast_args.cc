// BROADCAST_ARGS: the shape that two shapes, given as lists of numbers, broadcast to.
#include <algorithm>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {

absl::Status PrepareBroadcastArgs(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {ir::DType::kInt32, ir::DType::kInt64}));
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {context.input(0).dtype()}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {context.input(0).dtype()}));
  const ir::Shape& a = context.input(0).shape;
  const ir::Shape& b = context.input(1).shape;
  if (a.rank() != 1 || b.rank() != 1) return context.Invalid("the shapes must be lists");
  context.SetOutputShape(0, {std::max(a.dim(0), b.dim(0))});
  return absl::OkStatus();
}

absl::Status EvalBroadcastArgs(ir::EvalContext& context) {
  const int64_t count = context.output(0).num_elements();
  for (int64_t back = 0; back < count; ++back) {
    int64_t dims[2] = {1, 1};
    for (int i : {0, 1}) {
      const int64_t rank = context.input(i).num_elements();
      if (back < rank) dims[i] = IntAt(context.input(i), rank - 1 - back);
    }
    if (dims[0] != dims[1] && dims[0] != 1 && dims[1] != 1) {
      return context.BadValue("dimensions ", dims[0], " and ", dims[1], " do not broadcast");
    }
    const int64_t dim = dims[0] == 1 ? dims[1] : dims[0];
    if (context.output(0).dtype() == ir::DType::kInt64) {
      context.out<int64_t>(0)[count - 1 - back] = dim;
    } else {
      context.out<int32_t>(0)[count - 1 - back] = static_cast<int32_t>(dim);
    }
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
