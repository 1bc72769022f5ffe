// EMBEDDING_LOOKUP: output[i, ...] = weights[ids[i], ...], as floats where the output is float32.
#include "core/kernels/ref/embedding_lookup.h"

#include "core/base/half.h"
#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  int64_t depth = 0;  // elements of one row
  bool dequantize = false;
};

bool IsQuantizedType(ir::DType dtype) {
  return dtype == ir::DType::kInt4 || dtype == ir::DType::kInt8 || dtype == ir::DType::kUInt8 ||
         dtype == ir::DType::kInt16;
}

// The scales of one row must be one number, or one a block.
absl::Status CheckQuantization(const ir::PrepareContext& context) {
  const ir::Operand& weights = context.input(1);
  const ir::Quantization& q = weights.quantization();
  const ir::Shape& shape = weights.shape;
  if (!IsQuantizedType(weights.dtype())) return absl::OkStatus();
  if (q.blockwise()) {
    const int64_t depth = shape.Product(1, shape.rank());
    if (weights.dtype() == ir::DType::kInt16) {
      return context.Invalid("blockwise quantized weights must be int4 or int8");
    }
    if (shape.rank() != 2 || depth % q.block_size != 0 ||
        static_cast<int64_t>(q.block_scales.size()) != shape.dim(0) * (depth / q.block_size)) {
      return context.Invalid("the block scales do not fit weights of shape ", shape.ToString());
    }
  } else if (q.per_channel()) {
    if (q.axis != 0 || static_cast<int64_t>(q.scales.size()) != shape.dim(0)) {
      return context.Invalid("per-channel weights need one scale a row, got ", q.scales.size(),
                             " along axis ", q.axis, " of shape ", shape.ToString());
    }
  } else if (!q.per_tensor()) {
    return context.Invalid("the integer weights have no scale");
  }
  return absl::OkStatus();
}

void DequantizeRun(const ir::Operand& weights, int64_t first, int64_t count, float scale,
                   int32_t zero_point, float* output) {
  switch (weights.dtype()) {
    case ir::DType::kInt4:
      ref::DequantizeRowInt4(static_cast<const uint8_t*>(weights.data), first, count, scale,
                             zero_point, output);
      break;
    case ir::DType::kInt8:
      ref::DequantizeRow(static_cast<const int8_t*>(weights.data) + first, count, scale, zero_point,
                         output);
      break;
    case ir::DType::kUInt8:
      ref::DequantizeRow(static_cast<const uint8_t*>(weights.data) + first, count, scale,
                         zero_point, output);
      break;
    default:
      ref::DequantizeRow(static_cast<const int16_t*>(weights.data) + first, count, scale,
                         zero_point, output);
  }
}

void FloatRow(const ir::Operand& weights, int64_t row, int64_t depth, float* output) {
  const ir::Quantization& q = weights.quantization();
  const int64_t first = row * depth;
  if (weights.dtype() == ir::DType::kFloat16) {
    ref::HalfRow(static_cast<const uint16_t*>(weights.data) + first, depth, output);
  } else if (weights.dtype() == ir::DType::kBFloat16) {
    ref::BFloat16Row(static_cast<const uint16_t*>(weights.data) + first, depth, output);
  } else if (q.blockwise()) {
    const int64_t blocks = depth / q.block_size;
    for (int64_t b = 0; b < blocks; ++b) {
      const int64_t at = b * q.block_size;
      DequantizeRun(weights, first + at, q.block_size,
                    HalfToFloat(q.block_scales[row * blocks + b]), 0, output + at);
    }
  } else {
    const int64_t channel = q.per_channel() ? row : 0;
    DequantizeRun(weights, first, depth, q.scales[channel], q.zero_points[channel], output);
  }
}

}  // namespace

absl::Status PrepareEmbeddingLookup(ir::PrepareContext& context) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kInt32, DType::kInt64}));
  const ir::Operand& weights = context.input(1);
  const ir::Shape& shape = weights.shape;
  if (shape.rank() < 2) return context.Invalid("the weights must have at least 2 dimensions");
  auto* p = context.MakePrepared<Prepared>();
  p->depth = shape.Product(1, shape.rank());
  p->dequantize =
      context.output(0).dtype() == DType::kFloat32 && weights.dtype() != DType::kFloat32;
  if (p->dequantize) {
    ET_RETURN_IF_ERROR(
        context.CheckInputType(1, {DType::kInt4, DType::kInt8, DType::kUInt8, DType::kInt16,
                                   DType::kFloat16, DType::kBFloat16}));
    ET_RETURN_IF_ERROR(CheckQuantization(context));
  } else {
    ET_RETURN_IF_ERROR(CheckMovable(context, 1, 0));
    if (weights.quantization().per_channel()) {
      return context.Invalid("rows with a scale each can only become float32");
    }
  }
  // TFLite takes a list of ids; a tensor of ids is the same with more dimensions in front.
  std::vector<int64_t> dims = DimsOf(context.input(0).shape);
  for (int d = 1; d < shape.rank(); ++d) dims.push_back(shape.dim(d));
  return SetCheckedShape(context, 0, dims);
}

absl::Status EvalEmbeddingLookup(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Operand& ids = context.input(0);
  const ir::Operand& weights = context.input(1);
  const int64_t count = ids.num_elements(), rows = weights.shape.dim(0);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t row = IntAt(ids, i);
    if (row < 0 || row >= rows) {
      return context.BadValue("id ", row, " at position ", i, " is outside a table of ", rows,
                              " rows");
    }
  }
  if (p.dequantize) {
    context.pool().ParallelFor(count, 65536 / (p.depth + 1) + 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        FloatRow(weights, IntAt(ids, i), p.depth, context.out<float>(0) + i * p.depth);
      }
    });
    return absl::OkStatus();
  }
  ref::StridedCopy copy;
  copy.block_bytes = p.depth * ElementBytes(weights.dtype());
  for (int64_t i = 0; i < count; ++i) {
    copy.src_offset = IntAt(ids, i) * copy.block_bytes;
    copy.dst_offset = i * copy.block_bytes;
    copy.Run(weights.data, context.output(0).data, 0, 1);
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
