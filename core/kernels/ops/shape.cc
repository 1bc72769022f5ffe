// SHAPE: the dimensions of a tensor. RANK: how many there are.
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {

absl::Status PrepareShape(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {ir::DType::kInt32, ir::DType::kInt64}));
  context.SetOutputShape(0, {context.input(0).shape.rank()});
  return absl::OkStatus();
}

absl::Status EvalShape(ir::EvalContext& context) {
  const ir::Shape& shape = context.input(0).shape;
  for (int d = 0; d < shape.rank(); ++d) {
    if (context.output(0).dtype() == ir::DType::kInt64) {
      context.out<int64_t>(0)[d] = shape.dim(d);
    } else {
      context.out<int32_t>(0)[d] = shape.dim(d);
    }
  }
  return absl::OkStatus();
}

absl::Status PrepareRank(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {ir::DType::kInt32}));
  context.SetOutputShape(0, {});
  return absl::OkStatus();
}

absl::Status EvalRank(ir::EvalContext& context) {
  *context.out<int32_t>(0) = context.input(0).shape.rank();
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
