#include "core/graph/links.h"

#include <cstring>
#include <utility>

namespace edgetasks::graph {

Links::Links(const ir::Graph& graph)
    : graph_(graph), producer_(graph.tensors.size(), -1), uses_(graph.tensors.size(), 0) {
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    for (const int output : graph.ops[i].outputs) producer_[output] = static_cast<int>(i);
    for (const int input : graph.ops[i].inputs) {
      if (input >= 0) ++uses_[input];
    }
  }
  for (const int output : graph.outputs) ++uses_[output];
}

const ir::Op* Links::Producer(int tensor, ir::OpCode code) const {
  if (tensor < 0 || producer_[tensor] < 0) return nullptr;
  const ir::Op& op = graph_.ops[producer_[tensor]];
  return op.code == code && op.outputs.size() == 1 && !op.inputs.empty() ? &op : nullptr;
}

const ir::Op* Links::MakerOf(int tensor, ir::OpCode code) const {
  return tensor >= 0 && uses_[tensor] == 1 ? Producer(tensor, code) : nullptr;
}

int Links::BeforeReshapes(int tensor) const {
  while (const ir::Op* reshape = MakerOf(tensor, ir::OpCode::RESHAPE)) {
    if (!IsFixed(tensor) || !IsFixed(reshape->inputs[0])) break;
    tensor = reshape->inputs[0];
  }
  return tensor;
}

bool Links::HasFixedShape(int tensor) const {
  if (tensor < 0) return false;
  const ir::Tensor& t = graph_.tensors[tensor];
  for (int d = 0; d < t.shape_signature.rank(); ++d) {
    if (t.shape_signature.dim(d) < 0) return false;
  }
  return true;
}

bool Links::IsFixed(int tensor) const {
  return HasFixedShape(tensor) && graph_.tensors[tensor].dtype == ir::DType::kFloat32;
}

bool Links::IsScalar(int tensor, float* value) const {
  if (tensor < 0) return false;
  const ir::Tensor& t = graph_.tensors[tensor];
  if (!t.is_constant() || t.dtype != ir::DType::kFloat32 || t.shape.num_elements() != 1 ||
      t.data.size() != sizeof(float)) {
    return false;
  }
  std::memcpy(value, t.data.data(), sizeof(float));
  return true;
}

bool Links::Integers(int tensor, std::vector<int64_t>* values) const {
  if (tensor < 0) return false;
  const ir::Tensor& t = graph_.tensors[tensor];
  if (!t.is_constant()) return false;
  values->clear();
  if (t.dtype == ir::DType::kInt32) {
    for (size_t at = 0; at + sizeof(int32_t) <= t.data.size(); at += sizeof(int32_t)) {
      int32_t value = 0;
      std::memcpy(&value, t.data.data() + at, sizeof(value));
      values->push_back(value);
    }
    return true;
  }
  if (t.dtype != ir::DType::kInt64) return false;
  for (size_t at = 0; at + sizeof(int64_t) <= t.data.size(); at += sizeof(int64_t)) {
    int64_t value = 0;
    std::memcpy(&value, t.data.data() + at, sizeof(value));
    values->push_back(value);
  }
  return true;
}

bool IsPlain(const ir::Op& op) {
  const auto* params = std::get_if<ir::ActivationParams>(&op.params);
  return op.inputs.size() == 2 &&
         (params == nullptr || params->activation == ir::Activation::kNone);
}

void ReplaceRecognised(
    ir::Graph* graph,
    absl::FunctionRef<bool(const Links& links, const ir::Op& op, ir::Op* fused)> recognise) {
  const Links links(*graph);
  std::vector<std::pair<size_t, ir::Op>> found;
  for (size_t i = 0; i < graph->ops.size(); ++i) {
    ir::Op fused;
    if (recognise(links, graph->ops[i], &fused)) found.emplace_back(i, std::move(fused));
  }
  for (auto& [index, op] : found) graph->ops[index] = std::move(op);
}

}  // namespace edgetasks::graph
