#include "core/model/tflite_quantization.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/half.h"
#include "core/base/status_macros.h"
#include "core/model/tflite_tensors.h"

namespace edgetasks::model {
namespace {

struct Range {
  int64_t low = 1, high = 0;  // empty: the type is not quantizable
};

// The zero points that make sense: the integers of the type itself. Wider types than int32 are
// biases, whose zero point is 0; the ir keeps int32.
Range ZeroPointRange(ir::DType dtype) {
  switch (dtype) {
    case ir::DType::kInt2:
      return {-2, 1};
    case ir::DType::kInt4:
      return {-8, 7};
    case ir::DType::kUInt4:
      return {0, 15};
    case ir::DType::kInt8:
      return {-128, 127};
    case ir::DType::kUInt8:
      return {0, 255};
    case ir::DType::kInt16:
      return {-32768, 32767};
    case ir::DType::kUInt16:
      return {0, 65535};
    case ir::DType::kInt32:
    case ir::DType::kInt64:
      return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
    default:
      return {};
  }
}

absl::Status ReadScales(const schema::QuantizationParameters& source, TfliteFile& file,
                        ir::Tensor* tensor) {
  const auto& scales = *source.scale();
  ir::Quantization& q = tensor->quantization;
  if (scales.size() > 1) {
    q.axis = source.quantized_dimension();
    if (q.axis < 0 || q.axis >= tensor->shape.rank()) {
      return InvalidGraph("quantized_dimension ", q.axis, " of a tensor of shape ",
                          tensor->shape.ToString());
    }
    if (static_cast<int64_t>(scales.size()) != tensor->shape.dim(q.axis)) {
      return InvalidGraph("dimension ", q.axis, " of shape ", tensor->shape.ToString(), " needs ",
                          tensor->shape.dim(q.axis), " scales (or one for all), got ",
                          scales.size());
    }
  }
  ET_RETURN_IF_ERROR(file.Charge(uint64_t{scales.size()} * (sizeof(float) + sizeof(int32_t))));
  q.scales.assign(scales.begin(), scales.end());
  for (size_t i = 0; i < q.scales.size(); ++i) {
    if (!(q.scales[i] >= 0.0f) || !std::isfinite(q.scales[i])) {
      return InvalidGraph("scale ", i, " is ", q.scales[i],
                          "; expected a finite one, not negative");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadZeroPoints(const schema::QuantizationParameters& source, ir::Tensor* tensor) {
  ir::Quantization& q = tensor->quantization;
  q.zero_points.assign(q.scales.size(), 0);
  const auto* zero_points = source.zero_point();
  if (zero_points == nullptr || zero_points->size() == 0) return absl::OkStatus();
  if (zero_points->size() != 1 && zero_points->size() != q.scales.size()) {
    return InvalidGraph(q.scales.size(), " scales need as many zero points, one or none, got ",
                        zero_points->size());
  }
  const Range range = ZeroPointRange(tensor->dtype);
  for (size_t i = 0; i < q.scales.size(); ++i) {
    const int64_t value = zero_points->Get(zero_points->size() == 1 ? 0 : i);
    if (value < range.low || value > range.high) {
      return InvalidGraph("zero point ", i, " is ", value, "; ", ir::NameOf(tensor->dtype),
                          " holds ", range.low, " to ", range.high);
    }
    q.zero_points[i] = static_cast<int32_t>(value);
  }
  return absl::OkStatus();
}

// As unsigned numbers, binary16 bits from infinity's on are infinity, NaN or negative.
absl::Status CheckBlockScales(absl::Span<const uint16_t> scales) {
  constexpr uint16_t kInfinity = 0x7c00, kMinusZero = 0x8000;
  for (size_t i = 0; i < scales.size(); ++i) {
    if (scales[i] >= kInfinity && scales[i] != kMinusZero) {
      return InvalidGraph("block scale ", i, " is ", HalfToFloat(scales[i]),
                          "; expected a finite one, not negative");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadBlocks(const schema::BlockwiseQuantization& source,
                        const std::vector<ir::Tensor>& tensors, ir::Tensor* tensor) {
  const auto* block_shape = source.block_shape();
  // zero_points is -1 for none; 0 is what reads from a file that leaves it out.
  if (source.zero_points() > 0 || (block_shape != nullptr && block_shape->size() > 0)) {
    return Unsupported(ErrorDetail::kUnsupportedType,
                       "blockwise quantization with zero points or with blocks of several "
                       "dimensions is not supported; use symmetric blocks along the last one");
  }
  const ir::Shape& shape = tensor->shape;
  const int block = source.block_size();
  if (shape.rank() < 1 || block <= 0 || shape.back(0) % block != 0) {
    return InvalidGraph("blocks of ", block, " do not divide the last dimension of shape ",
                        shape.ToString());
  }
  const int index = source.scales();
  if (index < 0 || index >= static_cast<int>(tensors.size())) {
    return CorruptFile("the block scales are tensor ", index, "; the subgraph has ",
                       tensors.size());
  }
  const ir::Tensor& scales = tensors[index];
  if (scales.dtype != ir::DType::kFloat16 || !scales.is_constant()) {
    return Unsupported(ErrorDetail::kUnsupportedType, "the block scales, ",
                       WhereTensor(index, scales), ", are ",
                       scales.is_constant() ? "" : "not constant ", ir::NameOf(scales.dtype),
                       "; supported: constant float16");
  }
  const int64_t expected = shape.num_elements() / block;
  if (scales.shape.num_elements() != expected) {
    return InvalidGraph("shape ", shape.ToString(), " in blocks of ", block, " needs ", expected,
                        " scales, ", WhereTensor(index, scales), " has shape ",
                        scales.shape.ToString());
  }
  ir::Quantization& q = tensor->quantization;
  q.block_size = block;
  q.block_scales = {reinterpret_cast<const uint16_t*>(scales.data.data()),
                    static_cast<size_t>(expected)};
  return CheckBlockScales(q.block_scales);
}

}  // namespace

absl::Status ReadQuantization(const schema::QuantizationParameters& source,
                              const std::vector<ir::Tensor>& tensors, TfliteFile& file,
                              ir::Tensor* tensor) {
  const Range range = ZeroPointRange(tensor->dtype);
  if (range.low > range.high) return absl::OkStatus();
  switch (source.details_type()) {
    case schema::QuantizationDetails_NONE:
      break;
    case schema::QuantizationDetails_BlockwiseQuantization:
      if (source.details_as_BlockwiseQuantization() == nullptr) {
        return CorruptFile("blockwise quantization without its details");
      }
      return ReadBlocks(*source.details_as_BlockwiseQuantization(), tensors, tensor);
    default:
      return Unsupported(
          ErrorDetail::kUnsupportedType, "quantization details of kind ",
          static_cast<int>(source.details_type()),
          " (custom or along several axes) are not supported; supported: per tensor, "
          "per channel, blockwise");
  }
  if (source.scale() == nullptr || source.scale()->size() == 0) return absl::OkStatus();
  ET_RETURN_IF_ERROR(ReadScales(source, file, tensor));
  return ReadZeroPoints(source, tensor);
}

}  // namespace edgetasks::model
