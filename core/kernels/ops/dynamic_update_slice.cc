// DYNAMIC_UPDATE_SLICE: the operand with a box of it replaced by `update`. The box starts at
// `start_indices`, moved so that it lies inside the operand (StableHLO, dynamic_update_slice).
#include <algorithm>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  std::array<int64_t, ir::Shape::kMaxRank> strides{};  // of the operand, in bytes
  ref::StridedCopy copy;                               // dst_offset is added in Eval
};

}  // namespace

absl::Status PrepareDynamicUpdateSlice(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 3, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {context.input(0).dtype()}));
  ET_RETURN_IF_ERROR(CheckSameElements(context, 1, 0));
  ET_RETURN_IF_ERROR(context.CheckInputType(2, {ir::DType::kInt32, ir::DType::kInt64}));
  const ir::Shape& shape = context.input(0).shape;
  const ir::Shape& update = context.input(1).shape;
  const int rank = shape.rank();
  if (update.rank() != rank || context.input(2).num_elements() != rank) {
    return context.Invalid("operand ", shape.ToString(), ", update ", update.ToString(), " and ",
                           context.input(2).num_elements(), " start indices do not fit together");
  }
  for (int d = 0; d < rank; ++d) {
    if (update.dim(d) > shape.dim(d)) {
      return context.Invalid("update ", update.ToString(), " is larger than operand ",
                             shape.ToString());
    }
  }
  context.SetOutputShape(0, shape);

  auto* p = context.MakePrepared<Prepared>();
  p->copy.block_bytes = ElementBytes(context.input(0).dtype());
  p->strides = ByteStrides(shape, p->copy.block_bytes);
  const auto update_strides = ByteStrides(update, p->copy.block_bytes);
  for (int d = 0; d < rank; ++d) p->copy.Add(update.dim(d), update_strides[d], p->strides[d]);
  p->copy.Simplify();
  return absl::OkStatus();
}

absl::Status EvalDynamicUpdateSlice(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Shape& shape = context.input(0).shape;
  const ir::Shape& update = context.input(1).shape;
  CopyAll(context, 0, 0);
  ref::StridedCopy copy = p.copy;
  for (int d = 0; d < shape.rank(); ++d) {
    const int64_t last = shape.dim(d) - update.dim(d);
    copy.dst_offset += std::clamp<int64_t>(IntAt(context.input(2), d), 0, last) * p.strides[d];
  }
  RunCopy(context, copy, context.input(1).data, context.output(0).data);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
