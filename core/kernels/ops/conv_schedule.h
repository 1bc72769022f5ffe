// How CONV_2D becomes products of rows of pixels and packed panels of weights, and who computes
// which of them: what convolutions of bytes and of floats have in common.
#ifndef CORE_KERNELS_OPS_CONV_SCHEDULE_H_
#define CORE_KERNELS_OPS_CONV_SCHEDULE_H_

#include <algorithm>
#include <cstdint>

#include "core/ir/kernel.h"
#include "core/kernels/ops/pixel_rows.h"
#include "core/kernels/ops/slots.h"
#include "core/kernels/ref/conv_2d.h"

namespace edgetasks::kernels {

struct ConvSchedule {
  int slots = 1;       // shares of the work, for the threads
  int64_t pixels = 0;  // of all batches' outputs
  int64_t panels = 0, panel_bytes = 0;
  int64_t row_stride = 0;        // from a pixel's row to the next, in bytes
  bool few_pixels = false;       // all rows at once, panel after panel; else tile after tile
  int64_t tile_pixels = 0;       // of which the rows stay in the first-level cache
  int64_t pixel_bytes = 0;       // of an output pixel
  double products_a_thread = 0;  // that are worth a thread: some microseconds
  int panel_scratch = -1;        // all panels; with few pixels one for each slot
  int row_scratch = -1;          // all rows, or a tile for each slot; -1: rows are the input

