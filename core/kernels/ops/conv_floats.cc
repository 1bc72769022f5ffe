#include "core/kernels/ops/conv_floats.h"

#include <algorithm>

#include "core/kernels/ref/filter_view.h"
#include "core/kernels/simd/gemm_f32/select.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

// Larger filters are no pictures' filters, and sizes below must not overflow.
constexpr int64_t kMaxDepth = int64_t{1} << 24;
constexpr int64_t kFloatBytes = sizeof(float);

// So few pixels are multiplied while the weights are read.
constexpr int64_t kUnpackedPixels = 4;

// What the schedule calls.
struct FloatsOp {
  ir::EvalContext& context;
  const ref::ConvShape& s;
  const ConvFloats& p;

  int64_t ColumnsOf(int64_t panel) const {
    return std::min<int64_t>(simd::kF32Columns, s.out_channels - panel * simd::kF32Columns);
  }

  void Pack(int64_t panel, int64_t slot, uint8_t* to) const {
    const int64_t depth = s.filter_size(), channel = panel * simd::kF32Columns;
    const int64_t columns = ColumnsOf(panel);
    float* buffer = p.unpack_scratch < 0 ? nullptr
                                         : context.scratch<float>(p.unpack_scratch) +
                                               slot * simd::kF32Columns * depth;
    const ref::FilterView<float> view = {context.input(1).data, context.input(1).dtype()};
    const float* weights = view.Load(channel * depth, columns * depth, buffer);
    const float* bias = context.has_input(2) ? context.in<float>(2) + channel : nullptr;
    p.kernels->pack({weights, depth, columns, depth}, bias, reinterpret_cast<float*>(to));
  }

  // The weights of the next panel, if all pixels meet a panel as soon as it is packed.
  const float* PackedAfter(int64_t panel) const {
    const int64_t channel = (panel + 1) * simd::kF32Columns;
    if (!p.schedule.few_pixels || p.unpack_scratch >= 0 ||
        channel + simd::kF32Columns > s.out_channels) {
      return nullptr;
    }
    return context.in<float>(1) + channel * s.filter_size();
  }

  void MeetRows(const uint8_t*, int64_t, int64_t) const {}

  void Multiply(int64_t panel, const uint8_t* packed, const uint8_t* rows, int64_t count, int64_t,
                uint8_t* out) const {
    const simd::F32Rows a = {count, reinterpret_cast<const float*>(rows),
                             p.schedule.row_stride / kFloatBytes};
    float* c = reinterpret_cast<float*>(out) + panel * simd::kF32Columns;
    p.kernels->multiply(a, ColumnsOf(panel), s.filter_size(),
                        reinterpret_cast<const float*>(packed), PackedAfter(panel),
                        {p.range.min, p.range.max}, c, s.out_channels);
  }
};

void EvalUnpacked(ir::EvalContext& context, const ref::ConvShape& s, const ConvFloats& p) {
  const int64_t pixels = s.rows() * s.x.output, depth = s.filter_size();
  constexpr int64_t kFloatsAThread = 65536;  // of weights: some ten microseconds of reading
  context.pool().ParallelFor(
      s.out_channels, kFloatsAThread / depth + 1, [&](int64_t begin, int64_t end) {
        const float* bias = context.has_input(2) ? context.in<float>(2) + begin : nullptr;
        p.kernels->multiply_unpacked(
            {pixels, context.in<float>(0), depth},
            {context.in<float>(1) + begin * depth, depth, end - begin, depth}, bias,
            {p.range.min, p.range.max}, context.out<float>(0) + begin, s.out_channels);
      });
}

}  // namespace

bool PrepareConvFloats(ir::PrepareContext& context, const FilterNumbers& numbers,
                       const ref::ConvShape& shape, ConvCaller caller, ConvFloats* p) {
  const DType weights = context.input(1).dtype();
  const int64_t depth = shape.filter_size();
  if (context.input(0).dtype() != DType::kFloat32 ||
      (weights != DType::kFloat32 && weights != DType::kFloat16) ||
      shape.filter_channels != shape.in_channels || depth > kMaxDepth) {
    return false;
  }
  p->kernels = simd::SelectGemmF32Kernels();
  if (p->kernels == nullptr) return false;
  p->range = numbers.float_range;
  p->unpacked = caller == ConvCaller::kOp && weights == DType::kFloat32 && RowsAreInput(shape) &&
                shape.rows() * shape.x.output <= kUnpackedPixels;
  if (p->unpacked) return true;
  p->schedule.products_a_thread = 2e5;
  p->schedule.pixel_bytes = shape.out_channels * kFloatBytes;
  if (!PrepareConvSchedule(context, shape, simd::kF32Columns,
                           simd::F32PanelFloats(depth) * kFloatBytes, depth * kFloatBytes,
                           RowsAreInput(shape), caller, &p->schedule)) {
    return false;
  }
  if (weights == DType::kFloat16) {
    p->unpack_scratch =
        context.AddScratch(p->schedule.slots * simd::kF32Columns * depth * kFloatBytes);
  }
  return true;
}

void EvalConvFloats(ir::EvalContext& context, const ref::ConvShape& s, const ConvFloats& p) {
  if (p.unpacked) return EvalUnpacked(context, s, p);
  RunConvSchedule(context, p.schedule, {&s, context.in<uint8_t>(0), kFloatBytes, 0},
                  FloatsOp{context, s, p});
}

void PackConvFloats(ir::EvalContext& context, const ref::ConvShape& s, const ConvFloats& p) {
  PackPanels(context, p.schedule, FloatsOp{context, s, p});
}

void ComputeConvFloats(ir::EvalContext& context, const ref::ConvShape& s, const ConvFloats& p,
                       const uint8_t* input, int64_t slot, int64_t pixel, int64_t count,
                       uint8_t* out) {
  ComputePixels(context, p.schedule, {&s, input, kFloatBytes, 0}, FloatsOp{context, s, p}, slot,
                pixel, count, out);
}

}  // namespace edgetasks::kernels
