#include "core/kernels/ops/depthwise_bytes.h"

#include <algorithm>
#include <cstring>

#include "core/kernels/ops/slots.h"
#include "core/kernels/simd/depthwise/select.h"

namespace edgetasks::kernels {
namespace {

// Worth a thread, to which they are a few microseconds.
constexpr double kProductsAThread = 1e5;

}  // namespace

void ComputeDepthwiseBytes(const ir::EvalContext& context, const ref::DepthwiseShape& s,
                           const DepthwiseBytes& p, int64_t y,
                           absl::FunctionRef<const uint8_t*(int64_t input_y)> row_at,
                           uint8_t* out) {
  const auto* zeros = context.scratch<uint8_t>(p.zero_scratch);
  const ref::Window::Taps taps = s.y.TapsAt(y);
  simd::DepthwiseInputRow rows[simd::kMaxDepthwiseTaps];
  for (int32_t ky = 0; ky < s.y.filter; ++ky) {
    const bool inside = ky >= taps.begin && ky < taps.end;
    const int64_t input_y = taps.first + int64_t{ky - taps.begin} * s.y.dilation;
    rows[ky] = inside ? simd::DepthwiseInputRow{row_at(input_y), s.channels}
                      : simd::DepthwiseInputRow{zeros, 0};
  }
  simd::DepthwiseRow r;
  r.rows = rows;
  r.filter_h = s.y.filter;
  r.filter_w = s.x.filter;
  r.channels = s.channels;
  r.width = s.x.input;
  r.out_width = s.x.output;
  r.stride = s.x.stride;
  r.dilation = s.x.dilation;
  r.pad = s.x.pad;
  r.flip = p.bytes.input_flip;
  r.zero = p.bytes.input_zero;
  r.zeros = zeros;
  p.kernels->row(r, context.scratch<uint8_t>(p.filter_scratch), out);
}

bool PrepareDepthwiseBytes(ir::PrepareContext& context, const FilterNumbers& numbers,
                           const ref::DepthwiseShape& shape, DepthwiseBytes* p) {
  const int64_t taps = int64_t{shape.y.filter} * shape.x.filter;
  if (shape.multiplier != 1 || context.input(1).dtype() == ir::DType::kInt4 ||
      taps > simd::kMaxDepthwiseTaps || !MakeFilterBytes(context, numbers, &p->bytes)) {
    return false;
  }
  p->kernels = simd::SelectDepthwiseKernels();
  if (p->kernels == nullptr) return false;
  FindExactFloats(*p->kernels, shape.channels, &p->bytes);
  p->slots = std::max(1, context.num_threads());
  p->filter_scratch = context.AddScratch(p->kernels->packed_bytes(taps, shape.channels));
  p->zero_scratch = context.AddScratch(shape.channels);
  return true;
}

void PackDepthwiseBytes(ir::EvalContext& context, const ref::DepthwiseShape& s,
                        const DepthwiseBytes& p) {
  std::memset(context.scratch<uint8_t>(p.zero_scratch), p.bytes.input_zero ^ p.bytes.input_flip,
              static_cast<size_t>(s.channels));
  simd::DepthwiseWeights weights;
  weights.data = static_cast<const uint8_t*>(context.input(1).data);
  weights.filter_h = s.y.filter;
  weights.filter_w = s.x.filter;
  weights.channels = s.channels;
  weights.flip = p.bytes.weight_flip;
  weights.zero = p.bytes.weight_zero;
  p.kernels->pack(weights, RequantizationFrom(context, p.bytes, 0), p.bytes.input_zero,
                  context.scratch<uint8_t>(p.filter_scratch));
}

void EvalDepthwiseBytes(ir::EvalContext& context, const ref::DepthwiseShape& s,
                        const DepthwiseBytes& p) {
  if (context.output(0).num_elements() == 0) return;
  PackDepthwiseBytes(context, s, p);
  const int64_t row_bytes = int64_t{s.x.input} * s.channels;
  const int64_t out_bytes = int64_t{s.x.output} * s.channels;
  const double products = static_cast<double>(s.rows() * s.x.output) *
                          static_cast<double>(s.channels) * static_cast<double>(s.y.filter) *
                          static_cast<double>(s.x.filter);
  ForEachSlot(
      context.pool(), p.slots, s.rows(), products, kProductsAThread,
      [&](int64_t, int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) {
          const uint8_t* image = context.in<uint8_t>(0) + row / s.y.output * s.y.input * row_bytes;
          ComputeDepthwiseBytes(
              context, s, p, row % s.y.output, [&](int64_t y) { return image + y * row_bytes; },
              context.out<uint8_t>(0) + row * out_bytes);
        }
      });
}

}  // namespace edgetasks::kernels
