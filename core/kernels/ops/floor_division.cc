// FLOOR_DIV and FLOOR_MOD with broadcasting: division rounded towards minus infinity, and what it
// leaves, which has the sign of the divisor. A divisor of 0 is refused, in float as well, as TFLite
// does.
#include <cmath>

#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/integer_math.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

struct FloorDivide {
  float operator()(float a, float b) const { return std::floor(a / b); }
  template <typename T>
  T operator()(T a, T b) const {
    return ref::DivideFloor(a, b);
  }
};
struct FloorModulo {
  float operator()(float a, float b) const {
    const float remainder = std::fmod(a, b);
    return remainder != 0.0f && (remainder < 0.0f) != (b < 0.0f) ? remainder + b : remainder;
  }
  template <typename T>
  T operator()(T a, T b) const {
    return ref::ModuloFloor(a, b);
  }
};

template <typename T>
absl::Status EvalAs(ir::EvalContext& context) {
  const auto& plan = context.prepared<ref::BroadcastPlan>();
  if (plan.count > 0) {
    const T* divisor = context.in<T>(1);
    for (int64_t i = 0; i < context.input(1).num_elements(); ++i) {
      if (divisor[i] == 0) return context.BadValue("element ", i, " of the divisor is 0");
    }
  }
  if (context.op().code == ir::OpCode::FLOOR_DIV) {
    MapBinary<T, T>(context, plan, FloorDivide());
  } else {
    MapBinary<T, T>(context, plan, FloorModulo());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareFloorDivision(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(
      0, {DType::kFloat32, DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64}));
  const DType dtype = context.input(0).dtype();
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {dtype}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {dtype}));
  return PrepareBroadcast(context, context.MakePrepared<ref::BroadcastPlan>());
}

absl::Status EvalFloorDivision(ir::EvalContext& context) {
  switch (context.input(0).dtype()) {
    case DType::kInt8:
      return EvalAs<int8_t>(context);
    case DType::kInt16:
      return EvalAs<int16_t>(context);
    case DType::kInt32:
      return EvalAs<int32_t>(context);
    case DType::kInt64:
      return EvalAs<int64_t>(context);
    default:
      return EvalAs<float>(context);
  }
}

}  // namespace edgetasks::kernels
