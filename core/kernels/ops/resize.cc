// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR. Inputs: picture [batch, h, w, c], size [2] = h, w.
#include "core/kernels/ref/resize.h"

#include <limits>
#include <vector>

#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

struct Prepared {
  ref::ResizeShape shape;
  int64_t min_rows = 1;  // worth a thread
};

absl::Status FixOutput(ir::PrepareContext& context, ref::ResizeShape* s) {
  std::vector<int64_t> size;
  ET_RETURN_IF_ERROR(context.IntValues(1, &size));
  constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
  if (size[0] < 1 || size[0] > kMax || size[1] < 1 || size[1] > kMax) {
    return context.Invalid("the size is [", size[0], ", ", size[1], "]; expected 1 or more");
  }
  const auto params = context.params<ir::ResizeParams>();
  const ir::Shape& input = context.input(0).shape;
  const auto axis = [&](int a) {
    return ref::ResizeAxis{input.dim(a), static_cast<int32_t>(size[a - 1]), params.align_corners,
                           params.half_pixel_centers};
  };
  s->y = axis(1);
  s->x = axis(2);
  context.SetOutputShape(0, {s->batches, s->y.output, s->x.output, input.dim(3)});
  return absl::OkStatus();
}

absl::Status Prepare(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  const ir::Operand& input = context.input(0);
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {input.dtype()}));
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {DType::kInt32, DType::kInt64}));
  const ir::Shape& shape = input.shape;
  if (shape.rank() != 4 || shape.dim(1) < 1 || shape.dim(2) < 1) {
    return context.Invalid("expected input [batch, h, w, c] with h and w of 1 or more, got ",
                           shape.ToString());
  }
  if (context.input(1).shape.rank() != 1 || context.input(1).shape.dim(0) != 2) {
    return context.Invalid("the size (input 1) must have 2 values, got shape ",
                           context.input(1).shape.ToString());
  }
  const auto params = context.params<ir::ResizeParams>();
  if (params.align_corners && params.half_pixel_centers) {
    return context.Invalid("align_corners and half_pixel_centers exclude each other");
  }
  auto* p = context.MakePrepared<Prepared>();
  p->shape.batches = shape.dim(0);
  p->shape.channels = shape.dim(3);
  if (!context.is_known(1)) {
    context.SetOutputShapeUnknown(0);
    return absl::OkStatus();
  }
  ET_RETURN_IF_ERROR(FixOutput(context, &p->shape));
  constexpr double kWorthwhileElements = 32768;
  const double elements_a_row = 1.0 * p->shape.x.output * static_cast<double>(p->shape.channels);
  p->min_rows = static_cast<int64_t>(kWorthwhileElements / (elements_a_row + 1)) + 1;
  return absl::OkStatus();
}

template <typename T>
void RunBilinear(ir::EvalContext& context, int64_t begin, int64_t end) {
  ref::ResizeBilinear(context.prepared<Prepared>().shape, context.in<T>(0), begin, end,
                      context.out<T>(0));
}

}  // namespace

absl::Status PrepareResizeBilinear(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(
      context.CheckInputType(0, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}));
  return Prepare(context);
}

absl::Status EvalResizeBilinear(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  context.pool().ParallelFor(p.shape.rows(), p.min_rows, [&](int64_t begin, int64_t end) {
    switch (context.input(0).dtype()) {
      case DType::kInt8:
        RunBilinear<int8_t>(context, begin, end);
        break;
      case DType::kUInt8:
        RunBilinear<uint8_t>(context, begin, end);
        break;
      case DType::kInt16:
        RunBilinear<int16_t>(context, begin, end);
        break;
      default:
        RunBilinear<float>(context, begin, end);
    }
  });
  return absl::OkStatus();
}

absl::Status PrepareResizeNearestNeighbor(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(
      0, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32}));
  return Prepare(context);
}

absl::Status EvalResizeNearestNeighbor(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const int64_t pixel_bytes = p.shape.channels * ir::BitsOf(context.input(0).dtype()) / 8;
  context.pool().ParallelFor(p.shape.rows(), p.min_rows, [&](int64_t begin, int64_t end) {
    ref::ResizeNearest(p.shape, pixel_bytes, context.in<uint8_t>(0), begin, end,
                       context.out<uint8_t>(0));
  });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
