// LAYER_NORM (fused): (x - m) / sqrt(v + epsilon) * weight + bias, with m the mean and v the mean
// square of x - m over the last axis.
//
//   x [.., D], weight [D] or none (1), bias [D] or none (0) -> [.., D]
//
// Source: Ba, Kiros and Hinton, "Layer Normalization" (2016), with the epsilon under the root;
// core/graph/recognise_layer_norm.cc names the ops that this stands for.
#include "core/kernels/ops/row_norm.h"

namespace edgetasks::kernels {

absl::Status PrepareLayerNorm(ir::PrepareContext& context) { return PrepareRowNorm(context, 1, 3); }

absl::Status EvalLayerNorm(ir::EvalContext& context) {
  const auto& p = context.prepared<RowNorm>();
  const int64_t depth = context.input(0).shape.back(0);
  const auto row_of = [&](int i) { return context.has_input(i) ? context.in<float>(i) : nullptr; };
  const float *weight = row_of(1), *bias = row_of(2);
  ForEachRow(context, [&](const float* x, float* y) {
    p.kernels->layer_norm(x, weight, bias, depth, p.epsilon, y);
  });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
