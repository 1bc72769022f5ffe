#include "core/kernels/ops/conv_schedule.h"

#include "core/base/checked_math.h"

namespace edgetasks::kernels {
namespace {

// So few pixels are as much data as some panels: every thread packs a panel where it stays close,
// and takes it to all pixels. More pixels are worth packing all panels before.
constexpr int64_t kFewPixels = 256;
// Rows of a tile: bytes that leave a first-level cache room for a panel, and a number of pixels at
// which panels are read seldom enough.
constexpr int64_t kTileBytes = 16384, kMaxTilePixels = 112, kMinTilePixels = 14;

}  // namespace

bool PrepareConvSchedule(ir::PrepareContext& context, const ref::ConvShape& shape,
                         int64_t panel_columns, int64_t panel_bytes, int64_t row_stride,
                         bool rows_are_input, ConvCaller caller, ConvSchedule* p) {
  p->slots = std::max(1, context.num_threads());
  p->pixels = shape.rows() * shape.x.output;
  p->panels = (shape.out_channels + panel_columns - 1) / panel_columns;
  p->panel_bytes = static_cast<int64_t>(AlignUp(static_cast<size_t>(panel_bytes)));
  p->row_stride = row_stride;
  p->few_pixels = caller == ConvCaller::kOp && p->pixels <= kFewPixels;
  p->tile_pixels = std::clamp<int64_t>(kTileBytes / row_stride / kMinTilePixels * kMinTilePixels,
                                       kMinTilePixels, kMaxTilePixels);
  int64_t packed = 0, rows = 0;
  if (!CheckedMul(p->few_pixels ? int64_t{p->slots} : p->panels, p->panel_bytes, &packed) ||
      !CheckedMul(p->places(), row_stride, &rows)) {
    return false;
  }
  p->panel_scratch = context.AddScratch(packed);
  if (!rows_are_input) p->row_scratch = context.AddScratch(rows);
  return true;
}

}  // namespace edgetasks::kernels
