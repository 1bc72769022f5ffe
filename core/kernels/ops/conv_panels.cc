#include "core/kernels/ops/conv_panels.h"

#include <algorithm>
#include <cstring>

#include "core/base/checked_math.h"
#include "core/kernels/ops/pixel_taps.h"
#include "core/kernels/ops/slots.h"
#include "core/kernels/simd/conv/select.h"
#include "core/kernels/simd/gemm/select.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

// Pixels whose rows are made and multiplied together: their sums, 4 KiB, stay in the first-level
// cache while the panels pass by.
constexpr int64_t kTilePixels = 32;

static_assert(sizeof(FixedMultiplier) == 2 * sizeof(int32_t));

// Pixels and weights of 8 bits (or weights of 4), at a level that has kernels for them.
bool PrepareBytes(const ir::PrepareContext& context, const FilterNumbers& numbers,
                  ConvBytes* bytes) {
  const DType type = context.input(numbers.operands.input).dtype();
  if (numbers.hybrid || (type != DType::kInt8 && type != DType::kUInt8)) return false;
  bytes->kernels = simd::SelectConvKernels();
  if (bytes->kernels == nullptr) return false;
  bytes->flip = type == DType::kInt8 ? 128 : 0;
  bytes->input_zero = numbers.zeros.input + bytes->flip;
  bytes->weight_zero = type == DType::kUInt8 ? numbers.zeros.filter - 128 : 0;
  simd::Requantization& r = bytes->requantization;
  r.multipliers = &numbers.multipliers[0].mantissa;
  r.multiplier_step = numbers.multiplier_step();
  r.zero = numbers.output_zero;
  r.min = numbers.integer_range.min;
  r.max = numbers.integer_range.max;
  return true;
}

// The requantization of channels from `channel` on.
simd::Requantization From(const ConvBytes& bytes, const int32_t* bias, int64_t channel) {
  simd::Requantization r = bytes.requantization;
  r.bias = bias != nullptr ? bias + channel : nullptr;
  r.multipliers += 2 * channel * r.multiplier_step;
  return r;
}

const int32_t* BiasOf(const ir::EvalContext& context) {
  return context.has_input(2) ? context.in<int32_t>(2) : nullptr;
}

void PackPanel(const ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p,
               int64_t panel, uint8_t* to) {
  const int64_t first = panel * simd::kPanelColumns;
  const int64_t columns = std::min<int64_t>(simd::kPanelColumns, s.out_channels - first);
  const int64_t depth = s.filter_size();
  switch (context.input(1).dtype()) {
    case DType::kInt4:
      return p.gemm->pack_s4({context.in<uint8_t>(1), first * depth, depth, columns, depth}, to);
    case DType::kUInt8:
      return p.gemm->pack_u8({context.in<uint8_t>(1), first * depth, depth, columns, depth}, to);
    default:
      return p.gemm->pack_s8({context.in<int8_t>(1), first * depth, depth, columns, depth}, to);
  }
}

// Output pixel `pixel` of all batches as a row of filter_size() unsigned bytes; returns their sum.
int32_t MakeRow(const ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p,
                int64_t pixel, uint8_t* row) {
  const auto* input = static_cast<const uint8_t*>(context.input(0).data);
  const PixelTaps taps(s, pixel);
  const int64_t outside = taps.elements_outside();
  int32_t sum = static_cast<int32_t>(outside * p.bytes.input_zero);
  if (outside > 0) std::memset(row, p.bytes.input_zero, static_cast<size_t>(s.filter_size()));
  taps.ForEachRun([&](int64_t from, int64_t to, int64_t count) {
    sum += p.bytes.kernels->flip(input + from, count, p.bytes.flip, row + to);
  });
  return sum;
}

// What a uint8 filter's zero point takes from all sums of a row: weight_zero * sum (a -
// input_zero).
int32_t RowOffset(const ConvBytes& bytes, int32_t row_sum, int64_t depth) {
  return static_cast<int32_t>(
      static_cast<uint32_t>(-bytes.weight_zero) *
      (static_cast<uint32_t>(row_sum) - static_cast<uint32_t>(depth * bytes.input_zero)));
}

