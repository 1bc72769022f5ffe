// SLICE: the box of `size` elements from `begin` on; a size of -1 means up to the end.
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  std::array<int64_t, ir::Shape::kMaxRank> strides{};  // of the input, in bytes
  ref::StridedCopy copy;                               // src_offset is added in Eval
};

}  // namespace

absl::Status PrepareSlice(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 3, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  const ir::Operand& input = context.input(0);
  const int rank = input.shape.rank();
  for (int i : {1, 2}) {
    ET_RETURN_IF_ERROR(context.CheckInputType(i, {ir::DType::kInt32, ir::DType::kInt64}));
    if (context.input(i).num_elements() != rank) {
      return context.Invalid("input ", i, " has ", context.input(i).num_elements(),
                             " entries for a tensor of ", rank, " dimensions");
    }
  }
  // A size without -1 is the output's shape even where `begin` is computed at run time.
  if (!HaveValues(context, {2})) return DeferShapes(context);
  const bool begin_known = HaveValues(context, {1});
  std::vector<int64_t> begin(rank, 0), size;
  if (begin_known) ET_RETURN_IF_ERROR(context.IntValues(1, &begin));
  ET_RETURN_IF_ERROR(context.IntValues(2, &size));
  for (int d = 0; d < rank; ++d) {
    const int64_t dim = input.shape.dim(d);
    if (size[d] == -1 && !begin_known) return DeferShapes(context);
    if (begin[d] < 0 || begin[d] > dim || size[d] < -1 || size[d] > dim - begin[d]) {
      return context.Invalid("begin ", begin[d], " and size ", size[d], " leave dimension ", d,
                             " of ", dim);
    }
    if (size[d] == -1) size[d] = dim - begin[d];
  }
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, size));

  auto* p = context.MakePrepared<Prepared>();
  p->copy.block_bytes = ElementBytes(input.dtype());
  p->strides = ByteStrides(input.shape, p->copy.block_bytes);
  const auto out_strides = ByteStrides(context.output(0).shape, p->copy.block_bytes);
  for (int d = 0; d < rank; ++d) p->copy.Add(size[d], p->strides[d], out_strides[d]);
  p->copy.Simplify();
  return absl::OkStatus();
}

absl::Status EvalSlice(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Shape& shape = context.input(0).shape;
  ref::StridedCopy copy = p.copy;
  for (int d = 0; d < shape.rank(); ++d) {
    const int64_t begin = IntAt(context.input(1), d);
    const int64_t size = context.output(0).shape.dim(d);
    if (begin < 0 || begin > shape.dim(d) - size) {
      return context.BadValue("begin ", begin, " and size ", size, " leave dimension ", d, " of ",
                              shape.dim(d));
    }
    copy.src_offset += begin * p.strides[d];
  }
  RunCopy(context, copy, context.input(0).data, context.output(0).data);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
