#include "core/kernels/ops/conv_panels.h"

#include <algorithm>

#include "core/kernels/ref/filter_view.h"
#include "core/kernels/simd/conv/select.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

// Filters that are larger are no pictures' filters, and sizes below must not overflow.
constexpr int64_t kMaxDepth = int64_t{1} << 24;

// So few pixels are multiplied while the weights are read.
constexpr int64_t kUnpackedPixels = 2;

// What the schedule calls.
struct PanelsOp {
  ir::EvalContext& context;
  const ref::ConvShape& s;
  const ConvPanels& p;

  int64_t ColumnsOf(int64_t panel) const {
    return std::min<int64_t>(simd::kConvColumns, s.out_channels - panel * simd::kConvColumns);
  }

  void Pack(int64_t panel, int64_t slot, uint8_t* to) const {
    const int64_t depth = s.filter_size(), channel = panel * simd::kConvColumns;
    simd::ConvWeights weights;
    weights.columns = ColumnsOf(panel);
    weights.depth = weights.stride = depth;
    weights.flip = p.bytes.weight_flip;
    weights.zero = p.bytes.weight_zero;
    if (p.unpack_scratch < 0) {
      weights.data = context.in<uint8_t>(1) + channel * depth;
    } else {
      int8_t* bytes = context.scratch<int8_t>(p.unpack_scratch) + slot * simd::kConvColumns * depth;
      const ref::FilterView<int8_t> view = {context.input(1).data, context.input(1).dtype()};
      view.Load(channel * depth, weights.columns * depth, bytes);
      weights.data = reinterpret_cast<const uint8_t*>(bytes);
    }
    p.kernels->pack(weights, RequantizationFrom(context, p.bytes, channel), p.bytes.input_zero, to);
  }

  simd::ConvPixels PixelsAt(const uint8_t* rows, int64_t count) const {
    return {count, rows, p.schedule.row_stride, p.bytes.input_flip, p.bytes.input_zero};
  }

  int32_t* RowSums(int64_t place) const {
    return p.row_sum_scratch < 0 ? nullptr : context.scratch<int32_t>(p.row_sum_scratch) + place;
  }

  void MeetRows(const uint8_t* rows, int64_t count, int64_t place) const {
    if (p.row_sum_scratch < 0) return;
    p.kernels->sum_rows(PixelsAt(rows, count), s.filter_size(), RowSums(place));
  }

  // The weights of the next panel, if all pixels meet a panel as soon as it is packed.
  const uint8_t* PackedAfter(int64_t panel) const {
    const int64_t channel = (panel + 1) * simd::kConvColumns;
    if (!p.schedule.few_pixels || p.unpack_scratch >= 0 ||
        channel + simd::kConvColumns > s.out_channels) {
      return nullptr;
    }
    return context.in<uint8_t>(1) + channel * s.filter_size();
  }

  void Multiply(int64_t panel, const uint8_t* packed, const uint8_t* rows, int64_t count,
                int64_t place, uint8_t* out) const {
    p.kernels->multiply(PixelsAt(rows, count), RowSums(place), ColumnsOf(panel), s.filter_size(),
                        packed, PackedAfter(panel), out + panel * simd::kConvColumns,
                        s.out_channels);
  }
};

PixelRowsSource SourceOf(const ref::ConvShape& s, const ConvPanels& p, const uint8_t* input) {
  return {&s, input, 1, static_cast<uint8_t>(p.bytes.input_zero ^ p.bytes.input_flip)};
}

void EvalUnpacked(ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p) {
  const int64_t pixels = s.rows() * s.x.output, depth = s.filter_size();
  constexpr int64_t kBytesAThread = 65536;  // of weights: a few microseconds of reading
  constexpr int64_t kChannels = 16;         // of a vector
  context.pool().ParallelFor(
      (s.out_channels + kChannels - 1) / kChannels, kBytesAThread / (kChannels * depth) + 1,
      [&](int64_t begin, int64_t end) {
        begin *= kChannels;
        end = std::min<int64_t>(end * kChannels, s.out_channels);
        const simd::ConvPixels rows = {pixels, context.in<uint8_t>(0), depth, p.bytes.input_flip,
                                       p.bytes.input_zero};
        const simd::ConvWeights weights = {context.in<uint8_t>(1) + begin * depth,
                                           depth,
                                           end - begin,
                                           depth,
                                           p.bytes.weight_flip,
                                           p.bytes.weight_zero};
        p.kernels->multiply_unpacked(rows, weights, RequantizationFrom(context, p.bytes, begin),
                                     context.out<uint8_t>(0) + begin, s.out_channels);
      });
}

}  // namespace

bool PrepareConvPanels(ir::PrepareContext& context, const FilterNumbers& numbers,
                       const ref::ConvShape& shape, ConvCaller caller, ConvPanels* p) {
  const int64_t depth = shape.filter_size();
  if (shape.filter_channels != shape.in_channels || depth > kMaxDepth ||
      !MakeFilterBytes(context, numbers, &p->bytes)) {
    return false;
  }
  p->kernels = simd::SelectConvKernels();
  if (p->kernels == nullptr) return false;
  // The kernels read whole units of depth.
  const int64_t row_stride = simd::ConvDepth(depth);
  const bool rows_are_input = RowsAreInput(shape) && row_stride == depth;
  p->unpacked = caller == ConvCaller::kOp && p->kernels->multiply_unpacked != nullptr &&
                RowsAreInput(shape) && context.input(1).dtype() != DType::kInt4 &&
                shape.rows() * shape.x.output <= kUnpackedPixels;
  if (p->unpacked) return true;
  FindExactFloats(*p->kernels, shape.out_channels, &p->bytes);
  p->schedule.products_a_thread = 5e5;
  p->schedule.pixel_bytes = shape.out_channels;
  if (!PrepareConvSchedule(context, shape, simd::kConvColumns, p->kernels->panel_bytes(depth),
                           row_stride, rows_are_input, caller, &p->schedule)) {
    return false;
  }
  if (p->bytes.weight_zero != 0) {
    p->row_sum_scratch =
        context.AddScratch(p->schedule.places() * static_cast<int64_t>(sizeof(int32_t)));
  }
  if (context.input(1).dtype() == DType::kInt4) {
    p->unpack_scratch = context.AddScratch(p->schedule.slots * simd::kConvColumns * depth);
  }
  return true;
}

void EvalConvPanels(ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p) {
  if (p.unpacked) return EvalUnpacked(context, s, p);
  RunConvSchedule(context, p.schedule, SourceOf(s, p, context.in<uint8_t>(0)),
                  PanelsOp{context, s, p});
}

void PackConvPanels(ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p) {
  PackPanels(context, p.schedule, PanelsOp{context, s, p});
}

void ComputeConvPanels(ir::EvalContext& context, const ref::ConvShape& s, const ConvPanels& p,
                       const uint8_t* input, int64_t slot, int64_t pixel, int64_t count,
                       uint8_t* out) {
  ComputePixels(context, p.schedule, SourceOf(s, p, input), PanelsOp{context, s, p}, slot, pixel,
                count, out);
}

}  // namespace edgetasks::kernels
