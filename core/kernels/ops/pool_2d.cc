// AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D.
#include "core/kernels/ref/pool_2d.h"

#include <cmath>
#include <limits>

#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;
using ref::PoolKind;

struct Prepared {
  ref::PoolShape shape;
  ref::ActivationRange<float> float_range;
  ref::ActivationRange<int32_t> integer_range;
  int64_t min_rows = 1;  // worth a thread
};

template <typename T>
[[nodiscard]] bool IntegerRange(ir::Activation activation, const ir::Quantization& q,
                                ref::ActivationRange<int32_t>* range) {
  return ref::QuantizedActivationRange(activation, q.scale(), q.zero_point(),
                                       std::numeric_limits<T>::min(), std::numeric_limits<T>::max(),
                                       range);
}

// Pooling works on the stored integers: they must mean the same before and after.
absl::Status PrepareRange(ir::PrepareContext& context, ir::Activation activation, Prepared* p) {
  const DType type = context.input(0).dtype();
  bool known = false;
  if (type == DType::kFloat32) {
    known = ref::FloatActivationRange(activation, &p->float_range);
  } else {
    const ir::Quantization& in = context.input(0).quantization();
    const ir::Quantization& out = context.output(0).quantization();
    if (!in.per_tensor() || !out.per_tensor()) {
      return context.Invalid("integer pooling needs per-tensor quantization of input and output");
    }
    if (std::fabs(in.scale() - out.scale()) > 1e-6f || in.zero_point() != out.zero_point()) {
      return context.Invalid("input and output of integer pooling must share scale and zero point");
    }
    known = type == DType::kInt8    ? IntegerRange<int8_t>(activation, out, &p->integer_range)
            : type == DType::kUInt8 ? IntegerRange<uint8_t>(activation, out, &p->integer_range)
                                    : IntegerRange<int16_t>(activation, out, &p->integer_range);
  }
  if (known) return absl::OkStatus();
  return context.Invalid("fused activation ", static_cast<int>(activation),
                         " is not supported; supported: NONE, RELU, RELU_N1_TO_1, RELU6");
}

absl::Status Prepare(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  if (context.op().code == ir::OpCode::L2_POOL_2D) {
    ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kFloat32}));
  }
  ET_RETURN_IF_ERROR(
      context.CheckInputType(0, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}));
  const ir::Operand& input = context.input(0);
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {input.dtype()}));
  if (input.shape.rank() != 4) {
    return context.Invalid("expected input [batch, h, w, c], got ", input.shape.ToString());
  }
  const auto params = context.params<ir::Pool2DParams>();
  auto* p = context.MakePrepared<Prepared>();
  ref::PoolShape& s = p->shape;
  s.batches = input.shape.dim(0);
  s.channels = input.shape.dim(3);
  if (!ref::MakeWindow(params.padding, input.shape.dim(1), params.filter_h, params.stride_h, 1,
                       &s.y) ||
      !ref::MakeWindow(params.padding, input.shape.dim(2), params.filter_w, params.stride_w, 1,
                       &s.x)) {
    return context.Invalid("a window of [", params.filter_h, ", ", params.filter_w,
                           "] with strides [", params.stride_h, ", ", params.stride_w,
                           "] has no place in input ", input.shape.ToString());
  }
  ET_RETURN_IF_ERROR(PrepareRange(context, params.activation, p));
  constexpr double kWorthwhileElements = 65536;
  const double elements_a_row = 1.0 * s.x.output * s.channels * s.x.filter * s.y.filter;
  p->min_rows = static_cast<int64_t>(kWorthwhileElements / (elements_a_row + 1)) + 1;
  context.SetOutputShape(0, {s.batches, s.y.output, s.x.output, s.channels});
  return absl::OkStatus();
}

absl::Status Eval(ir::EvalContext& context, PoolKind kind) {
  const auto& p = context.prepared<Prepared>();
  context.pool().ParallelFor(p.shape.rows(), p.min_rows, [&](int64_t begin, int64_t end) {
    switch (context.input(0).dtype()) {
      case DType::kInt8:
        ref::PoolInteger(kind, p.shape, p.integer_range, context.in<int8_t>(0), begin, end,
                         context.out<int8_t>(0));
        break;
      case DType::kUInt8:
        ref::PoolInteger(kind, p.shape, p.integer_range, context.in<uint8_t>(0), begin, end,
                         context.out<uint8_t>(0));
        break;
      case DType::kInt16:
        ref::PoolInteger(kind, p.shape, p.integer_range, context.in<int16_t>(0), begin, end,
                         context.out<int16_t>(0));
        break;
      default:
        ref::PoolF32(kind, p.shape, p.float_range, context.in<float>(0), begin, end,
                     context.out<float>(0));
    }
  });
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareAveragePool2D(ir::PrepareContext& context) { return Prepare(context); }
absl::Status EvalAveragePool2D(ir::EvalContext& context) {
  return Eval(context, PoolKind::kAverage);
}

absl::Status PrepareMaxPool2D(ir::PrepareContext& context) { return Prepare(context); }
absl::Status EvalMaxPool2D(ir::EvalContext& context) { return Eval(context, PoolKind::kMax); }

absl::Status PrepareL2Pool2D(ir::PrepareContext& context) { return Prepare(context); }
absl::Status EvalL2Pool2D(ir::EvalContext& context) { return Eval(context, PoolKind::kL2); }

}  // namespace edgetasks::kernels
