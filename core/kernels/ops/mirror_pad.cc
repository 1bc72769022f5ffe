// MIRROR_PAD: a border that mirrors the input, without (REFLECT) or with (SYMMETRIC) its edge.
#include "core/kernels/ref/mirror_pad.h"

#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {

absl::Status PrepareMirrorPad(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  const ir::Shape& shape = context.input(0).shape;
  const int rank = shape.rank();
  if (context.input(1).num_elements() != 2 * rank) {
    return context.Invalid("paddings must be [", rank, ", 2], got ",
                           context.input(1).shape.ToString());
  }
  if (!HaveValues(context, {1})) return DeferShapes(context);
  std::vector<int64_t> pads, dims = DimsOf(shape);
  ET_RETURN_IF_ERROR(context.IntValues(1, &pads));
  auto* p = context.MakePrepared<ref::MirrorPad>();
  p->rank = rank;
  p->edge = context.params<ir::MirrorPadParams>().mode == ir::MirrorPadMode::kReflect ? 0 : 1;
  for (int d = 0; d < rank; ++d) {
    // More than the input has cannot be mirrored.
    const int64_t before = pads[2 * d], after = pads[2 * d + 1];
    const int64_t max = shape.dim(d) == 0 ? 0 : shape.dim(d) - 1 + p->edge;
    if (before < 0 || after < 0 || before > max || after > max) {
      return context.Invalid("cannot pad dimension ", d, " of ", shape.dim(d), " by ", before,
                             " and ", after, "; at most ", max, " can be mirrored");
    }
    dims[d] += before + after;
    p->before[d] = before;
    p->input[d] = shape.dim(d);
    p->output[d] = dims[d];
  }
  return SetCheckedShape(context, 0, dims);
}

absl::Status EvalMirrorPad(ir::EvalContext& context) {
  const ir::Operand& output = context.output(0);
  if (output.num_elements() == 0) return absl::OkStatus();
  ref::RunMirrorPad(context.prepared<ref::MirrorPad>(), context.input(0).data,
                    ElementBytes(output.dtype()), output.num_elements(), output.data);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
