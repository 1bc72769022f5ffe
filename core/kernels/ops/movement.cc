#include "core/kernels/ops/movement.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::kernels {
namespace {

// A piece of copying worth a thread: some ten microseconds of memory bandwidth.
constexpr int64_t kMinBytesPerThread = 128 * 1024;

}  // namespace

absl::Status CheckWholeBytes(const ir::PrepareContext& context, int i) {
  const ir::DType dtype = context.input(i).dtype();
  if (ir::IsRunnable(dtype) && dtype != ir::DType::kInt4) return absl::OkStatus();
  return Unsupported(ErrorDetail::kUnsupportedType, context.op().DisplayName(), ": input ", i,
                     " is ", ir::NameOf(dtype), "; supported are the types of whole bytes");
}

bool SameQuantization(const ir::Quantization& a, const ir::Quantization& b) {
  if (!a.per_tensor() || !b.per_tensor()) return true;
  // Converters compute equal scales in different orders: differences of a few last places of a
  // float move no element by a step.
  return a.zero_point() == b.zero_point() &&
         std::abs(a.scale() - b.scale()) <= 1e-6f * std::abs(a.scale());
}

absl::Status CheckSameElements(const ir::PrepareContext& context, int input, int output) {
  const ir::Operand& in = context.input(input);
  const ir::Operand& out = context.output(output);
  ET_RETURN_IF_ERROR(context.CheckOutputType(output, {in.dtype()}));
  if (!SameQuantization(in.quantization(), out.quantization())) {
    return context.Invalid("input ", input, " has scale ", in.quantization().scale(),
                           " and zero point ", in.quantization().zero_point(), ", output ", output,
                           " has ", out.quantization().scale(), " and ",
                           out.quantization().zero_point(),
                           "; this operator moves elements and cannot requantize");
  }
  return absl::OkStatus();
}

absl::Status CheckMovable(const ir::PrepareContext& context, int input, int output) {
  ET_RETURN_IF_ERROR(CheckWholeBytes(context, input));
  return CheckSameElements(context, input, output);
}

absl::Status NormalizeAxis(const ir::PrepareContext& context, int64_t axis, int rank, int* result) {
  if (axis < -rank || axis >= rank) {
    return context.Invalid("axis ", axis, " is outside a tensor of ", rank, " dimensions");
  }
  *result = static_cast<int>(axis < 0 ? axis + rank : axis);
  return absl::OkStatus();
}

bool HaveValues(const ir::PrepareContext& context, std::initializer_list<int> inputs) {
  for (int i : inputs) {
    if (!context.has_input(i) || context.is_known(i)) continue;
    if (context.input(i).num_elements() > 0) return false;  // nothing to know about no elements
  }
  return true;
}

absl::Status DeferShapes(ir::PrepareContext& context) {
  for (int i = 0; i < context.num_outputs(); ++i) context.SetOutputShapeUnknown(i);
  return absl::OkStatus();
}

absl::Status IntValue(const ir::PrepareContext& context, int i, int64_t* value) {
  std::vector<int64_t> values;
  if (context.input(i).num_elements() != 1) {
    return context.Invalid("input ", i, " must hold one number, but has shape ",
                           context.input(i).shape.ToString());
  }
  ET_RETURN_IF_ERROR(context.IntValues(i, &values));
  *value = values[0];
  return absl::OkStatus();
}

absl::Status SetCheckedShape(ir::PrepareContext& context, int i, absl::Span<const int64_t> dims) {
  if (dims.size() > ir::Shape::kMaxRank) {
    return context.Invalid("output ", i, " would have ", dims.size(), " dimensions; at most ",
                           ir::Shape::kMaxRank, " are supported");
  }
  ir::Shape shape;
  for (int64_t dim : dims) {
    if (dim < 0 || dim > std::numeric_limits<int32_t>::max()) {
      return context.Invalid("dimension ", shape.rank(), " of output ", i, " would be ", dim);
    }
    shape.Append(static_cast<int32_t>(dim));
  }
  int64_t bytes = 0;
  if (!ir::CheckedBytes(shape, context.output(i).dtype(), &bytes)) {
    return context.Invalid("output ", i, " would have shape ", shape.ToString(),
                           ", whose size overflows");
  }
  context.SetOutputShape(i, shape);
  return absl::OkStatus();
}

std::vector<int64_t> DimsOf(const ir::Shape& shape) {
  return {shape.dims().begin(), shape.dims().end()};
}

int64_t IntAt(const ir::Operand& operand, int64_t i) {
  if (operand.dtype() == ir::DType::kInt64) return static_cast<const int64_t*>(operand.data)[i];
  return static_cast<const int32_t*>(operand.data)[i];
}

std::array<int64_t, ir::Shape::kMaxRank> ByteStrides(const ir::Shape& shape,
                                                     int64_t element_bytes) {
  std::array<int64_t, ir::Shape::kMaxRank> strides{};
  int64_t stride = element_bytes;
  for (int d = shape.rank() - 1; d >= 0; --d) {
    strides[d] = stride;
    stride *= shape.dim(d) > 0 ? shape.dim(d) : 1;  // of an empty tensor nothing is addressed
  }
  return strides;
}

ref::StridedCopy BlockCopy(int64_t rows, int64_t src_stride, int64_t dst_stride,
                           int64_t block_bytes) {
  ref::StridedCopy copy;
  copy.block_bytes = block_bytes;
  copy.Add(rows, src_stride, dst_stride);
  copy.Simplify();
  return copy;
}

void RunCopy(ir::EvalContext& context, const ref::StridedCopy& copy, const void* src, void* dst) {
  const int64_t row_bytes = copy.row_bytes();
  if (row_bytes == 0) return;
  if (copy.rank == 0) {
    CopyBytes(context, static_cast<const uint8_t*>(src) + copy.src_offset,
              static_cast<uint8_t*>(dst) + copy.dst_offset, copy.block_bytes);
    return;
  }
  context.pool().ParallelFor(copy.rows(), kMinBytesPerThread / row_bytes + 1,
                             [&](int64_t begin, int64_t end) { copy.Run(src, dst, begin, end); });
}

void CopyBytes(ir::EvalContext& context, const void* src, void* dst, int64_t bytes) {
  if (src == dst || bytes == 0) return;
  context.pool().ParallelFor(bytes, kMinBytesPerThread, [&](int64_t begin, int64_t end) {
    std::memcpy(static_cast<uint8_t*>(dst) + begin, static_cast<const uint8_t*>(src) + begin,
                end - begin);
  });
}

void CopyAll(ir::EvalContext& context, int i, int o) {
  int64_t bytes = 0;
  if (!ir::CheckedBytes(context.output(o).shape, context.output(o).dtype(), &bytes)) return;
  CopyBytes(context, context.input(i).data, context.output(o).data, bytes);
}

}  // namespace edgetasks::kernels
