// BITWISE_XOR, RIGHT_SHIFT, STABLEHLO_SHIFT_LEFT with broadcasting.
#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/integer_math.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

template <typename T>
absl::Status EvalAs(ir::EvalContext& context) {
  const auto& plan = context.prepared<ref::BroadcastPlan>();
  switch (context.op().code) {
    case ir::OpCode::BITWISE_XOR:
      MapBinary<T, T>(context, plan, [](T a, T b) { return static_cast<T>(a ^ b); });
      break;
    case ir::OpCode::RIGHT_SHIFT:
      MapBinary<T, T>(context, plan, [](T a, T b) { return ref::ShiftRight(a, b); });
      break;
    default:
      MapBinary<T, T>(context, plan, [](T a, T b) { return ref::ShiftLeft(a, b); });
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareBitwise(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(
      0, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32, DType::kInt64}));
  const DType dtype = context.input(0).dtype();
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {dtype}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {dtype}));
  return PrepareBroadcast(context, context.MakePrepared<ref::BroadcastPlan>());
}

absl::Status EvalBitwise(ir::EvalContext& context) {
  switch (context.input(0).dtype()) {
    case DType::kInt8:
      return EvalAs<int8_t>(context);
    case DType::kUInt8:
      return EvalAs<uint8_t>(context);
    case DType::kInt16:
      return EvalAs<int16_t>(context);
    case DType::kInt32:
      return EvalAs<int32_t>(context);
    default:
      return EvalAs<int64_t>(context);
  }
}

}  // namespace edgetasks::kernels
