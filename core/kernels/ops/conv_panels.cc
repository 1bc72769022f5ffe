#include "core/kernels/ops/conv_panels.h"

#include <algorithm>

#include "core/base/checked_math.h"
#include "core/kernels/ops/pixel_rows.h"
#include "core/kernels/ops/slots.h"
#include "core/kernels/ref/filter_view.h"
#include "core/kernels/simd/conv/select.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

// So few pixels are as much data as some panels: every thread packs a panel where it stays close,
// and takes it to all pixels. More pixels are worth packing all panels before.
constexpr int64_t kFewPixels = 256;
// Pixels that threads share out by, where they are few.
constexpr int64_t kShare = 16;
// Rows of a tile: bytes that leave a first-level cache room for a panel, and a number of pixels at
// which panels are read seldom enough.
constexpr int64_t kTileBytes = 16384, kMaxTilePixels = 56, kMinTilePixels = 14;
// Filters that are larger are no pictures' filters, and sizes below must not overflow.
constexpr int64_t kMaxDepth = int64_t{1} << 24;
// Worth a thread, to which they are a few microseconds: products; bytes that are packed.
constexpr double kProductsAThread = 1e6, kPackedBytesAThread = 65536;

void PackPanel(const ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p,
               int64_t panel, int64_t slot, uint8_t* to) {
  const int64_t depth = s.filter_size(), channel = panel * simd::kConvColumns;
  simd::ConvWeights weights;
  weights.columns = std::min<int64_t>(simd::kConvColumns, s.out_channels - channel);
  weights.depth = weights.stride = depth;
  weights.flip = p.bytes.weight_flip;
  weights.zero = p.bytes.weight_zero;
  if (p.unpack_scratch < 0) {
    weights.data = static_cast<const uint8_t*>(context.input(1).data) + channel * depth;
  } else {
    auto* unpacked = context.scratch<int8_t>(p.unpack_scratch) + slot * simd::kConvColumns * depth;
    const ref::FilterView<int8_t> view = {context.input(1).data, context.input(1).dtype()};
    view.Load(channel * depth, weights.columns * depth, unpacked);
    weights.data = reinterpret_cast<const uint8_t*>(unpacked);
  }
  p.kernels->pack(weights, RequantizationFrom(context, p.bytes, channel), p.bytes.input_zero, to);
}

PixelRowsSource SourceOf(const ir::EvalContext& context, const ref::ConvShape& s,
                         const ConvPanels& p) {
  return {&s, static_cast<const uint8_t*>(context.input(0).data), 1,
          static_cast<uint8_t>(p.bytes.input_zero ^ p.bytes.input_flip)};
}

// Rows of `count` pixels, the first of which is at `data`.
simd::ConvPixels RowsAt(const uint8_t* data, int64_t count, const ref::ConvShape& s,
                        const ConvPanels& p) {
  const int64_t depth = s.filter_size();
  return {count, data, p.row_scratch < 0 ? depth : simd::ConvDepth(depth), p.bytes.input_flip,
          p.bytes.input_zero};
}

// Multiplies rows that begin with output pixel `pixel` by a packed panel.
void MultiplyPanel(const ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p,
                   int64_t panel, const uint8_t* packed, const simd::ConvPixels& rows,
                   const int32_t* row_sums, int64_t pixel) {
  const int64_t channel = panel * simd::kConvColumns;
  const int64_t columns = std::min<int64_t>(simd::kConvColumns, s.out_channels - channel);
  auto* q = static_cast<uint8_t*>(context.output(0).data) + pixel * s.out_channels + channel;
  p.kernels->multiply(rows, row_sums, columns, s.filter_size(), packed, q, s.out_channels);
}

// Output pixels [first, first + count), count <= tile_pixels, by all panels.
void ComputeTile(const ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p,
                 int64_t slot, int64_t first, int64_t count) {
  const int64_t depth = s.filter_size();
  const uint8_t* data = static_cast<const uint8_t*>(context.input(0).data) + first * depth;
  if (p.row_scratch >= 0) {
    const int64_t stride = simd::ConvDepth(depth);
    uint8_t* rows = context.scratch<uint8_t>(p.row_scratch) + slot * p.tile_pixels * stride;
    MakePixelRows(SourceOf(context, s, p), first, count, stride, rows);
    data = rows;
  }
  const simd::ConvPixels rows = RowsAt(data, count, s, p);
  int32_t row_sums[kMaxTilePixels];
  const bool sums = p.bytes.weight_zero != 0;
  if (sums) p.kernels->sum_rows(rows, depth, row_sums);
  const uint8_t* panels = context.scratch<uint8_t>(p.panel_scratch);
  for (int64_t panel = 0; panel < p.panels; ++panel) {
    MultiplyPanel(context, s, p, panel, panels + panel * p.panel_bytes, rows,
                  sums ? row_sums : nullptr, first);
  }
}

void EvalManyPixels(ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p,
                    double products) {
  auto* panels = context.scratch<uint8_t>(p.panel_scratch);
  ForEachSlot(context.pool(), p.slots, p.panels, static_cast<double>(p.panels * p.panel_bytes),
              kPackedBytesAThread, [&](int64_t slot, int64_t begin, int64_t end) {
                for (int64_t panel = begin; panel < end; ++panel) {
                  PackPanel(context, s, p, panel, slot, panels + panel * p.panel_bytes);
                }
              });
  const int64_t tiles = (p.pixels + p.tile_pixels - 1) / p.tile_pixels;
  ForEachSlot(context.pool(), p.slots, tiles, products, kProductsAThread,
              [&](int64_t slot, int64_t begin, int64_t end) {
                for (int64_t t = begin; t < end; ++t) {
                  const int64_t first = t * p.tile_pixels;
                  ComputeTile(context, s, p, slot, first,
                              std::min(p.tile_pixels, p.pixels - first));
                }
              });
}

