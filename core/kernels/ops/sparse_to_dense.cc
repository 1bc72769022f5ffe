// SPARSE_TO_DENSE: the default value everywhere, but values[i] at indices[i].
#include <cstring>
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  int64_t count = 1;  // indices
  int depth = 1;      // entries of one index
};

}  // namespace

absl::Status PrepareSparseToDense(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(4, 4, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {ir::DType::kInt32, ir::DType::kInt64}));
  ET_RETURN_IF_ERROR(CheckMovable(context, 2, 0));
  ET_RETURN_IF_ERROR(CheckMovable(context, 3, 0));
  if (!HaveValues(context, {1})) return DeferShapes(context);
  std::vector<int64_t> dims;
  ET_RETURN_IF_ERROR(context.IntValues(1, &dims));
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  // Indices: one number, a list of numbers (for a list as output), or [count, depth].
  const ir::Shape& indices = context.input(0).shape;
  auto* p = context.MakePrepared<Prepared>();
  if (indices.rank() > 0) p->count = indices.dim(0);
  if (indices.rank() > 1) p->depth = indices.dim(1);
  const int64_t values = context.input(2).num_elements();
  if (indices.rank() > 2 || p->depth != static_cast<int>(dims.size()) || p->depth == 0 ||
      context.input(2).shape.rank() > 1 || (values != 1 && values != p->count) ||
      context.input(3).num_elements() != 1) {
    return context.Invalid("indices ", indices.ToString(), ", values ",
                           context.input(2).shape.ToString(), " and output ",
                           context.output(0).shape.ToString(), " do not fit together");
  }
  return absl::OkStatus();
}

absl::Status EvalSparseToDense(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Operand& output = context.output(0);
  const int64_t bytes = ElementBytes(output.dtype());
  ref::Fill(context.input(3).data, bytes, output.num_elements(), output.data);
  const bool one_value = context.input(2).num_elements() == 1;
  for (int64_t i = 0; i < p.count; ++i) {
    int64_t at = 0;
    for (int d = 0; d < p.depth; ++d) {
      const int64_t index = IntAt(context.input(0), i * p.depth + d);
      if (index < 0 || index >= output.shape.dim(d)) {
        return context.BadValue("index ", index, " is outside dimension ", d, " of ",
                                output.shape.dim(d));
      }
      at = at * output.shape.dim(d) + index;
    }
    std::memcpy(context.out<uint8_t>(0) + at * bytes,
                context.in<uint8_t>(2) + (one_value ? 0 : i) * bytes, bytes);
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
