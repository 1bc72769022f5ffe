#include <algorithm>
#include <vector>

#include "core/graph/passes.h"

namespace edgetasks::graph {
namespace {

bool HasEffects(const ir::Op& op) {
  switch (op.code) {
    case ir::OpCode::ASSIGN_VARIABLE:
    case ir::OpCode::CALL_ONCE:
    case ir::OpCode::CUSTOM:
    case ir::OpCode::IF:
    case ir::OpCode::WHILE:
      return true;
    default:
      return false;
  }
}

}  // namespace

void RemoveUnusedOps(ir::Graph* graph) {
  std::vector<bool> used(graph->tensors.size(), false);
  for (int tensor : graph->outputs) used[tensor] = true;
  std::vector<bool> keep(graph->ops.size(), false);
  for (size_t i = graph->ops.size(); i-- > 0;) {
    const ir::Op& op = graph->ops[i];
    keep[i] = HasEffects(op) || std::any_of(op.outputs.begin(), op.outputs.end(),
                                            [&](int t) { return t >= 0 && used[t]; });
    if (!keep[i]) continue;
    for (int tensor : op.inputs) {
      if (tensor >= 0) used[tensor] = true;
    }
  }
  std::vector<ir::Op> kept;
  for (size_t i = 0; i < graph->ops.size(); ++i) {
    if (keep[i]) kept.push_back(std::move(graph->ops[i]));
  }
  graph->ops = std::move(kept);
}

}  // namespace edgetasks::graph
