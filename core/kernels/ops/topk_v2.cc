// TOPK_V2: the k largest elements of the last axis, in descending order, and their indices.
#include "core/kernels/ref/topk_v2.h"

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

template <typename T>
void Run(ir::EvalContext& context) {
  const int64_t size = context.input(0).shape.back(0);
  const int64_t k = context.output(0).shape.back(0);
  const int64_t rows = context.output(0).num_elements() / k;
  // A heap costs some ten nanoseconds an element.
  context.pool().ParallelFor(rows, 4096 / size + 1, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      ref::TopK(context.in<T>(0) + r * size, size, k, context.out<T>(0) + r * k,
                context.out<int32_t>(1) + r * k);
    }
  });
}

}  // namespace

absl::Status PrepareTopKV2(ir::PrepareContext& context) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 2));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kFloat32, DType::kInt8, DType::kUInt8,
                                                DType::kInt16, DType::kInt32, DType::kInt64}));
  ET_RETURN_IF_ERROR(CheckSameElements(context, 0, 0));
  ET_RETURN_IF_ERROR(context.CheckOutputType(1, {DType::kInt32}));
  const ir::Shape& shape = context.input(0).shape;
  if (shape.rank() < 1) return context.Invalid("the input must have at least 1 dimension");
  if (!HaveValues(context, {1})) return DeferShapes(context);
  int64_t k = 0;
  ET_RETURN_IF_ERROR(IntValue(context, 1, &k));
  if (k < 0 || k > shape.back(0)) {
    return context.Invalid("k is ", k, ", but the last dimension has ", shape.back(0), " elements");
  }
  std::vector<int64_t> dims = DimsOf(shape);
  dims.back() = k;
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  return SetCheckedShape(context, 1, dims);
}

absl::Status EvalTopKV2(ir::EvalContext& context) {
  if (context.output(0).num_elements() == 0) return absl::OkStatus();
  switch (context.input(0).dtype()) {
    case ir::DType::kFloat32:
      Run<float>(context);
      break;
    case ir::DType::kInt8:
      Run<int8_t>(context);
      break;
    case ir::DType::kUInt8:
      Run<uint8_t>(context);
      break;
    case ir::DType::kInt16:
      Run<int16_t>(context);
      break;
    case ir::DType::kInt32:
      Run<int32_t>(context);
      break;
    default:
      Run<int64_t>(context);
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
