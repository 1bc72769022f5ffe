// SEGMENT_SUM: output[s, ...] = sum of data[i, ...] over all i with segment_ids[i] == s. The ids
// ascend; the last is the number of segments less one.
#include <cstring>
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/scatter_nd.h"

namespace edgetasks::kernels {

absl::Status PrepareSegmentSum(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {ir::DType::kFloat32, ir::DType::kInt32}));
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {ir::DType::kInt32}));
  ET_RETURN_IF_ERROR(CheckSameElements(context, 0, 0));
  const ir::Shape& shape = context.input(0).shape;
  if (shape.rank() < 1 || context.input(1).shape != ir::Shape{shape.dim(0)}) {
    return context.Invalid("data ", shape.ToString(), " needs one segment id a row, got ",
                           context.input(1).shape.ToString());
  }
  if (!HaveValues(context, {1})) return DeferShapes(context);
  std::vector<int64_t> ids;
  ET_RETURN_IF_ERROR(context.IntValues(1, &ids));
  int64_t last = -1;
  for (int64_t id : ids) {
    if (id < 0 || id < last || id > last + 1) {
      return context.Invalid("segment ids must ascend from 0 by steps of at most 1; ", id,
                             " follows ", last);
    }
    last = id;
  }
  std::vector<int64_t> dims = DimsOf(shape);
  dims[0] = last + 1;
  return SetCheckedShape(context, 0, dims);
}

absl::Status EvalSegmentSum(ir::EvalContext& context) {
  const ir::Operand& output = context.output(0);
  if (output.num_elements() == 0) return absl::OkStatus();
  std::memset(output.data, 0, output.num_elements() * ElementBytes(output.dtype()));
  const int64_t rows = context.input(0).shape.dim(0);
  const int64_t width = output.num_elements() / output.shape.dim(0);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t to = IntAt(context.input(1), r) * width;
    if (output.dtype() == ir::DType::kFloat32) {
      ref::AddF32(context.in<float>(0) + r * width, width, context.out<float>(0) + to);
    } else {
      ref::AddWrapping(context.in<uint32_t>(0) + r * width, width, context.out<uint32_t>(0) + to);
    }
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
