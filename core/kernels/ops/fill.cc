// FILL: a tensor of the given shape, every element the given value.
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {

absl::Status PrepareFill(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {ir::DType::kInt32, ir::DType::kInt64}));
  ET_RETURN_IF_ERROR(CheckMovable(context, 1, 0));
  if (context.input(1).num_elements() != 1) return context.Invalid("the value must be one element");
  if (!HaveValues(context, {0})) return DeferShapes(context);
  std::vector<int64_t> dims;
  ET_RETURN_IF_ERROR(context.IntValues(0, &dims));
  return SetCheckedShape(context, 0, dims);
}

absl::Status EvalFill(ir::EvalContext& context) {
  const ir::Operand& output = context.output(0);
  ref::Fill(context.input(1).data, ElementBytes(output.dtype()), output.num_elements(),
            output.data);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
