#include "core/model/graph_checks.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/tflite_ops.h"
#include "core/model/tflite_tensors.h"

namespace edgetasks::model {
namespace {

constexpr int kNobody = -1;   // nothing writes the tensor
constexpr int kOutside = -2;  // it has its value before the first op
constexpr int kMaxCallDepth = 64;

// What an empty constant points to.
alignas(16) constexpr uint8_t kEmpty[16] = {};

std::string Where(const ir::Graph& graph, int tensor) {
  return WhereTensor(tensor, graph.tensors[tensor]);
}

// For each tensor the op that writes it, or kNobody or kOutside.
absl::Status FindWriters(const ir::Graph& graph, std::vector<int>* writers) {
  writers->assign(graph.tensors.size(), kNobody);
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const ir::Tensor& tensor = graph.tensors[i];
    if (tensor.is_constant() || tensor.is_variable) (*writers)[i] = kOutside;
  }
  for (int input : graph.inputs) {
    if (graph.tensors[input].is_constant()) {
      return InvalidGraph("graph input ", Where(graph, input), " is a constant");
    }
    if ((*writers)[input] == kOutside && !graph.tensors[input].is_variable) {
      return InvalidGraph("graph input ", Where(graph, input), " is listed twice");
    }
    (*writers)[input] = kOutside;
  }
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    for (int output : graph.ops[i].outputs) {
      int& writer = (*writers)[output];
      if (writer != kNobody) {
        const std::string first =
            writer == kOutside ? "a graph input, a constant or a variable"
                               : absl::StrCat("written by ", WhereOp(writer, graph.ops[writer]));
        return InvalidGraph(WhereOp(static_cast<int>(i), graph.ops[i]), " writes ",
                            Where(graph, output), ", which is already ", first);
      }
      writer = static_cast<int>(i);
    }
  }
  return absl::OkStatus();
}

// `tensor` is read by `reader`: if nobody writes it, it must be empty.
absl::Status CheckWritten(const std::string& reader, int tensor, std::vector<int>* writers,
                          ir::Graph* graph) {
  if ((*writers)[tensor] != kNobody) return absl::OkStatus();
  ir::Tensor& read = graph->tensors[tensor];
  int64_t bytes = 0;
  const bool counted = ir::CheckedBytes(read.shape, read.dtype, &bytes);
  if (!counted || bytes != 0 || ir::BitsOf(read.dtype) == 0) {
    return InvalidGraph(reader, " reads ", Where(*graph, tensor),
                        ", which is no graph input and no constant, and which no op writes");
  }
  read.data = absl::Span<const uint8_t>(kEmpty, 0);
  (*writers)[tensor] = kOutside;
  return absl::OkStatus();
}

// Ops that do more than compute their outputs from their inputs.
bool HasEffects(const ir::Op& op) {
  switch (op.code) {
    case ir::OpCode::CUSTOM:
    case ir::OpCode::CALL_ONCE:
    case ir::OpCode::IF:
    case ir::OpCode::WHILE:
    case ir::OpCode::STABLEHLO_COMPOSITE:
    case ir::OpCode::VAR_HANDLE:
    case ir::OpCode::READ_VARIABLE:
    case ir::OpCode::ASSIGN_VARIABLE:
      return true;
    default:
      return false;
  }
}

// Who must run before whom, for sorting.
struct Dependencies {
  std::vector<std::vector<int>> followers;  // of each op
  std::vector<int> waits_for;               // how many ops each op still waits for

  explicit Dependencies(size_t count) : followers(count), waits_for(count, 0) {}
  void Add(int first, int second) {
    followers[first].push_back(second);
    ++waits_for[second];
  }
};

