#include <vector>

#include "core/graph/passes.h"

namespace edgetasks::graph {
namespace {

// Whether FULLY_CONNECTED can dequantize `weights` row by row as it reads them.
bool IsScaledByRow(const ir::Tensor& weights) {
  const ir::Quantization& q = weights.quantization;
  return weights.shape.rank() == 2 && (q.per_tensor() || q.axis == 0);
}

// Whether `op` can read input `position` as the constant `weights` itself.
bool ReadsPacked(const ir::Op& op, size_t position, const ir::Tensor& weights) {
  switch (op.code) {
    case ir::OpCode::FULLY_CONNECTED:
      if (position != 1) return false;
      if (weights.dtype == ir::DType::kFloat16 || weights.dtype == ir::DType::kBFloat16)
        return true;
      return (weights.dtype == ir::DType::kInt8 || weights.dtype == ir::DType::kInt4) &&
             IsScaledByRow(weights);
    case ir::OpCode::EMBEDDING_LOOKUP:
      return position == 1;
    default:
      return false;
  }
}

}  // namespace

void FoldDequantize(ir::Graph* graph) {
  // source[t]: the constant that tensor t is the dequantized form of, or -1.
  std::vector<int> source(graph->tensors.size(), -1);
  for (const ir::Op& op : graph->ops) {
    if (op.code != ir::OpCode::DEQUANTIZE || op.inputs.size() != 1 || op.outputs.size() != 1) {
      continue;
    }
    const int input = op.inputs[0];
    if (input < 0 || !graph->tensors[input].is_constant()) continue;
    if (graph->tensors[op.outputs[0]].dtype != ir::DType::kFloat32) continue;
    source[op.outputs[0]] = input;
  }
  for (ir::Op& op : graph->ops) {
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      if (op.inputs[i] < 0 || source[op.inputs[i]] < 0) continue;
      const int packed = source[op.inputs[i]];
      if (!ReadsPacked(op, i, graph->tensors[packed])) continue;
      op.inputs[i] = packed;
      // The weights stand for the floats they would have been unpacked to: the activations are not
      // quantized, as they would be for a weight that is stored this way without a DEQUANTIZE.
      if (op.code == ir::OpCode::FULLY_CONNECTED) {
        ir::FullyConnectedParams params;
        if (auto* given = std::get_if<ir::FullyConnectedParams>(&op.params)) params = *given;
        params.weight_only = true;
        op.params = params;
      }
    }
  }
}

}  // namespace edgetasks::graph
