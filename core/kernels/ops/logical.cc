// LOGICAL_AND and LOGICAL_OR with broadcasting, LOGICAL_NOT. Any byte but 0 reads as true.
#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {

using ir::DType;

absl::Status PrepareLogical(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kBool}));
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {DType::kBool}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {DType::kBool}));
  return PrepareBroadcast(context, context.MakePrepared<ref::BroadcastPlan>());
}

absl::Status EvalLogical(ir::EvalContext& context) {
  const auto& plan = context.prepared<ref::BroadcastPlan>();
  if (context.op().code == ir::OpCode::LOGICAL_AND) {
    MapBinary<uint8_t, uint8_t>(context, plan, [](uint8_t a, uint8_t b) -> uint8_t {
      return static_cast<uint8_t>((a != 0) & (b != 0));
    });
  } else {
    MapBinary<uint8_t, uint8_t>(context, plan, [](uint8_t a, uint8_t b) -> uint8_t {
      return static_cast<uint8_t>((a != 0) | (b != 0));
    });
  }
  return absl::OkStatus();
}

absl::Status PrepareLogicalNot(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kBool}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {DType::kBool}));
  return SetOutputShapeOfInput(context);
}

absl::Status EvalLogicalNot(ir::EvalContext& context) {
  MapUnary<uint8_t, uint8_t>(context, [](uint8_t a) -> uint8_t { return a == 0 ? 1 : 0; });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
