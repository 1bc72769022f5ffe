#include "core/kernels/ops/channel_affine.h"

namespace edgetasks::kernels {

absl::Status MakeChannelAffine(const ir::PrepareContext& context, const char* what,
                               const ir::Operand& operand, const ir::Shape& shape,
                               ChannelAffine* result) {
  const ir::Quantization& quantization = operand.quantization();
  if (quantization.blockwise() || quantization.scales.empty() ||
      quantization.zero_points.size() != quantization.scales.size()) {
    return context.Invalid(what, " is ", ir::NameOf(operand.dtype()),
                           " and needs scales and zero points for the tensor or its channels");
  }
  const auto count = static_cast<int64_t>(quantization.scales.size());
  result->affines.clear();
  for (int64_t c = 0; c < count; ++c) {
    result->affines.push_back({quantization.scales[c], quantization.zero_points[c]});
  }
  result->channels = 1;
  result->inner = 1;
  if (count == 1) return absl::OkStatus();
  const int axis = quantization.axis;
  if (axis < 0 || axis >= shape.rank() || shape.dim(axis) != count) {
    return context.Invalid(what, " has ", count, " scales along axis ", axis,
                           ", which does not fit its shape ", shape.ToString());
  }
  result->channels = count;
  result->inner = std::max<int64_t>(1, shape.Product(axis + 1, shape.rank()));
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
