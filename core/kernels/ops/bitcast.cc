// BITCAST: the same bytes under another element type. A wider type takes its elements from an
// innermost dimension of the input, a narrower one gives the output a new innermost dimension.
// Source: TensorFlow, tf.bitcast.
#include <cstring>

#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {

using ir::DType;

absl::Status PrepareBitcast(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  const auto types = {DType::kFloat32, DType::kFloat16, DType::kBFloat16,
                      DType::kInt8,    DType::kUInt8,   DType::kInt16,
                      DType::kInt32,   DType::kInt64,   DType::kBool};
  ET_RETURN_IF_ERROR(context.CheckInputType(0, types));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, types));
  const ir::Shape& input = context.input(0).shape;
  const int from = ir::BitsOf(context.input(0).dtype());
  const int to = ir::BitsOf(context.output(0).dtype());
  if (from > to) {
    if (input.rank() == ir::Shape::kMaxRank) {
      return context.Invalid("the input has ", input.rank(), " dimensions; the output would need ",
                             "one more than is possible");
    }
    ir::Shape output = input;
    output.Append(from / to);
    context.SetOutputShape(0, output);
  } else if (from < to) {
    if (input.rank() < 1 || input.back(0) != to / from) {
      return context.Invalid("from ", from, " to ", to,
                             " bits, the input's last dimension must be ", to / from,
                             "; its shape is ", input.ToString());
    }
    context.SetOutputShape(0, ir::Shape(input.dims().subspan(0, input.rank() - 1)));
  } else {
    context.SetOutputShape(0, input);
  }
  return absl::OkStatus();
}

absl::Status EvalBitcast(ir::EvalContext& context) {
  const void* input = context.in<void>(0);
  void* output = context.out<void>(0);
  const int64_t bytes =
      context.output(0).num_elements() * (ir::BitsOf(context.output(0).dtype()) / 8);
  if (bytes > 0 && output != input) std::memcpy(output, input, bytes);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
