// L2_NORMALIZATION over the last axis.
#include "core/kernels/ref/l2_normalization.h"

#include <algorithm>

#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

struct Prepared {
  int64_t rows = 0;
  int64_t depth = 0;
};

template <typename T>
void EvalQuantized(ir::EvalContext& context, int64_t begin, int64_t end) {
  const int64_t depth = context.prepared<Prepared>().depth;
  const ir::Quantization& out = context.output(0).quantization();
  ref::L2NormalizationQuantized(context.in<T>(0) + begin * depth, end - begin, depth,
                                context.input(0).quantization().zero_point(), out.scale(),
                                out.zero_point(), context.out<T>(0) + begin * depth);
}

}  // namespace

absl::Status PrepareL2Normalization(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kFloat32, DType::kInt8, DType::kUInt8}));
  const ir::Operand& input = context.input(0);
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {input.dtype()}));
  if (input.shape.rank() < 1) return context.Invalid("the input must have at least 1 dimension");
  const ir::Activation activation = context.params<ir::ActivationParams>().activation;
  if (activation != ir::Activation::kNone) {
    return context.Invalid("fused activation ", static_cast<int>(activation),
                           " is not supported; supported: NONE");
  }
  if (input.dtype() != DType::kFloat32 &&
      (!input.quantization().per_tensor() || !context.output(0).quantization().per_tensor())) {
    return context.Invalid("integers need per-tensor quantization of input and output");
  }
  auto* p = context.MakePrepared<Prepared>();
  p->depth = input.shape.back(0);
  p->rows = input.shape.Product(0, input.shape.rank() - 1);
  context.SetOutputShape(0, input.shape);
  return absl::OkStatus();
}

absl::Status EvalL2Normalization(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  // A range of rows worth a thread: about 64 k elements.
  const int64_t min_rows = 65536 / std::max<int64_t>(1, p.depth) + 1;
  context.pool().ParallelFor(p.rows, min_rows, [&](int64_t begin, int64_t end) {
    switch (context.input(0).dtype()) {
      case DType::kInt8:
        EvalQuantized<int8_t>(context, begin, end);
        break;
      case DType::kUInt8:
        EvalQuantized<uint8_t>(context, begin, end);
        break;
      default:
        ref::L2NormalizationF32(context.in<float>(0) + begin * p.depth, end - begin, p.depth,
                                context.out<float>(0) + begin * p.depth);
    }
  });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
