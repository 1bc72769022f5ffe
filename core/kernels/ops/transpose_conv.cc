// TRANSPOSE_CONV. Inputs: output shape, filter, input, bias (optional).
#include "core/kernels/ref/transpose_conv.h"

#include <algorithm>
#include <vector>

#include "core/base/checked_math.h"
#include "core/kernels/ops/filter_op.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/window.h"

namespace edgetasks::kernels {
namespace {

constexpr FilterOperands kOperands = {/*input=*/2, /*filter=*/1, /*bias=*/3, /*channel_axis=*/0};

struct Prepared {
  FilterNumbers numbers;
  ref::TransposeConvShape shape;
  int parts = 1;
  int64_t tile_elements = 0;  // unpacked weights of one channel; 0 if nothing is unpacked
  int tile_scratch = 0;
};

absl::Status CheckShapes(ir::PrepareContext& context, ref::TransposeConvShape* s) {
  const ir::Shape& filter = context.input(1).shape;
  const ir::Shape& input = context.input(2).shape;
  if (input.rank() != 4 || filter.rank() != 4 || filter.dim(3) != input.dim(3)) {
    return context.Invalid("expected input [batch, h, w, c] and filter [out, h, w, c], got ",
                           input.ToString(), " and ", filter.ToString());
  }
  s->batches = input.dim(0);
  s->in_h = input.dim(1);
  s->in_w = input.dim(2);
  s->in_channels = input.dim(3);
  s->out_channels = filter.dim(0);
  s->filter_h = filter.dim(1);
  s->filter_w = filter.dim(2);
  if (context.input(0).shape.rank() != 1 || context.input(0).shape.dim(0) != 4) {
    return context.Invalid("the output shape (input 0) must have 4 values, got shape ",
                           context.input(0).shape.ToString());
  }
  return context.CheckInputType(0, {ir::DType::kInt32, ir::DType::kInt64});
}

// The padding is that of the convolution from the output's size to the input's.
absl::Status FixOutput(ir::PrepareContext& context, const ir::TransposeConvParams& params,
                       ref::TransposeConvShape* s) {
  std::vector<int64_t> wanted;
  ET_RETURN_IF_ERROR(context.IntValues(0, &wanted));
  constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
  if (wanted[0] != s->batches || wanted[3] != s->out_channels || wanted[1] < 1 ||
      wanted[1] > kMax || wanted[2] < 1 || wanted[2] > kMax) {
    return context.Invalid("the output shape is [", wanted[0], ", ", wanted[1], ", ", wanted[2],
                           ", ", wanted[3], "]; expected [", s->batches, ", h, w, ",
                           s->out_channels, "] with h and w of 1 or more");
  }
  s->out_h = static_cast<int32_t>(wanted[1]);
  s->out_w = static_cast<int32_t>(wanted[2]);
  s->stride_h = params.stride_h;
  s->stride_w = params.stride_w;
  ref::Window y, x;
  if (!ref::MakeWindow(params.padding, s->out_h, s->filter_h, s->stride_h, 1, &y) ||
      !ref::MakeWindow(params.padding, s->out_w, s->filter_w, s->stride_w, 1, &x)) {
    return context.Invalid("filter ", context.input(1).shape.ToString(), " with strides [",
                           s->stride_h, ", ", s->stride_w, "] has no place in an output of [",
                           s->out_h, ", ", s->out_w, "]");
  }
  s->pad_h = y.pad;
  s->pad_w = x.pad;
  context.SetOutputShape(0, {s->batches, s->out_h, s->out_w, s->out_channels});
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareTransposeConv(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 4, 1));
  const auto params = context.params<ir::TransposeConvParams>();
  auto* p = context.MakePrepared<Prepared>();
  ref::TransposeConvShape& s = p->shape;
  ET_RETURN_IF_ERROR(CheckShapes(context, &s));
  ET_RETURN_IF_ERROR(PrepareFilterNumbers(context, kOperands, params.activation, &p->numbers));
  p->parts = std::max(1, context.num_threads());
  const ir::DType weights = context.input(1).dtype();
  if (weights == ir::DType::kFloat16 || weights == ir::DType::kInt4) {
    const int64_t size = weights == ir::DType::kFloat16 ? sizeof(float) : sizeof(int8_t);
    int64_t bytes = 0;
    p->tile_elements = s.filter_size();
    if (!CheckedMul<int64_t>(p->tile_elements, size * p->parts, &bytes)) {
      return context.Invalid("filter ", context.input(1).shape.ToString(), " is too large");
    }
    p->tile_scratch = context.AddScratch(bytes);
  }
  if (!context.is_known(0)) {
    context.SetOutputShapeUnknown(0);
    return absl::OkStatus();
  }
  return FixOutput(context, params, &s);
}

absl::Status EvalTransposeConv(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ref::TransposeConvShape& s = p.shape;
  WithArithmetic(context, p.numbers, [&](const auto& arithmetic, const auto* input, auto filter) {
    using A = std::decay_t<decltype(arithmetic)>;
    auto* output = context.out<typename A::Out>(0);
    const auto run = [&](int64_t index) {
      const int64_t row_begin = s.rows() * index / p.parts;
      const int64_t row_end = s.rows() * (index + 1) / p.parts;
      typename A::Filter* tile = nullptr;
      if (!filter.direct()) {
        tile = context.scratch<typename A::Filter>(p.tile_scratch) + index * p.tile_elements;
      }
      const int32_t step = filter.direct() ? s.out_channels : 1;
      for (int32_t c = 0; c < s.out_channels; c += step) {
        const auto* weights = filter.Load(c * s.filter_size(), step * s.filter_size(), tile);
        ref::TransposeConv(s, arithmetic, input, weights, row_begin, row_end, c, c + step, output);
      }
    };
    context.pool().ParallelFor(p.parts, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) run(i);
    });
  });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
