// RESHAPE, EXPAND_DIMS and SQUEEZE: the same elements under another shape.
#include <algorithm>
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

// Any runnable type, packed ones too: only whole tensors are copied.
absl::Status CheckTypes(const ir::PrepareContext& context) {
  if (!ir::IsRunnable(context.input(0).dtype())) return CheckWholeBytes(context, 0);
  return CheckSameElements(context, 0, 0);
}

}  // namespace

absl::Status PrepareReshape(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 2, 1));
  ET_RETURN_IF_ERROR(CheckTypes(context));
  std::vector<int64_t> dims;
  // Like TFLite, takes the shape from the attributes where the second input is no list of numbers.
  if (context.has_input(1) && context.input(1).shape.rank() == 1) {
    if (!HaveValues(context, {1})) return DeferShapes(context);
    ET_RETURN_IF_ERROR(context.IntValues(1, &dims));
  } else {
    const auto params = context.params<ir::ReshapeParams>();
    dims.assign(params.new_shape.begin(), params.new_shape.end());
  }
  if (dims.size() > ir::Shape::kMaxRank) {
    return context.Invalid("the new shape has ", dims.size(), " dimensions; at most ",
                           ir::Shape::kMaxRank, " are supported");
  }
  const int64_t count = context.input(0).num_elements();
  const auto open = std::find(dims.begin(), dims.end(), -1);
  if (open != dims.end()) {
    *open = 1;
    ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
    const int64_t others = context.output(0).num_elements();
    *open = others > 0 ? count / others : 0;
  }
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  if (context.output(0).num_elements() != count) {
    return context.Invalid("cannot make ", context.output(0).shape.ToString(), " of the ", count,
                           " elements of shape ", context.input(0).shape.ToString());
  }
  return absl::OkStatus();
}

absl::Status EvalReshape(ir::EvalContext& context) {
  CopyAll(context, 0, 0);
  return absl::OkStatus();
}

absl::Status PrepareExpandDims(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(CheckTypes(context));
  if (!HaveValues(context, {1})) return DeferShapes(context);
  int64_t value = 0;
  ET_RETURN_IF_ERROR(IntValue(context, 1, &value));
  std::vector<int64_t> dims = DimsOf(context.input(0).shape);
  int axis = 0;
  ET_RETURN_IF_ERROR(NormalizeAxis(context, value, static_cast<int>(dims.size()) + 1, &axis));
  dims.insert(dims.begin() + axis, 1);
  return SetCheckedShape(context, 0, dims);
}

absl::Status EvalExpandDims(ir::EvalContext& context) { return EvalReshape(context); }

absl::Status PrepareSqueeze(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(CheckTypes(context));
  const ir::Shape& shape = context.input(0).shape;
  const auto params = context.params<ir::SqueezeParams>();
  bool removed[ir::Shape::kMaxRank] = {};
  for (int32_t value : params.squeeze_dims) {
    int axis = 0;
    ET_RETURN_IF_ERROR(NormalizeAxis(context, value, shape.rank(), &axis));
    if (shape.dim(axis) != 1) {
      return context.Invalid("dimension ", axis, " of ", shape.ToString(), " is not 1");
    }
    removed[axis] = true;
  }
  std::vector<int64_t> dims;
  for (int d = 0; d < shape.rank(); ++d) {
    // Without a list, all dimensions of 1 go.
    if (params.squeeze_dims.empty() ? shape.dim(d) == 1 : removed[d]) continue;
    dims.push_back(shape.dim(d));
  }
  return SetCheckedShape(context, 0, dims);
}

absl::Status EvalSqueeze(ir::EvalContext& context) { return EvalReshape(context); }

}  // namespace edgetasks::kernels
