// REVERSE_V2: the given dimensions run backwards. REVERSE_SEQUENCE: of each batch entry, the first
// seq_lengths[b] elements along seq_dim run backwards.
#include <algorithm>
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

// The dimensions around the two axes: [outer, first, middle, second, inner].
struct Sequence {
  int64_t outer = 1, first = 1, middle = 1, second = 1;
  int64_t inner_bytes = 0;
  bool batch_is_first = true;
};

}  // namespace

absl::Status PrepareReverseV2(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  if (!HaveValues(context, {1})) return DeferShapes(context);
  const ir::Shape& shape = context.input(0).shape;
  if (context.input(1).num_elements() > shape.rank()) {
    return context.Invalid("there are more axes than dimensions");
  }
  std::vector<int64_t> axes;
  ET_RETURN_IF_ERROR(context.IntValues(1, &axes));
  bool reversed[ir::Shape::kMaxRank] = {};
  for (int64_t value : axes) {
    int axis = 0;
    ET_RETURN_IF_ERROR(NormalizeAxis(context, value, shape.rank(), &axis));
    reversed[axis] = true;
  }
  auto* copy = context.MakePrepared<ref::StridedCopy>();
  copy->block_bytes = ElementBytes(context.input(0).dtype());
  const auto strides = ByteStrides(shape, copy->block_bytes);
  for (int d = 0; d < shape.rank(); ++d) {
    copy->Add(shape.dim(d), reversed[d] ? -strides[d] : strides[d], strides[d]);
    if (reversed[d] && shape.dim(d) > 0) copy->src_offset += (shape.dim(d) - 1) * strides[d];
  }
  copy->Simplify();
  context.SetOutputShape(0, shape);
  return absl::OkStatus();
}

absl::Status EvalReverseV2(ir::EvalContext& context) {
  RunCopy(context, context.prepared<ref::StridedCopy>(), context.input(0).data,
          context.output(0).data);
  return absl::OkStatus();
}

absl::Status PrepareReverseSequence(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {ir::DType::kInt32, ir::DType::kInt64}));
  const auto params = context.params<ir::ReverseSequenceParams>();
  const ir::Shape& shape = context.input(0).shape;
  int seq = 0, batch = 0;
  ET_RETURN_IF_ERROR(NormalizeAxis(context, params.seq_dim, shape.rank(), &seq));
  ET_RETURN_IF_ERROR(NormalizeAxis(context, params.batch_dim, shape.rank(), &batch));
  if (seq == batch) return context.Invalid("seq_dim and batch_dim are both ", seq);
  if (context.input(1).shape != ir::Shape{shape.dim(batch)}) {
    return context.Invalid("seq_lengths must be [", shape.dim(batch), "], got ",
                           context.input(1).shape.ToString());
  }
  const int low = std::min(seq, batch), high = std::max(seq, batch);
  auto* p = context.MakePrepared<Sequence>();
  *p = {shape.Product(0, low),
        shape.dim(low),
        shape.Product(low + 1, high),
        shape.dim(high),
        shape.Product(high + 1, shape.rank()) * ElementBytes(context.input(0).dtype()),
        batch < seq};
  context.SetOutputShape(0, shape);
  return absl::OkStatus();
}

absl::Status EvalReverseSequence(ir::EvalContext& context) {
  const auto& p = context.prepared<Sequence>();
  const int64_t steps = p.batch_is_first ? p.second : p.first;
  const int64_t batches = p.batch_is_first ? p.first : p.second;
  for (int64_t b = 0; b < batches; ++b) {
    const int64_t length = IntAt(context.input(1), b);
    if (length < 0 || length > steps) {
      return context.BadValue("length ", length, " of sequence ", b, " is outside [0, ", steps,
                              "]");
    }
  }
  if (context.output(0).num_elements() == 0) return absl::OkStatus();
  const int64_t batch_stride = p.batch_is_first ? p.middle * p.second : 1;
  const int64_t step_stride = p.batch_is_first ? 1 : p.middle * p.second;
  for (int64_t b = 0; b < batches; ++b) {
    const int64_t length = IntAt(context.input(1), b);
    for (int64_t s = 0; s < steps; ++s) {
      const int64_t from = s < length ? length - 1 - s : s;
      ref::StridedCopy copy;
      copy.block_bytes = p.inner_bytes;
      copy.Add(p.outer, p.first * p.middle * p.second * p.inner_bytes,
               p.first * p.middle * p.second * p.inner_bytes);
      copy.Add(p.middle, p.second * p.inner_bytes, p.second * p.inner_bytes);
      copy.src_offset = (b * batch_stride + from * step_stride) * p.inner_bytes;
      copy.dst_offset = (b * batch_stride + s * step_stride) * p.inner_bytes;
      copy.Run(context.input(0).data, context.output(0).data, 0, copy.rows());
    }
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
