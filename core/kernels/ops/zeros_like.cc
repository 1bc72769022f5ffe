// ZEROS_LIKE: zeros in the input's shape. The input's values are not read.
#include <algorithm>
#include <cstring>

#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {

using ir::DType;

absl::Status PrepareZerosLike(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(
      0, {DType::kFloat32, DType::kFloat16, DType::kBFloat16, DType::kInt8, DType::kUInt8,
          DType::kInt16, DType::kInt32, DType::kInt64, DType::kBool}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {context.input(0).dtype()}));
  const ir::Quantization& quantization = context.output(0).quantization();
  for (int32_t zero_point : quantization.zero_points) {
    // Zero bytes would not stand for the number 0.
    if (zero_point != 0) {
      return context.Invalid("the output has zero point ", zero_point, "; only 0 is supported");
    }
  }
  return SetOutputShapeOfInput(context);
}

absl::Status EvalZerosLike(ir::EvalContext& context) {
  const int64_t bytes =
      context.output(0).num_elements() * (ir::BitsOf(context.output(0).dtype()) / 8);
  if (bytes > 0) std::memset(context.out<void>(0), 0, bytes);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
