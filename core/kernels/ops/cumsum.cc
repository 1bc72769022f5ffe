// CUMSUM: running sums along an axis.
#include "core/kernels/ref/cumsum.h"

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  ref::CumsumShape shape;
};

}  // namespace

absl::Status PrepareCumsum(ir::PrepareContext& context) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kFloat32, DType::kInt32, DType::kInt64}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {context.input(0).dtype()}));
  // The shape is known without the axis, but not how to sum.
  if (!HaveValues(context, {1})) return DeferShapes(context);
  const ir::Shape& shape = context.input(0).shape;
  int64_t value = 0;
  int axis = 0;
  ET_RETURN_IF_ERROR(IntValue(context, 1, &value));
  ET_RETURN_IF_ERROR(NormalizeAxis(context, value, shape.rank(), &axis));
  const auto params = context.params<ir::CumsumParams>();
  context.MakePrepared<Prepared>()->shape = {shape.Product(0, axis), shape.dim(axis),
                                             shape.Product(axis + 1, shape.rank()),
                                             params.exclusive, params.reverse};
  context.SetOutputShape(0, shape);
  return absl::OkStatus();
}

absl::Status EvalCumsum(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  if (context.output(0).num_elements() == 0) return absl::OkStatus();
  switch (context.input(0).dtype()) {
    case ir::DType::kFloat32:
      ref::Cumsum(context.in<float>(0), p.shape, context.out<float>(0));
      break;
    case ir::DType::kInt32:  // unsigned: sums wrap
      ref::Cumsum(context.in<uint32_t>(0), p.shape, context.out<uint32_t>(0));
      break;
    default:
      ref::Cumsum(context.in<uint64_t>(0), p.shape, context.out<uint64_t>(0));
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
