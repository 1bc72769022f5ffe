#include "core/kernels/ops/filter_op.h"

#include <limits>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/kernels/ref/quantize_on_the_fly.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

struct IntegerLimits {
  int32_t min, max;
};
IntegerLimits LimitsOf(DType dtype) {
  if (dtype == DType::kUInt8) return {0, 255};
  if (dtype == DType::kInt16) return {-32768, 32767};
  return {-128, 127};
}

absl::Status CheckTypes(ir::PrepareContext& context, const FilterOperands& at) {
  ET_RETURN_IF_ERROR(context.CheckInputType(
      at.input, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}));
  const DType type = context.input(at.input).dtype();
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {type}));
  if (type == DType::kFloat32) {
    ET_RETURN_IF_ERROR(context.CheckInputType(
        at.filter, {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kInt4}));
  } else if (type == DType::kUInt8) {
    ET_RETURN_IF_ERROR(context.CheckInputType(at.filter, {DType::kUInt8}));
  } else {
    ET_RETURN_IF_ERROR(context.CheckInputType(at.filter, {DType::kInt8, DType::kInt4}));
  }
  if (!context.has_input(at.bias)) return absl::OkStatus();
  if (type == DType::kFloat32) return context.CheckInputType(at.bias, {DType::kFloat32});
  if (type == DType::kInt16) {
    return context.CheckInputType(at.bias, {DType::kInt32, DType::kInt64});
  }
  return context.CheckInputType(at.bias, {DType::kInt32});
}

// Integer weights: one scale, or one for each output channel; zero points inside the type, and 0
// for signed weights (the TFLite quantization specification).
absl::Status CheckFilterQuantization(ir::PrepareContext& context, const FilterOperands& at) {
  const ir::Operand& filter = context.input(at.filter);
  const ir::Quantization& q = filter.quantization();
  const int32_t channels = filter.shape.dim(at.channel_axis);
  if (!q.per_tensor() && !q.per_channel()) {
    return context.Invalid("integer weights need one scale, or one for each output channel");
  }
  if (q.per_channel() &&
      (q.axis != at.channel_axis || q.scales.size() != static_cast<size_t>(channels))) {
    return context.Invalid("the weights have ", q.scales.size(), " scales along axis ", q.axis,
                           "; expected ", channels, " along axis ", at.channel_axis);
  }
  const bool is_unsigned = filter.dtype() == DType::kUInt8;
  for (int32_t zero : q.zero_points) {
    if (is_unsigned ? zero < 0 || zero > 255 : zero != 0) {
      return context.Invalid("the weights have zero point ", zero, "; expected ",
                             is_unsigned ? "0 to 255" : "0");
    }
  }
  if (is_unsigned && q.per_channel()) {
    return context.Invalid("uint8 weights with a scale for each channel; convert them to int8");
  }
  return absl::OkStatus();
}

absl::Status CheckActivationQuantization(ir::PrepareContext& context, const char* what,
                                         const ir::Operand& operand) {
  const ir::Quantization& q = operand.quantization();
  if (!q.per_tensor()) {
    return context.Invalid("the ", what, " is ", NameOf(operand.dtype()),
                           " and needs per-tensor quantization");
  }
  const bool symmetric = operand.dtype() == DType::kInt16;
  const IntegerLimits limits = symmetric ? IntegerLimits{0, 0} : LimitsOf(operand.dtype());
  if (q.zero_point() < limits.min || q.zero_point() > limits.max) {
    return context.Invalid("the ", what, " has zero point ", q.zero_point(), "; expected ",
                           limits.min, " to ", limits.max, " for ", NameOf(operand.dtype()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareFilterNumbers(ir::PrepareContext& context, FilterOperands operands,
                                  ir::Activation activation, FilterNumbers* numbers) {
  ET_RETURN_IF_ERROR(CheckTypes(context, operands));
  const ir::Operand& input = context.input(operands.input);
  const ir::Operand& filter = context.input(operands.filter);
  const int32_t channels = filter.shape.dim(operands.channel_axis);
  if (context.has_input(operands.bias)) {
    const ir::Shape& bias = context.input(operands.bias).shape;
    if (bias.rank() < 1 || bias.back(0) != channels || bias.num_elements() != channels) {
      return context.Invalid("the bias has shape ", bias.ToString(), "; expected [", channels, "]");
    }
  }
  numbers->operands = operands;
  if (!ref::FloatActivationRange(activation, &numbers->float_range)) {
    return context.Invalid("fused activation ", static_cast<int>(activation),
                           " is not supported; supported: NONE, RELU, RELU_N1_TO_1, RELU6");
  }
  const bool float_input = input.dtype() == DType::kFloat32;
  const bool integer_filter =
      filter.dtype() != DType::kFloat32 && filter.dtype() != DType::kFloat16;
  if (!integer_filter) return absl::OkStatus();
  ET_RETURN_IF_ERROR(CheckFilterQuantization(context, operands));
  if (float_input) {
    numbers->hybrid = true;
    const int64_t batches = input.shape.dim(0);
    context.AddScratch(input.num_elements());
    context.AddScratch(batches * static_cast<int64_t>(sizeof(float)));
    context.AddScratch(batches * static_cast<int64_t>(sizeof(int32_t)));
    return absl::OkStatus();
  }
  const ir::Operand& output = context.output(0);
  ET_RETURN_IF_ERROR(CheckActivationQuantization(context, "input", input));
  ET_RETURN_IF_ERROR(CheckActivationQuantization(context, "output", output));
  const ir::Quantization& in = input.quantization();
  const ir::Quantization& out = output.quantization();
  for (float scale : filter.quantization().scales) {
    const double product = static_cast<double>(in.scale()) * static_cast<double>(scale);
    numbers->multipliers.push_back(ToFixedMultiplier(product / out.scale()));
  }
  const auto [type_min, type_max] = LimitsOf(output.dtype());
  // An activation that is a range for floats is one here.
  (void)ref::QuantizedActivationRange(activation, out.scale(), out.zero_point(), type_min, type_max,
                                      &numbers->integer_range);
  numbers->zeros = {in.zero_point(), filter.quantization().zero_point()};
  numbers->output_zero = out.zero_point();
  return absl::OkStatus();
}

void QuantizeInput(ir::EvalContext& context, const FilterNumbers& numbers) {
  const ir::Operand& input = context.input(numbers.operands.input);
  const int64_t batches = input.shape.dim(0);
  if (batches == 0) return;
  const int64_t size = input.num_elements() / batches;
  const auto* from = static_cast<const float*>(input.data);
  auto* to = context.scratch<int8_t>(0);
  context.pool().ParallelFor(batches, 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const ref::OnTheFly q = ref::QuantizeAsymmetric(from + b * size, size, to + b * size);
      context.scratch<float>(1)[b] = q.scale;
      context.scratch<int32_t>(2)[b] = q.zero_point;
    }
  });
}

}  // namespace edgetasks::kernels
