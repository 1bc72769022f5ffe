#include "core/kernels/ops/depthwise_floats.h"

#include "core/kernels/ops/slots.h"
#include "core/kernels/simd/depthwise_f32/select.h"

namespace edgetasks::kernels {
namespace {

constexpr int32_t kMaxFilterRows = 64;
// Worth a thread, to which they are a few microseconds.
constexpr double kProductsAThread = 1e5;

}  // namespace

void ComputeDepthwiseFloats(const ir::EvalContext& context, const ref::DepthwiseShape& s,
                            const DepthwiseFloats& p, int64_t y,
                            absl::FunctionRef<const float*(int64_t input_y)> row_at, float* out) {
  const ref::Window::Taps taps = s.y.TapsAt(y);
  const float* rows[kMaxFilterRows];
  for (int32_t ky = 0; ky < s.y.filter; ++ky) {
    const int64_t input_y = taps.first + int64_t{ky - taps.begin} * s.y.dilation;
    rows[ky] = ky >= taps.begin && ky < taps.end ? row_at(input_y) : nullptr;
  }
  simd::DepthwiseF32Row r;
  r.rows = rows;
  r.weights = context.in<float>(1);
  r.bias = context.has_input(2) ? context.in<float>(2) : nullptr;
  r.range = p.range;
  r.filter_h = s.y.filter;
  r.filter_w = s.x.filter;
  r.channels = s.channels;
  r.width = s.x.input;
  r.out_width = s.x.output;
  r.stride = s.x.stride;
  r.dilation = s.x.dilation;
  r.pad = s.x.pad;
  p.kernels->row(r, out);
}

bool PrepareDepthwiseFloats(ir::PrepareContext& context, const FilterNumbers& numbers,
                            const ref::DepthwiseShape& shape, DepthwiseFloats* p) {
  if (context.input(0).dtype() != ir::DType::kFloat32 ||
      context.input(1).dtype() != ir::DType::kFloat32 || shape.multiplier != 1 ||
      shape.y.filter > kMaxFilterRows) {
    return false;
  }
  p->kernels = simd::SelectDepthwiseF32Kernels();
  p->range = {numbers.float_range.min, numbers.float_range.max};
  return p->kernels != nullptr;
}

void EvalDepthwiseFloats(ir::EvalContext& context, const ref::DepthwiseShape& s,
                         const DepthwiseFloats& p) {
  if (context.output(0).num_elements() == 0) return;
  const int64_t row_size = int64_t{s.x.input} * s.channels;
  const int64_t out_size = int64_t{s.x.output} * s.channels;
  const double products = static_cast<double>(s.rows() * s.x.output) *
                          static_cast<double>(s.channels) * static_cast<double>(s.y.filter) *
                          static_cast<double>(s.x.filter);
  ForEachSlot(
      context.pool(), context.pool().num_threads(), s.rows(), products, kProductsAThread,
      [&](int64_t, int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) {
          const float* image = context.in<float>(0) + row / s.y.output * s.y.input * row_size;
          ComputeDepthwiseFloats(
              context, s, p, row % s.y.output, [&](int64_t y) { return image + y * row_size; },
              context.out<float>(0) + row * out_size);
        }
      });
}

}  // namespace edgetasks::kernels
