// RMS_NORM (fused): x / sqrt(mean of x^2 over the last axis + epsilon) * weight.
//
//   x [.., D], weight [D] -> [.., D]
//
// Source: Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019), with the epsilon under
// the root; core/graph/recognise_rms_norm.cc names the ops that this stands for.
#include "core/kernels/ops/row_norm.h"

namespace edgetasks::kernels {

absl::Status PrepareRmsNorm(ir::PrepareContext& context) { return PrepareRowNorm(context, 2, 2); }

absl::Status EvalRmsNorm(ir::EvalContext& context) {
  const auto& p = context.prepared<RowNorm>();
  const int64_t depth = context.input(0).shape.back(0);
  const auto* weight = context.in<float>(1);
  ForEachRow(context, [&](const float* x, float* y) {
    p.kernels->rms_norm(x, weight, depth, p.epsilon, y);
  });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
