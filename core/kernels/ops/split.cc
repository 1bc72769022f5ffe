// SPLIT: equal parts along an axis. SPLIT_V: parts of given sizes, of which one may be -1 (the
// rest).
#include <algorithm>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  int input = 0;  // which input holds the values
  int axis = 0;
  int64_t rows = 1;        // product of the dimensions before the axis
  int64_t tail_bytes = 0;  // bytes of one index along the axis
};

absl::Status CheckOutputs(const ir::PrepareContext& context, int input) {
  const int32_t num_splits = context.params<ir::SplitParams>().num_splits;
  if (context.num_outputs() == 0 || num_splits != context.num_outputs()) {
    return context.Invalid("num_splits is ", num_splits, ", but there are ", context.num_outputs(),
                           " outputs");
  }
  for (int i = 0; i < num_splits; ++i) ET_RETURN_IF_ERROR(CheckMovable(context, input, i));
  return absl::OkStatus();
}

// sizes[i]: the extent of output i along the axis; they sum up to the input's.
absl::Status PrepareParts(ir::PrepareContext& context, int input, int axis,
                          absl::Span<const int64_t> sizes) {
  const ir::Shape& shape = context.input(input).shape;
  std::vector<int64_t> dims = DimsOf(shape);
  for (int i = 0; i < context.num_outputs(); ++i) {
    dims[axis] = sizes[i];
    ET_RETURN_IF_ERROR(SetCheckedShape(context, i, dims));
  }
  auto* p = context.MakePrepared<Prepared>();
  *p = {input, axis, shape.Product(0, axis),
        shape.Product(axis + 1, shape.rank()) * ElementBytes(context.input(input).dtype())};
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareSplit(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, -1));
  ET_RETURN_IF_ERROR(CheckOutputs(context, 1));
  if (!HaveValues(context, {0})) return DeferShapes(context);
  const ir::Shape& shape = context.input(1).shape;
  int64_t value = 0;
  int axis = 0;
  ET_RETURN_IF_ERROR(IntValue(context, 0, &value));
  ET_RETURN_IF_ERROR(NormalizeAxis(context, value, shape.rank(), &axis));
  const int num_splits = context.num_outputs();
  if (shape.dim(axis) % num_splits != 0) {
    return context.Invalid("dimension ", axis, " of ", shape.ToString(), " cannot be divided into ",
                           num_splits, " equal parts");
  }
  return PrepareParts(context, 1, axis,
                      std::vector<int64_t>(num_splits, shape.dim(axis) / num_splits));
}

absl::Status PrepareSplitV(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 3, -1));
  ET_RETURN_IF_ERROR(CheckOutputs(context, 0));
  if (!HaveValues(context, {1, 2})) return DeferShapes(context);
  const ir::Shape& shape = context.input(0).shape;
  int64_t value = 0;
  int axis = 0;
  std::vector<int64_t> sizes;
  ET_RETURN_IF_ERROR(IntValue(context, 2, &value));
  ET_RETURN_IF_ERROR(NormalizeAxis(context, value, shape.rank(), &axis));
  ET_RETURN_IF_ERROR(context.IntValues(1, &sizes));
  if (static_cast<int>(sizes.size()) != context.num_outputs()) {
    return context.Invalid(sizes.size(), " sizes for ", context.num_outputs(), " outputs");
  }
  int64_t rest = shape.dim(axis);
  int64_t* open = nullptr;
  for (int64_t& size : sizes) {
    if (size == -1 && open == nullptr) {
      open = &size;
    } else if (size < 0 || size > rest) {
      return context.Invalid("a part of ", size, " does not fit into dimension ", axis, " of ",
                             shape.ToString());
    } else {
      rest -= size;
    }
  }
  if (open != nullptr) {
    *open = rest;
  } else if (rest != 0) {
    return context.Invalid("the sizes leave over ", rest, " of dimension ", axis, " of ",
                           shape.ToString());
  }
  return PrepareParts(context, 0, axis, sizes);
}

absl::Status EvalSplit(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const int64_t row_bytes = context.input(p.input).shape.dim(p.axis) * p.tail_bytes;
  int64_t offset = 0;
  for (int i = 0; i < context.num_outputs(); ++i) {
    const int64_t width = context.output(i).shape.dim(p.axis) * p.tail_bytes;
    ref::StridedCopy copy = BlockCopy(p.rows, row_bytes, width, width);
    copy.src_offset = offset;
    RunCopy(context, copy, context.input(p.input).data, context.output(i).data);
    offset += width;
  }
  return absl::OkStatus();
}

absl::Status EvalSplitV(ir::EvalContext& context) { return EvalSplit(context); }

}  // namespace edgetasks::kernels
