#include "core/exec/plan_report.h"

#include "absl/strings/str_cat.h"
#include "core/exec/graph_instance.h"
#include "core/graph/patterns.h"

namespace edgetasks::exec {

PlanReport GraphInstance::Report() const {
  PlanReport report;
  graph::Expansion expansion = graph::ExpansionOf(*model_, source_);
  report.ops_in_file = expansion.ops;
  report.inlined_composites = std::move(expansion.inlined);
  report.unfused = graph::UnfusedPatterns(graph_);
  report.ops_lowered = static_cast<int>(steps_.size());
  for (const Step& step : steps_) {
    if (step.folded) continue;
    const ir::Node& node = step.node;
    const std::string name = node.op->DisplayName();
    ++report.ops_run;
    ++report.ops[name];
    if (node.op->code >= ir::OpCode::kFirstFused) ++report.fused[name];
    if (!node.method.empty()) ++report.methods[absl::StrCat(name, ": ", node.method)];
  }
  for (const auto& [input, output] : allowed_aliases_) {
    ++report.aliases_allowed;
    if (is_aliased(output)) ++report.aliases_granted;
  }
  report.arena_bytes = arena_bytes_;
  report.io_bytes = io_bytes();
  return report;
}

}  // namespace edgetasks::exec
