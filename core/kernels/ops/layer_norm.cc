// LAYER_NORM (fused): (x - m) / sqrt(v + epsilon) * weight + bias, with m the mean and v the mean
// square of x - m over the last axis.
//
//   x [.., D], weight [D] or none (1), bias [D] or none (0) -> [.., D]
//
// Source: Ba, Kiros and Hinton, "Layer Normalization" (2016), with the epsilon under the root;
// core/graph/recognise_layer_norm.cc names the ops that this stands for.
#include "core/kernels/ops/op.h"
#include "core/kernels/simd/rowwise/select.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  const simd::RowwiseKernels* kernels = nullptr;
  float epsilon = 0.0f;
};

}  // namespace

absl::Status PrepareLayerNorm(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 3, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {ir::DType::kFloat32}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {ir::DType::kFloat32}));
  const ir::Shape& x = context.input(0).shape;
  if (x.rank() < 1 || x.back(0) < 1) {
    return context.Invalid("the input has shape ", x.ToString(), "; expected [.., D]");
  }
  for (int i = 1; i < context.num_inputs(); ++i) {
    if (!context.has_input(i)) continue;
    ET_RETURN_IF_ERROR(context.CheckInputType(i, {ir::DType::kFloat32}));
    if (context.input(i).shape.num_elements() != x.back(0)) {
      return context.Invalid("the input has shape ", x.ToString(), " and the ",
                             i == 1 ? "weight " : "bias ", context.input(i).shape.ToString(),
                             "; expected [.., D] and [D]");
    }
  }
  auto* p = context.MakePrepared<Prepared>();
  p->kernels = &simd::SelectRowwiseKernels();
  p->epsilon = context.params<ir::NormParams>().epsilon;
  context.SetOutputShape(0, x);
  return absl::OkStatus();
}

absl::Status EvalLayerNorm(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const int64_t depth = context.input(0).shape.back(0);
  const auto row_of = [&](int i) { return context.has_input(i) ? context.in<float>(i) : nullptr; };
  const float *x = row_of(0), *weight = row_of(1), *bias = row_of(2);
  auto* output = context.out<float>(0);
  // About 32 k elements are worth a thread.
  const int64_t min_rows = 32768 / depth + 1;
  context.pool().ParallelFor(
      context.input(0).num_elements() / depth, min_rows, [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; ++r) {
          p.kernels->layer_norm(x + r * depth, weight, bias, depth, p.epsilon, output + r * depth);
        }
      });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
