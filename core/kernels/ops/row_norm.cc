#include "core/kernels/ops/row_norm.h"

namespace edgetasks::kernels {

absl::Status PrepareRowNorm(ir::PrepareContext& context, int min_inputs, int max_inputs) {
  ET_RETURN_IF_ERROR(context.CheckOperands(min_inputs, max_inputs, 1));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {ir::DType::kFloat32}));
  const ir::Shape& x = context.input(0).shape;
  for (int i = 0; i < context.num_inputs(); ++i) {
    if (!context.has_input(i)) continue;
    ET_RETURN_IF_ERROR(context.CheckInputType(i, {ir::DType::kFloat32}));
    const ir::Shape& shape = context.input(i).shape;
    if (x.rank() < 1 || x.back(0) < 1 || (i > 0 && shape.num_elements() != x.back(0))) {
      return context.Invalid("the input has shape ", x.ToString(), " and input ", i, " ",
                             shape.ToString(), "; expected [.., D] and [D]");
    }
  }
  auto* p = context.MakePrepared<RowNorm>();
  p->kernels = &simd::SelectRowwiseKernels();
  p->epsilon = context.params<ir::NormParams>().epsilon;
  context.SetOutputShape(0, x);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
