// RMS_NORM (fused): x / sqrt(mean of x^2 over the last axis + epsilon) * weight.
//
//   x [.., D], weight [D] -> [.., D]
//
// Source: Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019), with the epsilon under
// the root; core/graph/recognise_rms_norm.cc names the ops that this stands for.
#include "core/kernels/ops/op.h"
#include "core/kernels/simd/rowwise/select.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  const simd::RowwiseKernels* kernels = nullptr;
  float epsilon = 0.0f;
};

}  // namespace

absl::Status PrepareRmsNorm(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  for (int i = 0; i < 2; ++i) {
    ET_RETURN_IF_ERROR(context.CheckInputType(i, {ir::DType::kFloat32}));
  }
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {ir::DType::kFloat32}));
  const ir::Shape &x = context.input(0).shape, &weight = context.input(1).shape;
  if (x.rank() < 1 || x.back(0) < 1 || weight.num_elements() != x.back(0)) {
    return context.Invalid("the input has shape ", x.ToString(), " and the weight ",
                           weight.ToString(), "; expected [.., D] and [D]");
  }
  auto* p = context.MakePrepared<Prepared>();
  p->kernels = &simd::SelectRowwiseKernels();
  p->epsilon = context.params<ir::NormParams>().epsilon;
  context.SetOutputShape(0, x);
  return absl::OkStatus();
}

absl::Status EvalRmsNorm(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const int64_t depth = context.input(0).shape.back(0);
  const auto *x = context.in<float>(0), *weight = context.in<float>(1);
  auto* output = context.out<float>(0);
  // About 32 k elements are worth a thread.
  const int64_t min_rows = 32768 / depth + 1;
  context.pool().ParallelFor(
      context.input(0).num_elements() / depth, min_rows, [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; ++r) {
          p.kernels->rms_norm(x + r * depth, weight, depth, p.epsilon, output + r * depth);
        }
      });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
