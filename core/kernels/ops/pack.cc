// PACK: tensors of one shape stacked along a new axis. UNPACK: the reverse.
#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  int64_t rows = 1;         // product of the dimensions before the axis
  int64_t block_bytes = 0;  // bytes behind the axis: what one packed tensor has in one row
};

}  // namespace

absl::Status PreparePack(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, -1, 1));
  const auto params = context.params<ir::PackParams>();
  const ir::Shape& shape = context.input(0).shape;
  if (params.values_count != context.num_inputs()) {
    return context.Invalid("values_count is ", params.values_count, ", but there are ",
                           context.num_inputs(), " inputs");
  }
  for (int i = 0; i < context.num_inputs(); ++i) {
    if (!context.has_input(i)) return context.Invalid("input ", i, " is left out");
    ET_RETURN_IF_ERROR(CheckMovable(context, i, 0));
    if (context.input(i).shape != shape) {
      return context.Invalid("input ", i, " has shape ", context.input(i).shape.ToString(),
                             ", input 0 has ", shape.ToString());
    }
  }
  int axis = 0;
  ET_RETURN_IF_ERROR(NormalizeAxis(context, params.axis, shape.rank() + 1, &axis));
  std::vector<int64_t> dims = DimsOf(shape);
  dims.insert(dims.begin() + axis, context.num_inputs());
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  auto* p = context.MakePrepared<Prepared>();
  p->rows = shape.Product(0, axis);
  p->block_bytes = shape.Product(axis, shape.rank()) * ElementBytes(context.input(0).dtype());
  return absl::OkStatus();
}

absl::Status EvalPack(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const int count = context.num_inputs();
  ref::StridedCopy copy = BlockCopy(p.rows, p.block_bytes, p.block_bytes * count, p.block_bytes);
  for (int i = 0; i < count; ++i) {
    copy.dst_offset = i * p.block_bytes;
    RunCopy(context, copy, context.input(i).data, context.output(0).data);
  }
  return absl::OkStatus();
}

absl::Status PrepareUnpack(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, -1));
  const auto params = context.params<ir::UnpackParams>();
  const ir::Shape& shape = context.input(0).shape;
  int axis = 0;
  ET_RETURN_IF_ERROR(NormalizeAxis(context, params.axis, shape.rank(), &axis));
  if (params.num != context.num_outputs() || shape.dim(axis) != params.num) {
    return context.Invalid("dimension ", axis, " of ", shape.ToString(), ", num ", params.num,
                           " and the ", context.num_outputs(), " outputs must agree");
  }
  std::vector<int64_t> dims = DimsOf(shape);
  dims.erase(dims.begin() + axis);
  for (int i = 0; i < context.num_outputs(); ++i) {
    ET_RETURN_IF_ERROR(CheckMovable(context, 0, i));
    ET_RETURN_IF_ERROR(SetCheckedShape(context, i, dims));
  }
  auto* p = context.MakePrepared<Prepared>();
  p->rows = shape.Product(0, axis);
  p->block_bytes = shape.Product(axis + 1, shape.rank()) * ElementBytes(context.input(0).dtype());
  return absl::OkStatus();
}

absl::Status EvalUnpack(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const int count = context.num_outputs();
  ref::StridedCopy copy = BlockCopy(p.rows, p.block_bytes * count, p.block_bytes, p.block_bytes);
  for (int i = 0; i < count; ++i) {
    copy.src_offset = i * p.block_bytes;
    RunCopy(context, copy, context.input(0).data, context.output(i).data);
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
