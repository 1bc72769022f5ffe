// TILE: the input repeated multiples[d] times along dimension d. BROADCAST_TO: dimensions of 1
// repeated up to the given shape.
#include <limits>
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {

absl::Status PrepareTile(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  const ir::Shape& shape = context.input(0).shape;
  const int rank = shape.rank();
  if (context.input(1).num_elements() != rank) {
    return context.Invalid("there are ", context.input(1).num_elements(), " multiples for ", rank,
                           " dimensions");
  }
  if (!HaveValues(context, {1})) return DeferShapes(context);
  std::vector<int64_t> multiples, dims = DimsOf(shape);
  ET_RETURN_IF_ERROR(context.IntValues(1, &multiples));
  for (int d = 0; d < rank; ++d) {
    if (multiples[d] < 0 || multiples[d] > std::numeric_limits<int32_t>::max()) {
      return context.Invalid("cannot repeat dimension ", d, " ", multiples[d], " times");
    }
    dims[d] *= multiples[d];
  }
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  auto* copy = context.MakePrepared<ref::StridedCopy>();
  if (context.output(0).num_elements() == 0) {
    copy->block_bytes = 0;  // nothing to do, and multiples of 0 may be of any size
    return absl::OkStatus();
  }
  copy->block_bytes = ElementBytes(context.input(0).dtype());
  const auto strides = ByteStrides(shape, copy->block_bytes);
  const auto out_strides = ByteStrides(context.output(0).shape, copy->block_bytes);
  for (int d = 0; d < rank; ++d) {
    copy->Add(multiples[d], 0, out_strides[d] * shape.dim(d));
    copy->Add(shape.dim(d), strides[d], out_strides[d]);
  }
  copy->Simplify();
  return absl::OkStatus();
}

absl::Status EvalTile(ir::EvalContext& context) {
  RunCopy(context, context.prepared<ref::StridedCopy>(), context.input(0).data,
          context.output(0).data);
  return absl::OkStatus();
}

absl::Status PrepareBroadcastTo(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  if (!HaveValues(context, {1})) return DeferShapes(context);
  std::vector<int64_t> dims;
  ET_RETURN_IF_ERROR(context.IntValues(1, &dims));
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  const ir::Shape& shape = context.input(0).shape;
  const ir::Shape& target = context.output(0).shape;
  const int added = target.rank() - shape.rank();
  if (added < 0) {
    return context.Invalid("shape ", shape.ToString(), " has more dimensions than ",
                           target.ToString());
  }
  auto* copy = context.MakePrepared<ref::StridedCopy>();
  copy->block_bytes = ElementBytes(context.input(0).dtype());
  const auto strides = ByteStrides(shape, copy->block_bytes);
  const auto out_strides = ByteStrides(target, copy->block_bytes);
  for (int d = 0; d < target.rank(); ++d) {
    const int32_t dim = d < added ? 1 : shape.dim(d - added);
    if (dim != 1 && dim != target.dim(d)) {
      return context.Invalid("shape ", shape.ToString(), " cannot be broadcast to ",
                             target.ToString());
    }
    copy->Add(target.dim(d), dim == 1 ? 0 : strides[d - added], out_strides[d]);
  }
  copy->Simplify();
  return absl::OkStatus();
}

absl::Status EvalBroadcastTo(ir::EvalContext& context) { return EvalTile(context); }

}  // namespace edgetasks::kernels
