// RANGE: start, start + delta, ... up to but without limit.
#include <cmath>
#include <limits>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

template <typename T>
T ValueOf(const ir::Operand& operand) {
  return *static_cast<const T*>(operand.data);
}

// ceil(|limit - start| / |delta|), or -1 if delta does not lead from start to limit.
int64_t IntegerCount(int64_t start, int64_t limit, int64_t delta) {
  if (delta == 0 || (start < limit && delta < 0) || (start > limit && delta > 0)) return -1;
  // Distances of int64 numbers fit uint64.
  const bool up = delta > 0;
  const uint64_t distance = up ? static_cast<uint64_t>(limit) - static_cast<uint64_t>(start)
                               : static_cast<uint64_t>(start) - static_cast<uint64_t>(limit);
  const uint64_t step = up ? static_cast<uint64_t>(delta) : 0 - static_cast<uint64_t>(delta);
  const uint64_t count = distance / step + (distance % step != 0 ? 1 : 0);
  return static_cast<int64_t>(count >> 1) > std::numeric_limits<int32_t>::max()
             ? std::numeric_limits<int64_t>::max()
             : static_cast<int64_t>(count);
}

int64_t FloatCount(float start, float limit, float delta) {
  if (!std::isfinite(start) || !std::isfinite(limit) || !std::isfinite(delta)) return -1;
  if (delta == 0 || (start < limit && delta < 0) || (start > limit && delta > 0)) return -1;
  const float count = std::ceil(std::abs((limit - start) / delta));
  return count < 2147483648.0f ? static_cast<int64_t>(count) : std::numeric_limits<int64_t>::max();
}

// Integers wrap, so that the sum behind the last element may leave the type.
template <typename T>
void Count(T start, T delta, int64_t count, T* output) {
  for (int64_t i = 0; i < count; ++i, start += delta) output[i] = start;
}

}  // namespace

absl::Status PrepareRange(ir::PrepareContext& context) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 3, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kInt32, DType::kInt64, DType::kFloat32}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {context.input(0).dtype()}));
  for (int i = 0; i < 3; ++i) {
    ET_RETURN_IF_ERROR(context.CheckInputType(i, {context.input(0).dtype()}));
    if (context.input(i).num_elements() != 1) {
      return context.Invalid("start, limit and delta must be one number each");
    }
  }
  if (!HaveValues(context, {0, 1, 2})) return DeferShapes(context);
  int64_t count = 0;
  if (context.input(0).dtype() == DType::kFloat32) {
    count = FloatCount(ValueOf<float>(context.input(0)), ValueOf<float>(context.input(1)),
                       ValueOf<float>(context.input(2)));
  } else {
    count = IntegerCount(IntAt(context.input(0), 0), IntAt(context.input(1), 0),
                         IntAt(context.input(2), 0));
  }
  if (count < 0) return context.Invalid("delta does not lead from start to limit");
  return SetCheckedShape(context, 0, {count});
}

absl::Status EvalRange(ir::EvalContext& context) {
  const int64_t count = context.output(0).num_elements();
  switch (context.output(0).dtype()) {
    case ir::DType::kFloat32:
      Count(*context.in<float>(0), *context.in<float>(2), count, context.out<float>(0));
      break;
    case ir::DType::kInt32:
      Count(*context.in<uint32_t>(0), *context.in<uint32_t>(2), count, context.out<uint32_t>(0));
      break;
    default:
      Count(*context.in<uint64_t>(0), *context.in<uint64_t>(2), count, context.out<uint64_t>(0));
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