// Sorts by dependencies, among the ops that are ready always the first one of the file.
absl::Status Sort(const std::vector<int>& writers, ir::Graph* graph) {
  const int count = static_cast<int>(graph->ops.size());
  Dependencies dependencies(count);
  int last_effect = kNobody;
  for (int i = 0; i < count; ++i) {
    for (int input : graph->ops[i].inputs) {
      if (input >= 0 && writers[input] >= 0) dependencies.Add(writers[input], i);
    }
    if (!HasEffects(graph->ops[i])) continue;
    if (last_effect != kNobody) dependencies.Add(last_effect, i);
    last_effect = i;
  }
  std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
  for (int i = 0; i < count; ++i) {
    if (dependencies.waits_for[i] == 0) ready.push(i);
  }
  std::vector<ir::Op> sorted;
  sorted.reserve(count);
  while (!ready.empty()) {
    const int i = ready.top();
    ready.pop();
    sorted.push_back(std::move(graph->ops[i]));
    for (int follower : dependencies.followers[i]) {
      if (--dependencies.waits_for[follower] == 0) ready.push(follower);
    }
  }
  for (int i = 0; i < count; ++i) {
    if (dependencies.waits_for[i] > 0) {
      return InvalidGraph(WhereOp(i, graph->ops[i]),
                          " needs a value that depends on its own output");
    }
  }
  graph->ops = std::move(sorted);
  return absl::OkStatus();
}

// The subgraphs that an op calls.
std::vector<int> CalledBy(const ir::Op& op) {
  if (const auto* p = std::get_if<ir::IfParams>(&op.params)) return {p->then_graph, p->else_graph};
  if (const auto* p = std::get_if<ir::WhileParams>(&op.params))
    return {p->cond_graph, p->body_graph};
  if (const auto* p = std::get_if<ir::CallOnceParams>(&op.params)) return {p->init_graph};
  if (const auto* p = std::get_if<ir::CompositeParams>(&op.params)) return {p->decomposition_graph};
  return {};
}

// Depth-first over the calls; depth[g] is the longest chain from g on, once known.
class CallChecker {
 public:
  explicit CallChecker(const ir::Model& model) : model_(model), depth_(model.graphs.size(), kNew) {}

  absl::Status Check(int graph, int callers) {
    if (depth_[graph] >= 0 && callers + depth_[graph] <= kMaxCallDepth) return absl::OkStatus();
    if (depth_[graph] == kOpen) return InvalidGraph("subgraph ", graph, " calls itself");
    if (callers >= kMaxCallDepth) {
      return InvalidGraph("subgraphs call each other deeper than ", kMaxCallDepth, " calls");
    }
    depth_[graph] = kOpen;
    int deepest = 0;
    const auto& ops = model_.graphs[graph].ops;
    for (size_t i = 0; i < ops.size(); ++i) {
      for (int called : CalledBy(ops[i])) {
        const std::string where =
            absl::StrCat("subgraph ", graph, ", ", WhereOp(static_cast<int>(i), ops[i]));
        if (called < 0 || called >= static_cast<int>(model_.graphs.size())) {
          return CorruptFile(where, ": calls subgraph ", called, "; the file has ",
                             model_.graphs.size());
        }
        const absl::Status status = Check(called, callers + 1);
        if (!status.ok()) return Annotate(status, where);
        deepest = std::max(deepest, 1 + depth_[called]);
      }
    }
    depth_[graph] = deepest;
    return absl::OkStatus();
  }

 private:
  static constexpr int kNew = -1, kOpen = -2;

  const ir::Model& model_;
  std::vector<int> depth_;
};

}  // namespace

absl::Status OrderOps(ir::Graph* graph) {
  std::vector<int> writers;
  ET_RETURN_IF_ERROR(FindWriters(*graph, &writers));
  bool in_order = true;
  for (size_t i = 0; i < graph->ops.size(); ++i) {
    for (int input : graph->ops[i].inputs) {
      if (input < 0) continue;
      if (writers[input] == kNobody) {
        const std::string reader = WhereOp(static_cast<int>(i), graph->ops[i]);
        ET_RETURN_IF_ERROR(CheckWritten(reader, input, &writers, graph));
      }
      in_order = in_order && writers[input] < static_cast<int>(i);
    }
  }
  for (int output : graph->outputs) {
    ET_RETURN_IF_ERROR(CheckWritten("the graph's output", output, &writers, graph));
  }
  return in_order ? absl::OkStatus() : Sort(writers, graph);
}

absl::Status CheckGraphCalls(const ir::Model& model) {
  CallChecker checker(model);
  for (size_t i = 0; i < model.graphs.size(); ++i) {
    ET_RETURN_IF_ERROR(checker.Check(static_cast<int>(i), 0));
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::model
