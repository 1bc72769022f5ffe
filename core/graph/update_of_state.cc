#include "core/graph/update_of_state.h"

#include <algorithm>

namespace edgetasks::graph {
namespace {

constexpr int kRank = 4;

bool IsFixed(const ir::Tensor& t) {
  return t.dtype == ir::DType::kFloat32 && t.shape.rank() == kRank &&
         t.shape == t.shape_signature && !t.is_constant() && t.quantization.scales.empty();
}

bool IsUpdate(const ir::Graph& graph, const ir::Op& op, int output) {
  if (op.code != ir::OpCode::DYNAMIC_UPDATE_SLICE || op.inputs.size() != 3) return false;
  if (op.outputs != std::vector<int>{output} || op.inputs[1] < 0 || op.inputs[2] < 0) {
    return false;
  }
  const ir::Tensor& start = graph.tensors[op.inputs[2]];
  return IsFixed(graph.tensors[op.inputs[1]]) && op.inputs[1] != op.inputs[0] &&
         (start.dtype == ir::DType::kInt32 || start.dtype == ir::DType::kInt64) &&
         start.shape == ir::Shape{kRank} && start.shape_signature == start.shape;
}

}  // namespace

bool FindUpdateOfState(const ir::Graph& graph, int input, int output, UpdateOfState* result) {
  if (input == output || !IsFixed(graph.tensors[input]) || !IsFixed(graph.tensors[output])) {
    return false;
  }
  if (std::count(graph.inputs.begin(), graph.inputs.end(), input) != 1) return false;
  if (std::count(graph.outputs.begin(), graph.outputs.end(), output) != 1) return false;
  if (std::count(graph.outputs.begin(), graph.outputs.end(), input) != 0) return false;
  bool found = false;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const ir::Op& op = graph.ops[i];
    for (size_t at = 0; at < op.inputs.size(); ++at) {
      if (op.inputs[at] == input) {
        if (found || at != 0 || !IsUpdate(graph, op, output)) return false;
        found = true;
        result->update = i;
      } else if (op.inputs[at] == output) {
        result->readers.push_back({i, at});
      }
    }
  }
  return found;
}

}  // namespace edgetasks::graph
