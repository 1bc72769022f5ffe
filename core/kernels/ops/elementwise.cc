#include "core/kernels/ops/elementwise.h"

#include <algorithm>
#include <limits>

namespace edgetasks::kernels {
namespace {

using ir::DType;

bool IsValueOf(DType dtype, int32_t value) {
  switch (dtype) {
    case DType::kInt4:
      return value >= -8 && value <= 7;
    case DType::kInt8:
      return value >= -128 && value <= 127;
    case DType::kUInt8:
      return value >= 0 && value <= 255;
    case DType::kInt16:
      return value >= -32768 && value <= 32767;
    default:
      return true;
  }
}

absl::Status OperandAffine(const ir::PrepareContext& context, const char* kind, int i,
                           const ir::Operand& operand, ref::Affine* affine) {
  const ir::Quantization& quantization = operand.quantization();
  if (!quantization.per_tensor()) {
    return context.Invalid(kind, " ", i, " is ", ir::NameOf(operand.dtype()),
                           " and needs one scale and zero point for the whole tensor");
  }
  if (!IsValueOf(operand.dtype(), quantization.zero_point())) {
    return context.Invalid(kind, " ", i, " has zero point ", quantization.zero_point(),
                           ", which is no ", ir::NameOf(operand.dtype()));
  }
  *affine = {quantization.scale(), quantization.zero_point()};
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareBroadcast(ir::PrepareContext& context, ref::BroadcastPlan* plan) {
  const int inputs = std::min(context.num_inputs(), ref::BroadcastPlan::kMaxOperands);
  ir::Shape output = context.input(0).shape;
  for (int i = 1; i < inputs; ++i) {
    if (!ir::BroadcastShapes(output, context.input(i).shape, &output)) {
      return context.Invalid("input ", i, " has shape ", context.input(i).shape.ToString(),
                             ", which does not broadcast with ", output.ToString());
    }
  }
  int64_t bytes = 0;
  // 8 bytes an element: so counts and offsets in any type fit.
  if (!ir::CheckedBytes(output, DType::kInt64, &bytes)) {
    return context.Invalid("the inputs broadcast to ", output.ToString(), ", which is too large");
  }
  const ir::Shape& a = context.input(0).shape;
  const ir::Shape& b = inputs > 1 ? context.input(1).shape : a;
  const ir::Shape& c = inputs > 2 ? context.input(2).shape : b;
  *plan = ref::PlanBroadcast(output, {a, b, c});
  context.SetOutputShape(0, output);
  return absl::OkStatus();
}

absl::Status SetOutputShapeOfInput(ir::PrepareContext& context) {
  int64_t bytes = 0;
  if (!ir::CheckedBytes(context.input(0).shape, DType::kInt64, &bytes)) {
    return context.Invalid("the input's shape ", context.input(0).shape.ToString(),
                           " is too large");
  }
  context.SetOutputShape(0, context.input(0).shape);
  return absl::OkStatus();
}

absl::Status InputAffine(const ir::PrepareContext& context, int i, ref::Affine* affine) {
  return OperandAffine(context, "input", i, context.input(i), affine);
}

absl::Status OutputAffine(const ir::PrepareContext& context, int i, ref::Affine* affine) {
  return OperandAffine(context, "output", i, context.output(i), affine);
}

absl::Status InputFormat(const ir::PrepareContext& context, int i, ref::RealFormat* format) {
  ET_RETURN_IF_ERROR(
      context.CheckInputType(i, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}));
  format->dtype = context.input(i).dtype();
  if (format->dtype == DType::kFloat32) return absl::OkStatus();
  return InputAffine(context, i, &format->affine);
}

absl::Status OutputFormat(const ir::PrepareContext& context, int i, ref::RealFormat* format) {
  ET_RETURN_IF_ERROR(
      context.CheckOutputType(i, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}));
  format->dtype = context.output(i).dtype();
  if (format->dtype == DType::kFloat32) return absl::OkStatus();
  return OutputAffine(context, i, &format->affine);
}

bool BinaryTypesAre(const ir::PrepareContext& context, DType dtype) {
  return context.input(0).dtype() == dtype && context.input(1).dtype() == dtype &&
         context.output(0).dtype() == dtype;
}

absl::Status RealBinary::Prepare(ir::PrepareContext& context, Function real_function) {
  function = real_function;
  for (const ir::Operand* operand : {&context.input(0), &context.input(1), &context.output(0)}) {
    const DType dtype = operand->dtype();
    if (dtype == DType::kFloat32 || dtype == DType::kInt8 || dtype == DType::kUInt8 ||
        dtype == DType::kInt16) {
      continue;
    }
    return Unsupported(ErrorDetail::kUnsupportedType, context.op().DisplayName(), ": ",
                       ir::NameOf(context.input(0).dtype()), " and ",
                       ir::NameOf(context.input(1).dtype()), " to ",
                       ir::NameOf(context.output(0).dtype()), " is not supported here; of these ",
                       "types float32, int8, uint8 and int16 may be mixed (integers quantized)");
  }
  ET_RETURN_IF_ERROR(InputFormat(context, 0, &a));
  ET_RETURN_IF_ERROR(InputFormat(context, 1, &b));
  ET_RETURN_IF_ERROR(OutputFormat(context, 0, &output));
  return PrepareBroadcast(context, &plan);
}

void RealBinary::Eval(ir::EvalContext& context) const {
  constexpr int64_t kBlock = 256;
  const void* a_data = context.in<void>(0);
  const void* b_data = context.in<void>(1);
  void* output_data = context.out<void>(0);
  context.pool().ParallelFor(
      plan.count, kMinElementsPerThread / 4, [&](int64_t begin, int64_t end) {
        double x[kBlock], y[kBlock];
        ref::ForEachBroadcastRun<2>(plan, begin, end, [&](const ref::BroadcastRun<2>& run) {
          for (int64_t done = 0; done < run.length; done += kBlock) {
            const int64_t n = std::min(kBlock, run.length - done);
            ref::LoadReal(a, a_data, run.operand[0] + done * run.stride[0], run.stride[0], n, x);
            ref::LoadReal(b, b_data, run.operand[1] + done * run.stride[1], run.stride[1], n, y);
            for (int64_t i = 0; i < n; ++i) x[i] = function(x[i], y[i]);
            if (clamps) {
              for (int64_t i = 0; i < n; ++i) x[i] = std::min(max, std::max(min, x[i]));
            }
            ref::StoreReal(output, x, n, output_data, run.output + done);
          }
        });
      });
}

}  // namespace edgetasks::kernels
