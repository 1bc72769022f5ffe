// DEPTHWISE_CONV_2D: every input channel has its own filters.
#include "core/kernels/ops/depthwise_conv_2d.h"

#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

constexpr FilterOperands kOperands = {/*input=*/0, /*filter=*/1, /*bias=*/2, /*channel_axis=*/3};

absl::Status CheckShapes(ir::PrepareContext& context, const ir::DepthwiseConv2DParams& params,
                         ref::DepthwiseShape* s) {
  const ir::Shape& input = context.input(0).shape;
  const ir::Shape& filter = context.input(1).shape;
  if (input.rank() != 4 || filter.rank() != 4 || filter.dim(0) != 1) {
    return context.Invalid("expected input [batch, h, w, c] and filter [1, h, w, out], got ",
                           input.ToString(), " and ", filter.ToString());
  }
  s->batches = input.dim(0);
  s->channels = filter.dim(3);
  if (input.dim(3) < 1 || s->channels < 1 || s->channels % input.dim(3) != 0) {
    return context.Invalid("filter ", filter.ToString(), " does not fit input ", input.ToString(),
                           ": the filter's channels must be a multiple of the input's");
  }
  s->multiplier = s->channels / input.dim(3);
  if (!ref::MakeWindow(params.padding, input.dim(1), filter.dim(1), params.stride_h,
                       params.dilation_h, &s->y) ||
      !ref::MakeWindow(params.padding, input.dim(2), filter.dim(2), params.stride_w,
                       params.dilation_w, &s->x)) {
    return context.Invalid("filter ", filter.ToString(), " with strides [", params.stride_h, ", ",
                           params.stride_w, "] and dilations [", params.dilation_h, ", ",
                           params.dilation_w, "] has no place in input ", input.ToString());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareDepthwiseConv2D(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 3, 1));
  const auto params = context.params<ir::DepthwiseConv2DParams>();
  auto* p = context.MakePrepared<DepthwiseConv2D>();
  const ref::DepthwiseShape& s = p->shape;
  ET_RETURN_IF_ERROR(CheckShapes(context, params, &p->shape));
  ET_RETURN_IF_ERROR(PrepareFilterNumbers(context, kOperands, params.activation, &p->numbers));
  p->by_bytes = PrepareDepthwiseBytes(context, p->numbers, s, &p->bytes);
  p->by_floats = !p->by_bytes && PrepareDepthwiseFloats(context, p->numbers, s, &p->floats);
  context.SetMethod(p->by_bytes ? "integer rows" : p->by_floats ? "float rows" : "loops");
  constexpr double kWorthwhileProducts = 32768;
  const double products_a_row = 1.0 * s.x.output * s.channels * s.x.filter * s.y.filter;
  p->min_rows = static_cast<int64_t>(kWorthwhileProducts / (products_a_row + 1)) + 1;
  context.SetOutputShape(0, {s.batches, s.y.output, s.x.output, s.channels});
  return absl::OkStatus();
}

absl::Status EvalDepthwiseConv2D(ir::EvalContext& context) {
  const auto& p = context.prepared<DepthwiseConv2D>();
  if (p.by_bytes) {
    EvalDepthwiseBytes(context, p.shape, p.bytes);
    return absl::OkStatus();
  }
  if (p.by_floats) {
    EvalDepthwiseFloats(context, p.shape, p.floats);
    return absl::OkStatus();
  }
  WithArithmetic(context, p.numbers, [&](const auto& arithmetic, const auto* input, auto filter) {
    using A = std::decay_t<decltype(arithmetic)>;
    auto* output = context.out<typename A::Out>(0);
    context.pool().ParallelFor(p.shape.rows(), p.min_rows, [&](int64_t begin, int64_t end) {
      ref::DepthwiseConv2D(p.shape, arithmetic, input, filter, begin, end, output);
    });
  });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
