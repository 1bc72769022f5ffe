// CONCATENATION along one axis. uint8 and int8 inputs that are quantized otherwise than the output
// are requantized; everything else is copied.
#include "core/kernels/ref/concatenation.h"

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  int64_t rows = 1;        // product of the dimensions before the axis
  int64_t row_bytes = 0;   // of the output
  int64_t tail_bytes = 0;  // bytes of one index along the axis
  int axis = 0;
};

bool IsByte(ir::DType dtype) { return dtype == ir::DType::kInt8 || dtype == ir::DType::kUInt8; }

absl::Status CheckInput(const ir::PrepareContext& context, int i, int axis) {
  if (!context.has_input(i)) return context.Invalid("input ", i, " is left out");
  const ir::Shape& first = context.input(0).shape;
  const ir::Shape& shape = context.input(i).shape;
  ET_RETURN_IF_ERROR(context.CheckInputType(i, {context.output(0).dtype()}));
  if (!IsByte(context.output(0).dtype())) ET_RETURN_IF_ERROR(CheckSameElements(context, i, 0));
  bool fits = shape.rank() == first.rank();
  for (int d = 0; fits && d < first.rank(); ++d) fits = d == axis || shape.dim(d) == first.dim(d);
  if (fits) return absl::OkStatus();
  return context.Invalid("input ", i, " of shape ", shape.ToString(),
                         " cannot be joined along axis ", axis, " to ", first.ToString());
}

template <typename T>
void RequantizeInput(ir::EvalContext& context, int i, int64_t offset) {
  const auto& p = context.prepared<Prepared>();
  const ir::Quantization& in = context.input(i).quantization();
  const ir::Quantization& out = context.output(0).quantization();
  const int64_t width = context.input(i).shape.dim(p.axis) * p.tail_bytes;
  const ref::Affine from{in.scale(), in.zero_point()}, to{out.scale(), out.zero_point()};
  for (int64_t r = 0; r < p.rows; ++r) {
    ref::RequantizeRow<T>(context.in<T>(i) + r * width, width, from, to,
                          context.out<T>(0) + r * p.row_bytes + offset);
  }
}

}  // namespace

absl::Status PrepareConcatenation(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, -1, 1));
  ET_RETURN_IF_ERROR(CheckWholeBytes(context, 0));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {context.input(0).dtype()}));
  const auto params = context.params<ir::ConcatenationParams>();
  if (params.activation != ir::Activation::kNone) {
    return context.Invalid("an activation function is not possible here");
  }
  const ir::Shape& first = context.input(0).shape;
  auto* p = context.MakePrepared<Prepared>();
  ET_RETURN_IF_ERROR(NormalizeAxis(context, params.axis, first.rank(), &p->axis));
  std::vector<int64_t> dims = DimsOf(first);
  dims[p->axis] = 0;
  for (int i = 0; i < context.num_inputs(); ++i) {
    ET_RETURN_IF_ERROR(CheckInput(context, i, p->axis));
    dims[p->axis] += context.input(i).shape.dim(p->axis);
  }
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  const ir::Shape& shape = context.output(0).shape;
  p->rows = shape.Product(0, p->axis);
  p->tail_bytes = shape.Product(p->axis + 1, shape.rank()) * ElementBytes(context.input(0).dtype());
  p->row_bytes = shape.dim(p->axis) * p->tail_bytes;
  return absl::OkStatus();
}

absl::Status EvalConcatenation(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  if (p.rows == 0) return absl::OkStatus();
  int64_t offset = 0;
  for (int i = 0; i < context.num_inputs(); ++i) {
    const int64_t width = context.input(i).shape.dim(p.axis) * p.tail_bytes;
    if (width == 0) continue;
    const bool same =
        SameQuantization(context.input(i).quantization(), context.output(0).quantization());
    if (same || !IsByte(context.output(0).dtype())) {
      ref::StridedCopy copy = BlockCopy(p.rows, width, p.row_bytes, width);
      copy.dst_offset = offset;
      RunCopy(context, copy, context.input(i).data, context.output(0).data);
    } else if (context.output(0).dtype() == ir::DType::kInt8) {
      RequantizeInput<int8_t>(context, i, offset);
    } else {
      RequantizeInput<uint8_t>(context, i, offset);
    }
    offset += width;
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
