// CONV_2D, grouped where the filter has fewer channels than the input.
#include "core/kernels/ops/conv_2d.h"

#include <algorithm>

#include "core/base/checked_math.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

constexpr FilterOperands kOperands = {/*input=*/0, /*filter=*/1, /*bias=*/2, /*channel_axis=*/0};
// Weights that are not in the arithmetic's type are unpacked for so many output channels at a time.
constexpr int32_t kTileChannels = 4;

absl::Status CheckShapes(ir::PrepareContext& context, const ir::Conv2DParams& params,
                         ref::ConvShape* s) {
  const ir::Shape& input = context.input(0).shape;
  const ir::Shape& filter = context.input(1).shape;
  if (input.rank() != 4 || filter.rank() != 4) {
    return context.Invalid("expected input [batch, h, w, c] and filter [out, h, w, c], got ",
                           input.ToString(), " and ", filter.ToString());
  }
  s->batches = input.dim(0);
  s->in_channels = input.dim(3);
  s->out_channels = filter.dim(0);
  s->filter_channels = filter.dim(3);
  if (s->filter_channels < 1 || s->in_channels < 1 || s->out_channels < 1 ||
      s->in_channels % s->filter_channels != 0 ||
      s->out_channels % (s->in_channels / s->filter_channels) != 0) {
    return context.Invalid("filter ", filter.ToString(), " does not fit input ", input.ToString(),
                           ": the filter's channels must divide the input's, and the number of "
                           "groups the output's");
  }
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

// Part `part` of `parts`: a range of rows, or of tiles of channels where rows are few.
ref::ConvPart PartOf(const ref::ConvShape& s, int64_t part, int64_t parts) {
  const int64_t rows = s.rows();
  if (rows >= parts * 2) {
    return {rows * part / parts, rows * (part + 1) / parts, 0, s.out_channels};
  }
  const int64_t tiles = (int64_t{s.out_channels} + kTileChannels - 1) / kTileChannels;
  const auto channel = [&](int64_t tile) {
    return static_cast<int32_t>(std::min<int64_t>(s.out_channels, tile * kTileChannels));
  };
  return {0, rows, channel(tiles * part / parts), channel(tiles * (part + 1) / parts)};
}

}  // namespace

absl::Status PrepareConv2DFor(ir::PrepareContext& context, ConvCaller caller) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 3, 1));
  const auto params = context.params<ir::Conv2DParams>();
  auto* p = context.MakePrepared<Conv2D>();
  ref::ConvShape& s = p->shape;
  ET_RETURN_IF_ERROR(CheckShapes(context, params, &s));
  ET_RETURN_IF_ERROR(PrepareFilterNumbers(context, kOperands, params.activation, &p->numbers));
  context.SetOutputShape(0, {s.batches, s.y.output, s.x.output, s.out_channels});
  p->by_panels = PrepareConvPanels(context, p->numbers, s, caller, &p->panels);
  p->by_floats = !p->by_panels && PrepareConvFloats(context, p->numbers, s, caller, &p->floats);
  context.SetMethod(p->by_panels ? "integer panels" : p->by_floats ? "float panels" : "loops");
  if (p->by_panels || p->by_floats) return absl::OkStatus();
  p->parts = std::max(1, context.num_threads());
  const ir::DType weights = context.input(1).dtype();
  if (weights == ir::DType::kFloat16 || weights == ir::DType::kInt4) {
    const int64_t size = weights == ir::DType::kFloat16 ? sizeof(float) : sizeof(int8_t);
    int64_t bytes = 0;
    if (!CheckedMul<int64_t>(s.filter_size(), kTileChannels, &p->tile_elements) ||
        !CheckedMul<int64_t>(p->tile_elements, size * p->parts, &bytes)) {
      return context.Invalid("filter ", context.input(1).shape.ToString(), " is too large");
    }
    p->tile_scratch = context.AddScratch(bytes);
  }
  return absl::OkStatus();
}

absl::Status PrepareConv2D(ir::PrepareContext& context) {
  return PrepareConv2DFor(context, ConvCaller::kOp);
}

absl::Status EvalConv2D(ir::EvalContext& context) {
  const auto& p = context.prepared<Conv2D>();
  const ref::ConvShape& s = p.shape;
  if (p.by_panels) {
    EvalConvPanels(context, s, p.panels);
    return absl::OkStatus();
  }
  if (p.by_floats) {
    EvalConvFloats(context, s, p.floats);
    return absl::OkStatus();
  }
  WithArithmetic(context, p.numbers, [&](const auto& arithmetic, const auto* input, auto filter) {
    using A = std::decay_t<decltype(arithmetic)>;
    auto* output = context.out<typename A::Out>(0);
    const auto run = [&](int64_t index) {
      const ref::ConvPart part = PartOf(s, index, p.parts);
      typename A::Filter* tile = nullptr;
      int32_t step = part.channel_end - part.channel_begin;
      if (!filter.direct()) {
        tile = context.scratch<typename A::Filter>(p.tile_scratch) + index * p.tile_elements;
        step = kTileChannels;
      }
      for (int32_t c = part.channel_begin; c < part.channel_end;) {
        const int32_t end = c + std::min(step, part.channel_end - c);
        const auto* rows =
            filter.Load(c * s.filter_size(), int64_t{end - c} * s.filter_size(), tile);
        ref::Conv2D(s, arithmetic, input, rows, {part.row_begin, part.row_end, c, end}, output);
        c = end;
      }
    };
    context.pool().ParallelFor(p.parts, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) run(i);
    });
  });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
