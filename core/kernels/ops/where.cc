// WHERE with one input: the coordinates of the elements that are not zero, in row-major order.
#include <cstring>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

bool IsTrue(const ir::Operand& operand, int64_t i) {
  if (operand.dtype() == ir::DType::kFloat32)
    return static_cast<const float*>(operand.data)[i] != 0;
  // Integers and booleans: any bit.
  const int64_t bytes = ElementBytes(operand.dtype());
  uint64_t bits = 0;
  std::memcpy(&bits, static_cast<const uint8_t*>(operand.data) + i * bytes, bytes);
  return bits != 0;
}

}  // namespace

absl::Status PrepareWhere(ir::PrepareContext& context) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(
      context.CheckInputType(0, {DType::kBool, DType::kFloat32, DType::kInt8, DType::kUInt8,
                                 DType::kInt16, DType::kInt32, DType::kInt64}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {DType::kInt64}));
  if (!HaveValues(context, {0})) return DeferShapes(context);
  const ir::Operand& input = context.input(0);
  int64_t count = 0;
  for (int64_t i = 0, n = input.num_elements(); i < n; ++i) count += IsTrue(input, i);
  return SetCheckedShape(context, 0, {count, input.shape.rank()});
}

absl::Status EvalWhere(ir::EvalContext& context) {
  const ir::Operand& input = context.input(0);
  const int rank = input.shape.rank();
  int64_t* output = context.out<int64_t>(0);
  for (int64_t i = 0, n = input.num_elements(); i < n; ++i) {
    if (!IsTrue(input, i)) continue;
    int64_t rest = i;
    for (int d = rank - 1; d >= 0; --d) {
      output[d] = rest % input.shape.dim(d);
      rest /= input.shape.dim(d);
    }
    output += rank;
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
