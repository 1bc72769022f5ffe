#include "absl/strings/str_cat.h"
#include "core/exec/runner.h"
#include "core/kernels/registry.h"

namespace edgetasks::exec {
namespace {

bool IsControlFlow(ir::OpCode code) {
  return code == ir::OpCode::IF || code == ir::OpCode::WHILE || code == ir::OpCode::CALL_ONCE;
}

// The graphs that `op` runs.
std::vector<int> GraphsOf(const ir::Op& op) {
  if (const auto* p = std::get_if<ir::CompositeParams>(&op.params)) return {p->decomposition_graph};
  if (const auto* p = std::get_if<ir::IfParams>(&op.params)) return {p->then_graph, p->else_graph};
  if (const auto* p = std::get_if<ir::WhileParams>(&op.params)) {
    return {p->cond_graph, p->body_graph};
  }
  if (const auto* p = std::get_if<ir::CallOnceParams>(&op.params)) return {p->init_graph};
  return {};
}

}  // namespace

std::vector<std::string> MissingOps(const ir::Model& model, int graph) {
  std::vector<std::string> missing;
  std::vector<bool> seen(model.graphs.size(), false);
  std::vector<int> pending = {graph};
  seen[graph] = true;
  while (!pending.empty()) {
    const ir::Graph& g = model.graphs[pending.back()];
    pending.pop_back();
    for (size_t i = 0; i < g.ops.size(); ++i) {
      const ir::Op& op = g.ops[i];
      const std::vector<int> callees = GraphsOf(op);
      for (int callee : callees) {
        if (!seen[callee]) pending.push_back(callee);
        seen[callee] = true;
      }
      const bool expands = op.code == ir::OpCode::STABLEHLO_COMPOSITE || IsControlFlow(op.code);
      if (expands ? !callees.empty() : kernels::FindKernel(op.code, op.custom_name) != nullptr) {
        continue;
      }
      missing.push_back(absl::StrCat(op.DisplayName(), " at op ", i, " of graph '", g.name, "'"));
    }
  }
  return missing;
}

}  // namespace edgetasks::exec
