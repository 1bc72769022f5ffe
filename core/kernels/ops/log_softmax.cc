// LOG_SOFTMAX over the last axis.
#include <algorithm>

#include "core/kernels/ops/op.h"
#include "core/kernels/ref/softmax.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

struct Prepared {
  int64_t rows = 0;
  int64_t depth = 0;
};

template <typename T>
void EvalQuantized(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Quantization& out = context.output(0).quantization();
  ref::LogSoftmaxQuantized(context.in<T>(0), p.rows, p.depth,
                           context.input(0).quantization().scale(), out.scale(), out.zero_point(),
                           context.scratch<float>(0), context.out<T>(0));
}

}  // namespace

absl::Status PrepareLogSoftmax(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kFloat32, DType::kInt8, DType::kUInt8}));
  const ir::Operand& input = context.input(0);
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {input.dtype()}));
  if (input.shape.rank() < 1) return context.Invalid("the input must have at least 1 dimension");

  auto* p = context.MakePrepared<Prepared>();
  p->depth = input.shape.back(0);
  p->rows = input.shape.Product(0, input.shape.rank() - 1);
  if (input.dtype() != DType::kFloat32) {
    if (!input.quantization().per_tensor() || !context.output(0).quantization().per_tensor()) {
      return context.Invalid("integers need per-tensor quantization of input and output");
    }
    context.AddScratch(p->depth * sizeof(float));
  }
  context.SetOutputShape(0, input.shape);
  return absl::OkStatus();
}

absl::Status EvalLogSoftmax(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  switch (context.input(0).dtype()) {
    case DType::kInt8:
      EvalQuantized<int8_t>(context);
      break;
    case DType::kUInt8:
      EvalQuantized<uint8_t>(context);
      break;
    default: {
      const float* input = context.in<float>(0);
      float* output = context.out<float>(0);
      // A range of rows worth a thread: about 16 k exponentials.
      const int64_t min_rows = 16384 / std::max<int64_t>(1, p.depth) + 1;
      context.pool().ParallelFor(p.rows, min_rows, [&](int64_t begin, int64_t end) {
        ref::LogSoftmaxF32(input + begin * p.depth, end - begin, p.depth, output + begin * p.depth);
      });
    }
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
