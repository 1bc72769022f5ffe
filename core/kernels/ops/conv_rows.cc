#include "core/kernels/ops/conv_rows.h"

#include <algorithm>

#include "core/base/cpu_features.h"
#include "core/kernels/ops/pixel_taps.h"
#include "core/kernels/ops/slots.h"
#include "core/kernels/simd/attention/select.h"
#include "core/kernels/simd/dot/select.h"

namespace edgetasks::kernels {
namespace {

// The rows of a tile should stay in the first-level cache while the filter passes by.
constexpr int64_t kTileFloats = 8192;
// Larger filters are no pictures' filters, and the sizes below must not overflow.
constexpr int64_t kMaxDepth = int64_t{1} << 24;

// A filter of one tap that looks at every pixel: the rows are the input itself.
bool RowsAreInput(const ref::ConvShape& s) {
  return s.y.filter == 1 && s.x.filter == 1 && s.y.stride == 1 && s.x.stride == 1 && s.y.pad == 0 &&
         s.x.pad == 0 && s.y.output == s.y.input && s.x.output == s.x.input;
}

// Output pixel `pixel` of all batches as a row of filter_size() numbers, zeros outside the input.
void MakeRow(const float* input, const ref::ConvShape& s, int64_t pixel, float* row) {
  const PixelTaps taps(s, pixel);
  if (taps.elements_outside() > 0) std::fill_n(row, s.filter_size(), 0.0f);
  taps.ForEachRun(
      [&](int64_t from, int64_t to, int64_t count) { std::copy_n(input + from, count, row + to); });
}

void ComputeTile(ir::EvalContext& context, const ref::ConvShape& s, const ConvRows& p,
                 int64_t first, int64_t count, float* rows) {
  const float* input = context.in<float>(0);
  const int64_t depth = s.filter_size(), columns = s.out_channels;
  if (p.row_scratch < 0) {
    input += first * depth;
  } else {
    for (int64_t i = 0; i < count; ++i) MakeRow(input, s, first + i, rows + i * depth);
    input = rows;
  }
  float* output = context.out<float>(0) + first * columns;
  p.dot({count, columns, depth, input, depth, context.in<float>(1), depth, output, columns, 0});
  const float* bias = context.has_input(2) ? context.in<float>(2) : nullptr;
  for (int64_t i = 0; i < count; ++i, output += columns) {
    if (bias != nullptr) {
      for (int64_t j = 0; j < columns; ++j) output[j] += bias[j];
    }
    for (int64_t j = 0; j < columns; ++j) output[j] = p.range.Clamp(output[j]);
  }
}

}  // namespace

bool PrepareConvRows(ir::PrepareContext& context, const FilterNumbers& numbers,
                     const ref::ConvShape& shape, ConvRows* p) {
  if (context.input(0).dtype() != ir::DType::kFloat32 ||
      context.input(1).dtype() != ir::DType::kFloat32 ||
      shape.filter_channels != shape.in_channels || shape.filter_size() > kMaxDepth ||
      ActiveCpuLevel() == CpuLevel::kScalar) {
    return false;
  }
  const auto& attention = simd::SelectAttentionKernels();
  p->dot = attention.dot != nullptr ? attention.dot : simd::SelectDotKernels().f32_f32;
  p->range = numbers.float_range;
  const int64_t depth = shape.filter_size();
  p->tile_pixels = std::clamp<int64_t>(kTileFloats / depth / 4 * 4, 4, 64);
  p->slots = std::max(1, context.num_threads());
  if (!RowsAreInput(shape)) {
    p->row_scratch =
        context.AddScratch(p->slots * p->tile_pixels * depth * static_cast<int64_t>(sizeof(float)));
  }
  return true;
}

void EvalConvRows(ir::EvalContext& context, const ref::ConvShape& s, const ConvRows& p) {
  if (context.output(0).num_elements() == 0) return;
  const int64_t pixels = s.rows() * s.x.output;
  const int64_t tiles = (pixels + p.tile_pixels - 1) / p.tile_pixels;
  // About 200 k products are worth a thread: they take it some microseconds.
  const double products = static_cast<double>(pixels) * static_cast<double>(s.out_channels) *
                          static_cast<double>(s.filter_size());
  ForEachSlot(context.pool(), p.slots, tiles, products, 2e5,
              [&](int64_t slot, int64_t begin, int64_t end) {
                float* rows = p.row_scratch < 0 ? nullptr
                                                : context.scratch<float>(p.row_scratch) +
                                                      slot * p.tile_pixels * s.filter_size();
                for (int64_t t = begin; t < end; ++t) {
                  const int64_t first = t * p.tile_pixels;
                  ComputeTile(context, s, p, first, std::min(p.tile_pixels, pixels - first), rows);
                }
              });
}

}  // namespace edgetasks::kernels
