// GATHER_ND: output[i..., k...] = input[indices[i..., 0], ..., indices[i..., n - 1], k...].
// SCATTER_ND: the reverse, into zeros; updates with the same index are added up.
#include <cstring>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/scatter_nd.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  int64_t count = 0;  // index vectors
  int depth = 0;      // entries of one index vector
  int64_t slice_elements = 0;
};

// indices: [..., depth] of a tensor of shape `shape`; *slice_elements lie behind one index vector.
absl::Status PrepareIndices(const ir::PrepareContext& context, const ir::Shape& indices,
                            const ir::Shape& shape, Prepared* p) {
  if (indices.rank() < 1 || indices.back(0) > shape.rank()) {
    return context.Invalid("indices of shape ", indices.ToString(),
                           " do not fit a tensor of shape ", shape.ToString());
  }
  p->depth = indices.back(0);
  p->count = indices.Product(0, indices.rank() - 1);
  p->slice_elements = shape.Product(p->depth, shape.rank());
  return absl::OkStatus();
}

// The number of the slice that index vector i of `indices` names; false if it is outside `shape`.
bool SliceOf(const ir::Operand& indices, int64_t i, int depth, const ir::Shape& shape,
             int64_t* slice) {
  *slice = 0;
  for (int d = 0; d < depth; ++d) {
    const int64_t index = IntAt(indices, i * depth + d);
    if (index < 0 || index >= shape.dim(d)) return false;
    *slice = *slice * shape.dim(d) + index;
  }
  return true;
}

}  // namespace

absl::Status PrepareGatherNd(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {ir::DType::kInt32, ir::DType::kInt64}));
  const ir::Shape& shape = context.input(0).shape;
  const ir::Shape& indices = context.input(1).shape;
  auto* p = context.MakePrepared<Prepared>();
  ET_RETURN_IF_ERROR(PrepareIndices(context, indices, shape, p));
  std::vector<int64_t> dims = DimsOf(indices);
  dims.pop_back();
  for (int d = p->depth; d < shape.rank(); ++d) dims.push_back(shape.dim(d));
  return SetCheckedShape(context, 0, dims);
}

absl::Status EvalGatherNd(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Shape& shape = context.input(0).shape;
  // Empty index vectors take no memory: there may be any number of them.
  if (p.depth == 0 && p.slice_elements == 0) return absl::OkStatus();
  ref::StridedCopy copy;
  copy.block_bytes = p.slice_elements * ElementBytes(context.input(0).dtype());
  for (int64_t i = 0; i < p.count; ++i) {
    int64_t slice = 0;
    if (!SliceOf(context.input(1), i, p.depth, shape, &slice)) {
      return context.BadValue("index vector ", i, " is outside a tensor of shape ",
                              shape.ToString());
    }
    copy.src_offset = slice * copy.block_bytes;
    copy.dst_offset = i * copy.block_bytes;
    copy.Run(context.input(0).data, context.output(0).data, 0, 1);
  }
  return absl::OkStatus();
}

absl::Status PrepareScatterNd(ir::PrepareContext& context) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 3, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kInt32, DType::kInt64}));
  ET_RETURN_IF_ERROR(
      context.CheckInputType(1, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16,
                                 DType::kInt32, DType::kInt64, DType::kBool}));
  ET_RETURN_IF_ERROR(CheckSameElements(context, 1, 0));
  ET_RETURN_IF_ERROR(context.CheckInputType(2, {DType::kInt32, DType::kInt64}));
  if (!HaveValues(context, {2})) return DeferShapes(context);
  std::vector<int64_t> dims;
  ET_RETURN_IF_ERROR(context.IntValues(2, &dims));
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  const ir::Shape& shape = context.output(0).shape;
  const ir::Shape& indices = context.input(0).shape;
  auto* p = context.MakePrepared<Prepared>();
  ET_RETURN_IF_ERROR(PrepareIndices(context, indices, shape, p));
  std::vector<int64_t> expected = DimsOf(indices);
  expected.pop_back();
  for (int d = p->depth; d < shape.rank(); ++d) expected.push_back(shape.dim(d));
  if (expected != DimsOf(context.input(1).shape)) {
    return context.Invalid("updates of shape ", context.input(1).shape.ToString(),
                           " do not fit indices ", indices.ToString(), " into ", shape.ToString());
  }
  return absl::OkStatus();
}

absl::Status EvalScatterNd(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Operand& output = context.output(0);
  const int64_t element_bytes = ElementBytes(output.dtype());
  const int64_t bytes = output.num_elements() * element_bytes;
  if (bytes > 0) std::memset(output.data, 0, bytes);
  if (p.slice_elements == 0 && p.depth == 0) return absl::OkStatus();
  const int64_t slice_bytes = p.slice_elements * element_bytes;
  for (int64_t i = 0; i < p.count; ++i) {
    int64_t slice = 0;
    if (!SliceOf(context.input(0), i, p.depth, output.shape, &slice)) {
      return context.BadValue("index vector ", i, " is outside a tensor of shape ",
                              output.shape.ToString());
    }
    const uint8_t* update = context.in<uint8_t>(1) + i * slice_bytes;
    uint8_t* sum = context.out<uint8_t>(0) + slice * slice_bytes;
    switch (output.dtype()) {
      case ir::DType::kFloat32:
        ref::AddF32(reinterpret_cast<const float*>(update), p.slice_elements,
                    reinterpret_cast<float*>(sum));
        break;
      case ir::DType::kInt16:
        ref::AddWrapping(reinterpret_cast<const uint16_t*>(update), p.slice_elements,
                         reinterpret_cast<uint16_t*>(sum));
        break;
      case ir::DType::kInt32:
        ref::AddWrapping(reinterpret_cast<const uint32_t*>(update), p.slice_elements,
                         reinterpret_cast<uint32_t*>(sum));
        break;
      case ir::DType::kInt64:
        ref::AddWrapping(reinterpret_cast<const uint64_t*>(update), p.slice_elements,
                         reinterpret_cast<uint64_t*>(sum));
        break;
      case ir::DType::kBool:
        ref::Or(update, p.slice_elements, sum);
        break;
      default:
        ref::AddWrapping(update, p.slice_elements, sum);
    }
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
