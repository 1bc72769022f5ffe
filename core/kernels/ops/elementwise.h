// What the elementwise ops share: broadcasting, quantized operands, and loops split over threads.
#ifndef CORE_KERNELS_OPS_ELEMENTWISE_H_
#define CORE_KERNELS_OPS_ELEMENTWISE_H_

#include <cstdint>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/ir/kernel.h"
#include "core/kernels/ref/affine.h"
#include "core/kernels/ref/broadcast.h"

namespace edgetasks::kernels {

// Elements worth waking a thread for: some 10 us of cheap arithmetic.
inline constexpr int64_t kMinElementsPerThread = 16384;

// Sets output 0 to the broadcast shape of all inputs (1 to 3, present) and plans the walk.
// INVALID_ARGUMENT if they do not broadcast or the result is too large.
absl::Status PrepareBroadcast(ir::PrepareContext& context, ref::BroadcastPlan* plan);

// Sets output 0 to the shape of input 0. INVALID_ARGUMENT if some element type could not have it.
absl::Status SetOutputShapeOfInput(ir::PrepareContext& context);

// The scale and zero point of a per-tensor quantized operand. INVALID_ARGUMENT if it is not
// quantized per tensor, or its zero point is not a value of its type.
absl::Status InputAffine(const ir::PrepareContext& context, int i, ref::Affine* affine);
absl::Status OutputAffine(const ir::PrepareContext& context, int i, ref::Affine* affine);

// How to read or write an operand as real numbers: float32, or int8, uint8, int16 with per-tensor
// quantization. UNIMPLEMENTED for another type, INVALID_ARGUMENT as above.
absl::Status InputFormat(const ir::PrepareContext& context, int i, ref::RealFormat* format);
absl::Status OutputFormat(const ir::PrepareContext& context, int i, ref::RealFormat* format);

// Input 0, input 1 and output 0 all have type `dtype`.
bool BinaryTypesAre(const ir::PrepareContext& context, ir::DType dtype);

// output 0 [i] = function(input 0 [i]) for contiguous operands of one shape.
template <typename In, typename Out, typename Function>
void MapUnary(ir::EvalContext& context, const Function& function) {
  const In* input = context.in<In>(0);
  Out* output = context.out<Out>(0);
  context.pool().ParallelFor(context.output(0).num_elements(), kMinElementsPerThread,
                             [&](int64_t begin, int64_t end) {
                               for (int64_t i = begin; i < end; ++i) output[i] = function(input[i]);
                             });
}

// output 0 = function(input 0, input 1), broadcast as planned.
template <typename In, typename Out, typename Function>
void MapBinary(ir::EvalContext& context, const ref::BroadcastPlan& plan, const Function& function) {
  const In* a = context.in<In>(0);
  const In* b = context.in<In>(1);
  Out* output = context.out<Out>(0);
  context.pool().ParallelFor(plan.count, kMinElementsPerThread, [&](int64_t begin, int64_t end) {
    ref::ForEachBroadcastRun<2>(plan, begin, end, [&](const ref::BroadcastRun<2>& run) {
      ref::BinaryRun(run, a, b, output, function);
    });
  });
}

// An elementwise function of two operands through real numbers: reads both (each float32 or
// quantized, types may differ), computes in double, rounds once into the output.
struct RealBinary {
  using Function = double (*)(double, double);

  ref::BroadcastPlan plan;
  ref::RealFormat a, b, output;
  Function function = nullptr;
  double min = 0.0, max = 0.0;  // the result is clamped to [min, max] (real numbers)
  bool clamps = false;

  // Fixes the output's shape and checks the operands as InputFormat does.
  absl::Status Prepare(ir::PrepareContext& context, Function real_function);
  void Eval(ir::EvalContext& context) const;
};

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_ELEMENTWISE_H_
