// GATHER: output[b, o, i, k] = input[b, o, indices[b, i], k], with b over the first `batch_dims`
// dimensions, o over those up to `axis`, k over those behind it.
#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  int64_t batches = 1, outer = 1, axis_size = 0, indices = 1;
  int64_t inner_bytes = 0;
};

// Bytes of `elements` consecutive elements; packed int4 must fill whole bytes.
absl::Status InnerBytes(const ir::PrepareContext& context, int64_t elements, int64_t* bytes) {
  if (context.input(0).dtype() != ir::DType::kInt4) {
    ET_RETURN_IF_ERROR(CheckWholeBytes(context, 0));
    *bytes = elements * ElementBytes(context.input(0).dtype());
    return absl::OkStatus();
  }
  if (elements % 2 != 0) {
    return context.Invalid("int4 slices of ", elements, " elements do not fill whole bytes");
  }
  *bytes = elements / 2;
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareGather(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {ir::DType::kInt32, ir::DType::kInt64}));
  const auto params = context.params<ir::GatherParams>();
  const ir::Shape& shape = context.input(0).shape;
  const ir::Shape& indices = context.input(1).shape;
  int axis = 0;
  ET_RETURN_IF_ERROR(NormalizeAxis(context, params.axis, shape.rank(), &axis));
  const int64_t batch_dims =
      params.batch_dims < 0 ? int64_t{params.batch_dims} + indices.rank() : params.batch_dims;
  bool batches_fit = batch_dims >= 0 && batch_dims <= axis && batch_dims <= indices.rank();
  for (int d = 0; batches_fit && d < batch_dims; ++d) batches_fit = shape.dim(d) == indices.dim(d);
  if (!batches_fit) {
    return context.Invalid("batch_dims ", params.batch_dims, " and axis ", params.axis,
                           " do not fit input ", shape.ToString(), " and indices ",
                           indices.ToString());
  }
  const int batch = static_cast<int>(batch_dims);
  std::vector<int64_t> dims(shape.dims().begin(), shape.dims().begin() + axis);
  for (int d = batch; d < indices.rank(); ++d) dims.push_back(indices.dim(d));
  for (int d = axis + 1; d < shape.rank(); ++d) dims.push_back(shape.dim(d));
  auto* p = context.MakePrepared<Prepared>();
  ET_RETURN_IF_ERROR(InnerBytes(context, shape.Product(axis + 1, shape.rank()), &p->inner_bytes));
  ET_RETURN_IF_ERROR(CheckSameElements(context, 0, 0));
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  p->batches = shape.Product(0, batch);
  p->outer = shape.Product(batch, axis);
  p->axis_size = shape.dim(axis);
  p->indices = indices.Product(batch, indices.rank());
  return absl::OkStatus();
}

absl::Status EvalGather(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Operand& indices = context.input(1);
  for (int64_t i = 0, count = indices.num_elements(); i < count; ++i) {
    const int64_t index = IntAt(indices, i);
    if (index < 0 || index >= p.axis_size) {
      return context.BadValue("index ", index, " at position ", i, " is outside a dimension of ",
                              p.axis_size);
    }
  }
  if (context.output(0).num_elements() == 0) return absl::OkStatus();
  const int64_t row_bytes = p.indices * p.inner_bytes;
  context.pool().ParallelFor(
      p.batches * p.outer, 65536 / (row_bytes + 1) + 1, [&](int64_t begin, int64_t end) {
        ref::StridedCopy copy;
        copy.block_bytes = p.inner_bytes;
        for (int64_t r = begin; r < end; ++r) {
          const int64_t first = r / p.outer * p.indices;
          for (int64_t i = 0; i < p.indices; ++i) {
            copy.src_offset = (r * p.axis_size + IntAt(indices, first + i)) * p.inner_bytes;
            copy.dst_offset = r * row_bytes + i * p.inner_bytes;
            copy.Run(context.input(0).data, context.output(0).data, 0, 1);
          }
        }
      });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