// Output pixels [first, first + count), count <= kTilePixels.
void ComputeTile(ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p,
                 int64_t first, int64_t count, uint8_t* rows) {
  const int64_t depth = s.filter_size(), stride = simd::PanelDepth(depth);
  int32_t row_offsets[kTilePixels], zeros[kTilePixels];
  for (int64_t i = 0; i < count; ++i) {
    const int32_t row_sum = MakeRow(context, s, p, first + i, rows + i * stride);
    row_offsets[i] = RowOffset(p.bytes, row_sum, depth);
    zeros[i] = p.bytes.input_zero;
  }
  const simd::ActivationRows a = {count, rows, stride, zeros};
  auto* output = static_cast<uint8_t*>(context.output(0).data) + first * s.out_channels;
  const uint8_t* panels = context.scratch<uint8_t>(p.panel_scratch);
  alignas(64) int32_t sums[kTilePixels * simd::kPanelColumns];
  for (int64_t panel = 0; panel < p.panels; ++panel) {
    p.gemm->multiply(a, depth, panels + panel * p.panel_bytes, sums, simd::kPanelColumns);
    const int64_t channel = panel * simd::kPanelColumns;
    const int64_t columns = std::min<int64_t>(simd::kPanelColumns, s.out_channels - channel);
    simd::Requantization requantization = From(p.bytes, BiasOf(context), channel);
    if (p.bytes.weight_zero != 0) requantization.row_offsets = row_offsets;
    p.bytes.kernels->requantize(requantization, count, columns, sums, simd::kPanelColumns,
                                output + channel, s.out_channels);
  }
}

}  // namespace

bool PrepareConvPanels(ir::PrepareContext& context, const FilterNumbers& numbers,
                       const ref::ConvShape& shape, ConvPanels* p) {
  if (shape.filter_channels != shape.in_channels) return false;
  if (!PrepareBytes(context, numbers, &p->bytes)) return false;
  p->gemm = simd::SelectGemmKernels();
  const int64_t depth = shape.filter_size();
  // Sums of 8-bit products, which the checks elsewhere bound by the file's size, wrap as theirs do.
  if (p->gemm == nullptr || depth > (int64_t{1} << 24)) return false;
  p->panels = (int64_t{shape.out_channels} + simd::kPanelColumns - 1) / simd::kPanelColumns;
  p->panel_bytes = static_cast<int64_t>(AlignUp(static_cast<size_t>(simd::PanelBytes(depth))));
  p->slots = std::max(1, context.num_threads());
  int64_t bytes = 0;
  if (!CheckedMul(p->panels, p->panel_bytes, &bytes)) return false;
  p->panel_scratch = context.AddScratch(bytes);
  p->row_scratch = context.AddScratch(p->slots * kTilePixels * simd::PanelDepth(depth));
  return true;
}

void EvalConvPanels(ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p) {
  if (context.output(0).num_elements() == 0) return;
  auto* panels = context.scratch<uint8_t>(p.panel_scratch);
  // About 64 KiB of weights are worth a thread.
  const int64_t min_panels = 65536 / p.panel_bytes + 1;
  context.pool().ParallelFor(p.panels, min_panels, [&](int64_t begin, int64_t end) {
    for (int64_t panel = begin; panel < end; ++panel) {
      PackPanel(context, s, p, panel, panels + panel * p.panel_bytes);
    }
  });
  const int64_t pixels = s.rows() * s.x.output;
  const int64_t tiles = (pixels + kTilePixels - 1) / kTilePixels;
  // About a million products are worth a thread: they take it a few microseconds.
  const double products = static_cast<double>(pixels) * static_cast<double>(s.out_channels) *
                          static_cast<double>(s.filter_size());
  ForEachSlot(context.pool(), p.slots, tiles, products, 1e6,
              [&](int64_t slot, int64_t begin, int64_t end) {
                uint8_t* rows = context.scratch<uint8_t>(p.row_scratch) +
                                slot * kTilePixels * simd::PanelDepth(s.filter_size());
                for (int64_t t = begin; t < end; ++t) {
                  const int64_t first = t * kTilePixels;
                  ComputeTile(context, s, p, first, std::min(kTilePixels, pixels - first), rows);
                }
              });
}

