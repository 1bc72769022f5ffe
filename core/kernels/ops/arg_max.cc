// ARG_MAX and ARG_MIN: the index of the first largest (smallest) element along an axis.
#include "core/kernels/ref/arg_max.h"

#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  int64_t outer = 1, size = 0, inner = 1;
};

absl::Status Prepare(ir::PrepareContext& context) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(
      context.CheckInputType(0, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16,
                                 DType::kInt32, DType::kInt64, DType::kBool}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {DType::kInt32, DType::kInt64}));
  if (!HaveValues(context, {1})) return DeferShapes(context);
  const ir::Shape& shape = context.input(0).shape;
  int64_t value = 0;
  int axis = 0;
  ET_RETURN_IF_ERROR(IntValue(context, 1, &value));
  ET_RETURN_IF_ERROR(NormalizeAxis(context, value, shape.rank(), &axis));
  std::vector<int64_t> dims = DimsOf(shape);
  dims.erase(dims.begin() + axis);
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  if (shape.dim(axis) == 0 && context.output(0).num_elements() > 0) {
    return context.Invalid("there is no element along axis ", axis, " of ", shape.ToString());
  }
  *context.MakePrepared<Prepared>() = {shape.Product(0, axis), shape.dim(axis),
                                       shape.Product(axis + 1, shape.rank())};
  return absl::OkStatus();
}

template <typename T>
void Run(ir::EvalContext& context, bool max) {
  const auto& p = context.prepared<Prepared>();
  if (context.output(0).dtype() == ir::DType::kInt64) {
    ref::ArgExtreme(context.in<T>(0), p.outer, p.size, p.inner, max, context.out<int64_t>(0));
  } else {
    ref::ArgExtreme(context.in<T>(0), p.outer, p.size, p.inner, max, context.out<int32_t>(0));
  }
}

absl::Status Eval(ir::EvalContext& context, bool max) {
  if (context.output(0).num_elements() == 0) return absl::OkStatus();
  switch (context.input(0).dtype()) {
    case ir::DType::kFloat32:
      Run<float>(context, max);
      break;
    case ir::DType::kInt8:
      Run<int8_t>(context, max);
      break;
    case ir::DType::kInt16:
      Run<int16_t>(context, max);
      break;
    case ir::DType::kInt32:
      Run<int32_t>(context, max);
      break;
    case ir::DType::kInt64:
      Run<int64_t>(context, max);
      break;
    default:  // uint8 and bool
      Run<uint8_t>(context, max);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareArgMax(ir::PrepareContext& context) { return Prepare(context); }
absl::Status EvalArgMax(ir::EvalContext& context) { return Eval(context, true); }
absl::Status PrepareArgMin(ir::PrepareContext& context) { return Prepare(context); }
absl::Status EvalArgMin(ir::EvalContext& context) { return Eval(context, false); }

}  // namespace edgetasks::kernels
