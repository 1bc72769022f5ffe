// TRANSPOSE: output dimension d is input dimension perm[d].
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {

absl::Status PrepareTranspose(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  if (!HaveValues(context, {1})) return DeferShapes(context);
  const ir::Operand& input = context.input(0);
  const int rank = input.shape.rank();
  std::vector<int64_t> perm;
  ET_RETURN_IF_ERROR(context.IntValues(1, &perm));
  if (static_cast<int>(perm.size()) != rank) {
    return context.Invalid("the permutation has ", perm.size(), " entries for a tensor of ", rank,
                           " dimensions");
  }
  bool seen[ir::Shape::kMaxRank] = {};
  ir::Shape shape;
  const int64_t element_bytes = ElementBytes(input.dtype());
  const auto strides = ByteStrides(input.shape, element_bytes);
  for (int64_t& entry : perm) {
    int axis = 0;
    ET_RETURN_IF_ERROR(NormalizeAxis(context, entry, rank, &axis));
    if (seen[axis]) return context.Invalid("dimension ", axis, " occurs twice in the permutation");
    seen[axis] = true;
    entry = axis;
    shape.Append(input.shape.dim(axis));
  }
  context.SetOutputShape(0, shape);

  auto* copy = context.MakePrepared<ref::StridedCopy>();
  copy->block_bytes = element_bytes;
  const auto out_strides = ByteStrides(shape, element_bytes);
  for (int d = 0; d < rank; ++d) copy->Add(shape.dim(d), strides[perm[d]], out_strides[d]);
  copy->Simplify();
  return absl::OkStatus();
}

absl::Status EvalTranspose(ir::EvalContext& context) {
  RunCopy(context, context.prepared<ref::StridedCopy>(), context.input(0).data,
          context.output(0).data);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
