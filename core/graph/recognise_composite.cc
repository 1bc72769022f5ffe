#include <cmath>

#include "core/graph/passes.h"

namespace edgetasks::graph {
namespace {

// A finite number given as a real or an integer; `missing` if there is no such attribute.
std::optional<float> Number(const ir::Attributes& attributes, const char* name, float missing) {
  const auto found = attributes.find(name);
  if (found == attributes.end()) return missing;
  double value = 0.0;
  if (const auto* real = std::get_if<double>(&found->second)) {
    value = *real;
  } else if (const auto* integer = std::get_if<int64_t>(&found->second)) {
    value = static_cast<double>(*integer);
  } else {
    return std::nullopt;
  }
  if (!(std::abs(value) < 1e30)) return std::nullopt;
  return static_cast<float>(value);
}

bool IsFloat4D(const ir::Tensor& tensor) {
  return tensor.dtype == ir::DType::kFloat32 && tensor.shape.rank() == 4;
}

// odml.scaled_dot_product_attention(query, key, value, mask); attributes scale, logit_cap.
std::optional<ir::Op> RecogniseAttention(const ir::Op& op, const ir::CompositeParams& composite,
                                         const std::vector<ir::Tensor>& tensors) {
  if (composite.name != "odml.scaled_dot_product_attention") return std::nullopt;
  if (op.inputs.size() != 4 || op.outputs.size() != 1) return std::nullopt;
  for (int input : op.inputs) {
    if (input < 0 || !IsFloat4D(tensors[input])) return std::nullopt;
  }
  const ir::Shape& query = tensors[op.inputs[0]].shape;
  const ir::Shape& key = tensors[op.inputs[1]].shape;
  const ir::Shape& value = tensors[op.inputs[2]].shape;
  const bool fits = key.dim(0) == query.dim(0) && key.dim(3) == query.dim(3) &&
                    value.dim(0) == key.dim(0) && value.dim(1) == key.dim(1) &&
                    value.dim(2) == key.dim(2) && key.dim(2) > 0 && query.dim(2) % key.dim(2) == 0;
  const auto scale = Number(composite.attributes, "scale", 0.0f);
  const auto logit_cap = Number(composite.attributes, "logit_cap", 0.0f);
  if (!fits || !scale || !logit_cap || *logit_cap < 0.0f) return std::nullopt;
  ir::Op fused;
  fused.code = ir::OpCode::SCALED_DOT_PRODUCT_ATTENTION;
  fused.inputs = op.inputs;
  fused.outputs = op.outputs;
  fused.params = ir::AttentionParams{*scale, *logit_cap};
  return fused;
}

}  // namespace

std::optional<ir::Op> RecogniseComposite(const ir::Op& op, const std::vector<ir::Tensor>& tensors) {
  const auto* composite = std::get_if<ir::CompositeParams>(&op.params);
  if (op.code != ir::OpCode::STABLEHLO_COMPOSITE || composite == nullptr) return std::nullopt;
  return RecogniseAttention(op, *composite, tensors);
}

}  // namespace edgetasks::graph