  // How many rows there are at a time. Each has a place among them, which its op may use to keep
  // something with it.
  int64_t places() const { return few_pixels ? pixels : slots * tile_pixels; }
};

// Who asks a convolution for its pixels.
enum class ConvCaller : uint8_t {
  kOp,    // itself, for all
  kRows,  // another op, for some at a time, by PackPanels and ComputePixels
};

// Fixes everything but products_a_thread and pixel_bytes, and asks for scratch. rows_are_input:
// RowsAreInput, in a form that the kernels can read. False where sizes overflow.
bool PrepareConvSchedule(ir::PrepareContext& context, const ref::ConvShape& shape,
                         int64_t panel_columns, int64_t panel_bytes, int64_t row_stride,
                         bool rows_are_input, ConvCaller caller, ConvSchedule* schedule);

// Computes the op, which has
//   void Pack(int64_t panel, int64_t slot, uint8_t* to) const;
//   void MeetRows(const uint8_t* rows, int64_t count, int64_t place) const;
//     once for rows, before they are multiplied;
//   void Multiply(int64_t panel, const uint8_t* packed, const uint8_t* rows, int64_t count,
//                 int64_t place, uint8_t* out) const;
//     out: the first of these rows' output pixels.
template <typename ConvOp>
void RunConvSchedule(ir::EvalContext& context, const ConvSchedule& p, const PixelRowsSource& source,
                     const ConvOp& op);

// Packs all panels. Not with few pixels, as the next one.
template <typename ConvOp>
void PackPanels(ir::EvalContext& context, const ConvSchedule& p, const ConvOp& op);

// Output pixels [pixel, pixel + count), to `out`, after PackPanels. Slots are for threads that work
// at the same time.
template <typename ConvOp>
void ComputePixels(ir::EvalContext& context, const ConvSchedule& p, const PixelRowsSource& source,
                   const ConvOp& op, int64_t slot, int64_t pixel, int64_t count, uint8_t* out);

namespace conv_schedule_internal {

// Pixels that threads share out by, where they are few.
inline constexpr int64_t kShare = 16;
inline constexpr double kBytesAThread = 65536;  // that are copied or packed

template <typename ConvOp>
void RunManyPixels(ir::EvalContext& context, const ConvSchedule& p, const PixelRowsSource& source,
                   double products, const ConvOp& op) {
  PackPanels(context, p, op);
  auto* output = context.out<uint8_t>(0);
  const int64_t tiles = (p.pixels + p.tile_pixels - 1) / p.tile_pixels;
  ForEachSlot(context.pool(), p.slots, tiles, products, p.products_a_thread,
              [&](int64_t slot, int64_t begin, int64_t end) {
                const int64_t pixel = begin * p.tile_pixels;
                const int64_t last = std::min(p.pixels, end * p.tile_pixels);
                ComputePixels(context, p, source, op, slot, pixel, last - pixel,
                              output + pixel * p.pixel_bytes);
              });
}

template <typename ConvOp>
void RunFewPixels(ir::EvalContext& context, const ConvSchedule& p, const PixelRowsSource& source,
                  double products, const ConvOp& op) {
  const int64_t row_bytes = p.pixels * p.row_stride;
  uint8_t* made = p.row_scratch < 0 ? nullptr : context.scratch<uint8_t>(p.row_scratch);
  const uint8_t* rows = made == nullptr ? source.input : made;
  ForEachSlot(context.pool(), p.slots, p.pixels, static_cast<double>(row_bytes), kBytesAThread,
              [&](int64_t, int64_t begin, int64_t end) {
                const int64_t first = begin * p.row_stride;
                if (made != nullptr) {
                  MakePixelRows(source, begin, end - begin, p.row_stride, made + first);
                }
                op.MeetRows(rows + first, end - begin, begin);
              });
  // Items are shares of the pixels by panels: a thread packs the panels that its items meet.
  const int64_t shares = (p.pixels + kShare - 1) / kShare;
  ForEachSlot(context.pool(), p.slots, shares * p.panels, products, p.products_a_thread,
              [&](int64_t slot, int64_t begin, int64_t end) {
                uint8_t* packed = context.scratch<uint8_t>(p.panel_scratch) + slot * p.panel_bytes;
                while (begin < end) {
                  const int64_t panel = begin / shares;
                  const int64_t until = std::min(end, (panel + 1) * shares);
                  const int64_t pixel = (begin - panel * shares) * kShare;
                  const int64_t last = std::min(p.pixels, (until - panel * shares) * kShare);
                  op.Pack(panel, slot, packed);
                  op.Multiply(panel, packed, rows + pixel * p.row_stride, last - pixel, pixel,
                              context.out<uint8_t>(0) + pixel * p.pixel_bytes);
                  begin = until;
                }
              });
}

}  // namespace conv_schedule_internal

template <typename ConvOp>
void PackPanels(ir::EvalContext& context, const ConvSchedule& p, const ConvOp& op) {
  auto* panels = context.scratch<uint8_t>(p.panel_scratch);
  ForEachSlot(context.pool(), p.slots, p.panels, static_cast<double>(p.panels * p.panel_bytes),
              conv_schedule_internal::kBytesAThread, [&](int64_t slot, int64_t begin, int64_t end) {
                for (int64_t i = begin; i < end; ++i) op.Pack(i, slot, panels + i * p.panel_bytes);
              });
}

template <typename ConvOp>
void ComputePixels(ir::EvalContext& context, const ConvSchedule& p, const PixelRowsSource& source,
                   const ConvOp& op, int64_t slot, int64_t pixel, int64_t count, uint8_t* out) {
  const auto* panels = context.scratch<const uint8_t>(p.panel_scratch);
  const int64_t place = slot * p.tile_pixels, end = pixel + count;
  for (; pixel < end; pixel += p.tile_pixels, out += p.tile_pixels * p.pixel_bytes) {
    const int64_t tile = std::min(p.tile_pixels, end - pixel);
    const uint8_t* rows = source.input + pixel * p.row_stride;
    if (p.row_scratch >= 0) {
      uint8_t* made = context.scratch<uint8_t>(p.row_scratch) + place * p.row_stride;
      MakePixelRows(source, pixel, tile, p.row_stride, made);
      rows = made;
    }
    op.MeetRows(rows, tile, place);
    for (int64_t i = 0; i < p.panels; ++i) {
      op.Multiply(i, panels + i * p.panel_bytes, rows, tile, place, out);
    }
  }
}

template <typename ConvOp>
void RunConvSchedule(ir::EvalContext& context, const ConvSchedule& p, const PixelRowsSource& source,
                     const ConvOp& op) {
  if (context.output(0).num_elements() == 0) return;
  const ref::ConvShape& s = *source.shape;
  const double products = static_cast<double>(p.pixels) * static_cast<double>(s.out_channels) *
                          static_cast<double>(s.filter_size());
  if (p.few_pixels) {
    conv_schedule_internal::RunFewPixels(context, p, source, products, op);
  } else {
    conv_schedule_internal::RunManyPixels(context, p, source, products, op);
  }
}

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_CONV_SCHEDULE_H_
