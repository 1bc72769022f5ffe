#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/graph/passes.h"

namespace edgetasks::graph {
namespace {

// Nesting deeper than this is refused; real models nest once or twice. It bounds the recursion.
constexpr int kMaxDepth = 16;
// A graph that grows beyond this many ops is refused: decompositions that call each other several
// times over would otherwise multiply without end. The largest model seen has some 10 k.
constexpr size_t kMaxOps = 1'000'000;

class Inliner {
 public:
  Inliner(const ir::Model& model, ir::Graph* graph) : model_(model), graph_(*graph) {}

  absl::Status Run() {
    const std::vector<ir::Op> ops = std::exchange(graph_.ops, {});
    for (const ir::Op& op : ops) ET_RETURN_IF_ERROR(Append(op, 0));
    return absl::OkStatus();
  }

 private:
  absl::Status Append(const ir::Op& op, int depth) {
    const auto* composite = std::get_if<ir::CompositeParams>(&op.params);
    if (op.code != ir::OpCode::STABLEHLO_COMPOSITE || composite == nullptr) {
      if (graph_.ops.size() >= kMaxOps) {
        return InvalidGraph("graph '", graph_.name, "': more than ", kMaxOps,
                            " ops after composites are expanded");
      }
      graph_.ops.push_back(op);
      return absl::OkStatus();
    }
    if (std::optional<ir::Op> fused = RecogniseComposite(op, graph_.tensors)) {
      return Append(*fused, depth);
    }
    if (depth >= kMaxDepth) {
      return InvalidGraph("STABLEHLO_COMPOSITE '", composite->name, "': nested more than ",
                          kMaxDepth, " deep");
    }
    return AppendDecomposition(op, *composite, depth);
  }

  absl::Status AppendDecomposition(const ir::Op& op, const ir::CompositeParams& composite,
                                   int depth) {
    const ir::Graph& body = model_.graphs[composite.decomposition_graph];
    if (op.inputs.size() != body.inputs.size() || op.outputs.size() != body.outputs.size()) {
      return InvalidGraph("STABLEHLO_COMPOSITE '", composite.name, "': has ", op.inputs.size(),
                          " inputs and ", op.outputs.size(), " outputs, its decomposition '",
                          body.name, "' has ", body.inputs.size(), " and ", body.outputs.size());
    }
    std::vector<ir::Op> copies;
    ET_ASSIGN_OR_RETURN(std::vector<int> mapped, MapTensors(op, composite, body, &copies));
    for (ir::Op inner : body.ops) {
      for (std::vector<int>* list : {&inner.inputs, &inner.outputs}) {
        for (int& tensor : *list) {
          if (tensor >= 0) tensor = mapped[tensor];
        }
      }
      ET_RETURN_IF_ERROR(Append(inner, depth + 1));
    }
    for (const ir::Op& copy : copies) ET_RETURN_IF_ERROR(Append(copy, depth));
    return absl::OkStatus();
  }

  // The tensor of the outer graph that stands for each tensor of `body`. Inputs and outputs of the
  // composite are used directly. Where an output of the body is also one of its inputs, a constant,
  // or an output for the second time, an op in `copies` carries the value over.
  absl::StatusOr<std::vector<int>> MapTensors(const ir::Op& op,
                                              const ir::CompositeParams& composite,
                                              const ir::Graph& body, std::vector<ir::Op>* copies) {
    std::vector<int> mapped(body.tensors.size(), -1);
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      if (op.inputs[i] < 0) {
        return InvalidGraph("STABLEHLO_COMPOSITE '", composite.name, "': input ", i,
                            " is left out; composites have no optional inputs");
      }
      mapped[body.inputs[i]] = op.inputs[i];
    }
    std::vector<size_t> repeated;
    for (size_t i = 0; i < op.outputs.size(); ++i) {
      const int tensor = body.outputs[i];
      if (mapped[tensor] >= 0 || body.tensors[tensor].is_constant()) {
        repeated.push_back(i);
      } else {
        mapped[tensor] = op.outputs[i];
      }
    }
    for (size_t t = 0; t < body.tensors.size(); ++t) {
      if (mapped[t] >= 0) continue;
      mapped[t] = static_cast<int>(graph_.tensors.size());
      graph_.tensors.push_back(body.tensors[t]);
    }
    for (size_t i : repeated) {
      ir::Op copy;
      copy.code = ir::OpCode::CAST;  // to its own type: the identity for every shape
      copy.inputs = {mapped[body.outputs[i]]};
      copy.outputs = {op.outputs[i]};
      copies->push_back(std::move(copy));
    }
    return mapped;
  }

  const ir::Model& model_;
  ir::Graph& graph_;
};

}  // namespace

absl::Status InlineComposites(const ir::Model& model, ir::Graph* graph) {
  return Inliner(model, graph).Run();
}

}  // namespace edgetasks::graph
