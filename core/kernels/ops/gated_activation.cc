// GATED_ACTIVATION (fused): f(gate) * up, elementwise. Source:
// core/graph/recognise_gated_activation.cc names the ops that this stands for.
#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/simd/rowwise/select.h"

namespace edgetasks::kernels {
namespace {

using Function = ir::GatedActivationParams::Function;

struct Prepared {
  void (*gate)(const float* gate, const float* up, int64_t count, float* y) = nullptr;
};

}  // namespace

absl::Status PrepareGatedActivation(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  for (int i = 0; i < 2; ++i) {
    ET_RETURN_IF_ERROR(context.CheckInputType(i, {ir::DType::kFloat32}));
  }
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {ir::DType::kFloat32}));
  const ir::Shape &gate = context.input(0).shape, &up = context.input(1).shape;
  if (gate != up) {
    return context.Invalid("the gate has shape ", gate.ToString(), ", what it gates ",
                           up.ToString(), "; expected the same");
  }
  const simd::RowwiseKernels& kernels = simd::SelectRowwiseKernels();
  context.MakePrepared<Prepared>()->gate =
      context.params<ir::GatedActivationParams>().function == Function::kSilu
          ? kernels.gate_silu
          : kernels.gate_gelu_tanh;
  context.SetOutputShape(0, gate);
  return absl::OkStatus();
}

absl::Status EvalGatedActivation(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const auto *gate = context.in<float>(0), *up = context.in<float>(1);
  auto* output = context.out<float>(0);
  context.pool().ParallelFor(context.output(0).num_elements(), kMinElementsPerThread / 4,
                             [&](int64_t begin, int64_t end) {
                               p.gate(gate + begin, up + begin, end - begin, output + begin);
                             });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
