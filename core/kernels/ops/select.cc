// SELECT and SELECT_V2: output = condition ? x : y, element by element. V2 broadcasts all three;
// SELECT also takes a condition [n] for x and y of [n, ...]: one decision a row.
#include <algorithm>

#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

template <typename T>  // any type of the element's size: only copied
void EvalAs(ir::EvalContext& context) {
  const auto& plan = context.prepared<ref::BroadcastPlan>();
  const uint8_t* condition = context.in<uint8_t>(0);
  const T* x = context.in<T>(1);
  const T* y = context.in<T>(2);
  T* output = context.out<T>(0);
  context.pool().ParallelFor(plan.count, kMinElementsPerThread, [&](int64_t begin, int64_t end) {
    ref::ForEachBroadcastRun<3>(plan, begin, end, [&](const ref::BroadcastRun<3>& run) {
      const uint8_t* c = condition + run.operand[0];
      const T* then = x + run.operand[1];
      const T* otherwise = y + run.operand[2];
      T* to = output + run.output;
      if (run.stride[0] == 0) {
        const T* from = c[0] != 0 ? then : otherwise;
        const int64_t stride = c[0] != 0 ? run.stride[1] : run.stride[2];
        for (int64_t i = 0; i < run.length; ++i) to[i] = from[i * stride];
      } else {
        for (int64_t i = 0; i < run.length; ++i) {
          to[i] = c[i] != 0 ? then[i * run.stride[1]] : otherwise[i * run.stride[2]];
        }
      }
    });
  });
}

}  // namespace

absl::Status PrepareSelect(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 3, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kBool}));
  ET_RETURN_IF_ERROR(context.CheckInputType(
      1, {DType::kFloat32, DType::kFloat16, DType::kBFloat16, DType::kInt8, DType::kUInt8,
          DType::kInt16, DType::kInt32, DType::kInt64, DType::kBool}));
  const DType dtype = context.input(1).dtype();
  ET_RETURN_IF_ERROR(context.CheckInputType(2, {dtype}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {dtype}));

  auto* plan = context.MakePrepared<ref::BroadcastPlan>();
  const ir::Shape& condition = context.input(0).shape;
  const ir::Shape& x = context.input(1).shape;
  if (context.op().code == ir::OpCode::SELECT && condition.rank() == 1 && x.rank() > 1 &&
      x == context.input(2).shape && condition.dim(0) == x.dim(0)) {
    ir::Shape rows = x;  // the condition as [n, 1, ...]
    for (int i = 1; i < rows.rank(); ++i) rows.set_dim(i, 1);
    *plan = ref::PlanBroadcast(x, {rows, x, x});
    context.SetOutputShape(0, x);
    return absl::OkStatus();
  }
  return PrepareBroadcast(context, plan);
}

absl::Status EvalSelect(ir::EvalContext& context) {
  switch (ir::BitsOf(context.output(0).dtype())) {
    case 8:
      EvalAs<uint8_t>(context);
      break;
    case 16:
      EvalAs<uint16_t>(context);
      break;
    case 32:
      EvalAs<uint32_t>(context);
      break;
    default:
      EvalAs<uint64_t>(context);
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