bool PrepareDepthwiseBytes(ir::PrepareContext& context, const FilterNumbers& numbers,
                           const ref::DepthwiseShape& shape, DepthwiseBytes* p) {
  if (shape.multiplier != 1 || context.input(1).dtype() == DType::kInt4) return false;
  if (!PrepareBytes(context, numbers, &p->bytes)) return false;
  const int64_t taps = int64_t{shape.y.filter} * shape.x.filter;
  if (taps > 1024) return false;  // products of zero points fit 32 bits far beyond that
  p->slots = std::max(1, context.num_threads());
  p->filter_scratch = context.AddScratch(simd::DepthwiseFilterBytes(taps, shape.channels));
  p->zero_scratch = context.AddScratch(shape.channels);
  p->tap_scratch = context.AddScratch(p->slots * taps * static_cast<int64_t>(sizeof(void*)));
  p->sum_scratch =
      context.AddScratch(p->slots * simd::RoundUp(shape.channels, simd::kDepthwiseChannels) *
                         static_cast<int64_t>(sizeof(int32_t)));
  return true;
}

namespace {

// Output row `row` of all batches.
void DepthwiseRow(ir::EvalContext& context, const ref::DepthwiseShape& s, const DepthwiseBytes& p,
                  int64_t row, const uint8_t** taps, int32_t* sums) {
  const auto* zeros = context.scratch<uint8_t>(p.zero_scratch);
  const auto* packed = context.scratch<uint8_t>(p.filter_scratch);
  const ref::Window::Taps ty = s.y.TapsAt(row % s.y.output);
  const uint8_t* image = static_cast<const uint8_t*>(context.input(0).data) +
                         row / s.y.output * s.y.input * s.x.input * s.channels;
  auto* output = static_cast<uint8_t*>(context.output(0).data) + row * s.x.output * s.channels;
  const simd::Requantization requantization = From(p.bytes, BiasOf(context), 0);
  simd::DepthwisePixel pixel;
  pixel.tap_pixels = taps;
  pixel.taps = int64_t{s.y.filter} * s.x.filter;
  pixel.channels = s.channels;
  pixel.flip = p.bytes.flip;
  pixel.input_zero = p.bytes.input_zero;
  pixel.weight_zero = p.bytes.weight_zero;
  for (int64_t x = 0; x < s.x.output; ++x, output += s.channels) {
    const ref::Window::Taps tx = s.x.TapsAt(x);
    std::fill_n(taps, pixel.taps, zeros);
    for (int32_t ky = ty.begin; ky < ty.end; ++ky) {
      const int64_t in_y = ty.first + int64_t{ky - ty.begin} * s.y.dilation;
      for (int32_t kx = tx.begin; kx < tx.end; ++kx) {
        const int64_t in_x = tx.first + int64_t{kx - tx.begin} * s.x.dilation;
        taps[ky * s.x.filter + kx] = image + (in_y * s.x.input + in_x) * s.channels;
      }
    }
    p.bytes.kernels->depthwise(pixel, packed, 0, s.channels, sums);
    p.bytes.kernels->requantize(requantization, 1, s.channels, sums, s.channels, output,
                                s.channels);
  }
}

}  // namespace

void EvalDepthwiseBytes(ir::EvalContext& context, const ref::DepthwiseShape& s,
                        const DepthwiseBytes& p) {
  if (context.output(0).num_elements() == 0) return;
  const int64_t taps = int64_t{s.y.filter} * s.x.filter;
  std::memset(context.scratch<uint8_t>(p.zero_scratch), p.bytes.input_zero ^ p.bytes.flip,
              static_cast<size_t>(s.channels));
  p.bytes.kernels->pack_depthwise(static_cast<const uint8_t*>(context.input(1).data), taps,
                                  s.channels, p.bytes.flip == 0 ? 128 : 0,
                                  context.scratch<uint8_t>(p.filter_scratch));
  // About 200 k products are worth a thread.
  const double products = static_cast<double>(s.rows() * s.x.output) *
                          static_cast<double>(s.channels) * static_cast<double>(taps);
  ForEachSlot(context.pool(), p.slots, s.rows(), products, 2e5,
              [&](int64_t slot, int64_t begin, int64_t end) {
                auto* tap_pixels = context.scratch<const uint8_t*>(p.tap_scratch) + slot * taps;
                auto* sums = context.scratch<int32_t>(p.sum_scratch) +
                             slot * simd::RoundUp(s.channels, simd::kDepthwiseChannels);
                for (int64_t row = begin; row < end; ++row) {
                  DepthwiseRow(context, s, p, row, tap_pixels, sums);
                }
              });
}

}  // namespace edgetasks::kernels
