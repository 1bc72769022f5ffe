// LEAKY_RELU: x >= 0 ? x : alpha * x.
#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/quantized_arithmetic.h"
#include "core/kernels/ref/unary_math.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

struct Prepared {
  ref::LeakyRelu real;
  ref::Affine input, output;
  bool in_integers = false;  // otherwise through real numbers: extreme scales
};

template <typename T>
void EvalQuantized(ir::EvalContext& context, const Prepared& p) {
  if (p.in_integers) {
    ref::QuantizedLeakyRelu<T> function;
    function.Init(p.input, p.output, p.real.alpha);
    MapUnary<T, T>(context, function);
  } else {
    MapUnary<T, T>(context, [&p](T x) {
      return ref::QuantizeTo<T>(p.real(ref::Dequantize<double>(x, p.input)), p.output);
    });
  }
}

}  // namespace

absl::Status PrepareLeakyRelu(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ref::RealFormat input, output;
  ET_RETURN_IF_ERROR(InputFormat(context, 0, &input));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {input.dtype}));
  ET_RETURN_IF_ERROR(OutputFormat(context, 0, &output));
  auto* p = context.MakePrepared<Prepared>();
  p->real.alpha = context.params<ir::LeakyReluParams>().alpha;
  p->input = input.affine;
  p->output = output.affine;
  p->in_integers = ref::QuantizedLeakyRelu<int16_t>().Init(p->input, p->output, p->real.alpha);
  return SetOutputShapeOfInput(context);
}

absl::Status EvalLeakyRelu(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  switch (context.input(0).dtype()) {
    case DType::kInt8:
      EvalQuantized<int8_t>(context, p);
      break;
    case DType::kUInt8:
      EvalQuantized<uint8_t>(context, p);
      break;
    case DType::kInt16:
      EvalQuantized<int16_t>(context, p);
      break;
    default:
      MapUnary<float, float>(context, p.real);
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