// Fills the scratch that all panels need: rows, if they are not the input, and their sums.
void MakeAllRows(ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p,
                 const uint8_t* rows) {
  if (p.row_scratch < 0 && p.row_sum_scratch < 0) return;
  const int64_t depth = s.filter_size(), stride = RowsAt(rows, 1, s, p).stride;
  const int64_t min_pixels = static_cast<int64_t>(kPackedBytesAThread) / depth + 1;
  context.pool().ParallelFor(p.pixels, min_pixels, [&](int64_t begin, int64_t end) {
    if (p.row_scratch >= 0) {
      uint8_t* to = context.scratch<uint8_t>(p.row_scratch);
      MakePixelRows(SourceOf(context, s, p), begin, end - begin, stride, to + begin * stride);
    }
    if (p.row_sum_scratch >= 0) {
      p.kernels->sum_rows(RowsAt(rows + begin * stride, end - begin, s, p), depth,
                          context.scratch<int32_t>(p.row_sum_scratch) + begin);
    }
  });
}

void EvalFewPixels(ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p,
                   double products) {
  const auto* rows = p.row_scratch < 0 ? static_cast<const uint8_t*>(context.input(0).data)
                                       : context.scratch<uint8_t>(p.row_scratch);
  MakeAllRows(context, s, p, rows);
  const int64_t stride = RowsAt(rows, 1, s, p).stride;
  const int32_t* row_sums =
      p.row_sum_scratch < 0 ? nullptr : context.scratch<int32_t>(p.row_sum_scratch);
  // Items are shares of the pixels by panels: a thread packs the panels that its items meet.
  const int64_t shares = (p.pixels + kShare - 1) / kShare;
  ForEachSlot(context.pool(), p.slots, shares * p.panels, products, kProductsAThread,
              [&](int64_t slot, int64_t begin, int64_t end) {
                uint8_t* packed = context.scratch<uint8_t>(p.panel_scratch) + slot * p.panel_bytes;
                while (begin < end) {
                  const int64_t panel = begin / shares;
                  const int64_t until = std::min(end, (panel + 1) * shares);
                  const int64_t first = (begin - panel * shares) * kShare;
                  const int64_t last = std::min(p.pixels, (until - panel * shares) * kShare);
                  PackPanel(context, s, p, panel, slot, packed);
                  MultiplyPanel(context, s, p, panel, packed,
                                RowsAt(rows + first * stride, last - first, s, p),
                                row_sums == nullptr ? nullptr : row_sums + first, first);
                  begin = until;
                }
              });
}

// Asks for the scratch of the fields' comments; false if sizes overflow.
bool AddScratch(ir::PrepareContext& context, int64_t depth, bool rows_are_input, ConvPanels* p) {
  const int64_t stride = simd::ConvDepth(depth);
  int64_t panel_bytes = 0, row_bytes = 0;
  if (!CheckedMul(p->few_pixels ? int64_t{p->slots} : p->panels, p->panel_bytes, &panel_bytes)) {
    return false;
  }
  row_bytes = (p->few_pixels ? p->pixels : p->slots * p->tile_pixels) * stride;
  p->panel_scratch = context.AddScratch(panel_bytes);
  if (!rows_are_input) p->row_scratch = context.AddScratch(row_bytes);
  if (p->few_pixels && p->bytes.weight_zero != 0) {
    p->row_sum_scratch = context.AddScratch(p->pixels * static_cast<int64_t>(sizeof(int32_t)));
  }
  if (context.input(1).dtype() == DType::kInt4) {
    p->unpack_scratch = context.AddScratch(p->slots * simd::kConvColumns * depth);
  }
  return true;
}

}  // namespace

bool PrepareConvPanels(ir::PrepareContext& context, const FilterNumbers& numbers,
                       const ref::ConvShape& shape, ConvPanels* p) {
  const int64_t depth = shape.filter_size();
  if (shape.filter_channels != shape.in_channels || depth > kMaxDepth ||
      !MakeFilterBytes(context, numbers, &p->bytes)) {
    return false;
  }
  p->kernels = simd::SelectConvKernels();
  if (p->kernels == nullptr) return false;
  p->slots = std::max(1, context.num_threads());
  p->pixels = shape.rows() * shape.x.output;
  p->panels = (int64_t{shape.out_channels} + simd::kConvColumns - 1) / simd::kConvColumns;
  p->panel_bytes =
      static_cast<int64_t>(AlignUp(static_cast<size_t>(p->kernels->panel_bytes(depth))));
  p->few_pixels = p->pixels <= kFewPixels;
  p->tile_pixels =
      std::clamp<int64_t>(kTileBytes / simd::ConvDepth(depth) / kMinTilePixels * kMinTilePixels,
                          kMinTilePixels, kMaxTilePixels);
  // The kernels read whole units of depth.
  const bool rows_are_input = RowsAreInput(shape) && simd::ConvDepth(depth) == depth;
  return AddScratch(context, depth, rows_are_input, p);
}

void EvalConvPanels(ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p) {
  if (context.output(0).num_elements() == 0) return;
  const double products = static_cast<double>(p.pixels) * static_cast<double>(s.out_channels) *
                          static_cast<double>(s.filter_size());
  if (p.few_pixels) {
    EvalFewPixels(context, s, p, products);
  } else {
    EvalManyPixels(context, s, p, products);
  }
}

}  // namespace edgetasks::kernels
