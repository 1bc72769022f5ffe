// LOCAL_RESPONSE_NORMALIZATION over the last axis.
#include "core/kernels/ref/local_response_normalization.h"

#include <algorithm>

#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {

absl::Status PrepareLocalResponseNormalization(ir::PrepareContext& context) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kFloat32}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {DType::kFloat32}));
  const ir::Shape& input = context.input(0).shape;
  if (input.rank() < 1) return context.Invalid("the input must have at least 1 dimension");
  const int32_t radius = context.params<ir::LocalResponseNormalizationParams>().radius;
  if (radius < 0) return context.Invalid("radius is ", radius, "; expected 0 or more");
  context.SetOutputShape(0, input);
  return absl::OkStatus();
}

absl::Status EvalLocalResponseNormalization(ir::EvalContext& context) {
  const ir::Shape& shape = context.input(0).shape;
  const auto* params = std::get_if<ir::LocalResponseNormalizationParams>(&context.op().params);
  const ir::LocalResponseNormalizationParams p =
      params != nullptr ? *params : ir::LocalResponseNormalizationParams{};
  const int64_t depth = shape.back(0);
  const int64_t rows = shape.Product(0, shape.rank() - 1);
  // A range of rows worth a thread: about 4 k powers.
  const int64_t min_rows = 4096 / std::max<int64_t>(1, depth) + 1;
  context.pool().ParallelFor(rows, min_rows, [&](int64_t begin, int64_t end) {
    ref::LocalResponseNormalizationF32(context.in<float>(0) + begin * depth, end - begin, depth,
                                       p.radius, p.bias, p.alpha, p.beta,
                                       context.out<float>(0) + begin * depth);
  });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
