#include <algorithm>
#include <utility>

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

// One kind of op, wherever it stands.
struct Missing {
  std::string name, first_place;
  int places = 0;
};

void Add(const std::string& name, std::string place, std::vector<Missing>* missing) {
  const auto known = std::find_if(missing->begin(), missing->end(),
                                  [&](const Missing& op) { return op.name == name; });
  if (known != missing->end()) {
    ++known->places;
  } else {
    missing->push_back({name, std::move(place), 1});
  }
}

}  // namespace

std::vector<std::string> MissingOps(const ir::Model& model, int graph) {
  std::vector<Missing> missing;
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
      Add(op.DisplayName(), absl::StrCat("op ", i, " of graph '", g.name, "'"), &missing);
    }
  }
  std::vector<std::string> lines;
  for (const Missing& op : missing) {
    lines.push_back(absl::StrCat(op.name, " at ", op.first_place));
    const int others = op.places - 1;
    if (others == 0) continue;
    absl::StrAppend(&lines.back(), " and ", others, others == 1 ? " other place" : " other places");
  }
  return lines;
}

}  // namespace edgetasks::exec
