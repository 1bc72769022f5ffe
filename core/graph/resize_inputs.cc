#include <algorithm>
#include <vector>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/graph/passes.h"

namespace edgetasks::graph {
namespace {

using ir::OpCode;

absl::Status Blocked(size_t index, const ir::Op& op, const char* why) {
  return Unsupported(ErrorDetail::kUnsupportedOp, "op ", index, " (", op.DisplayName(), ") ", why);
}

// What a larger dimension passes through whole.
bool KeepsSize(OpCode code) {
  switch (code) {
    case OpCode::ADD:
    case OpCode::CAST:
    case OpCode::CONCATENATION:
    case OpCode::DYNAMIC_UPDATE_SLICE:
    case OpCode::EXPAND_DIMS:
    case OpCode::MUL:
    case OpCode::RESHAPE:
    case OpCode::SQUEEZE:
    case OpCode::TRANSPOSE:
    case OpCode::UPDATE_ROWS:
      return true;
    default:
      return false;
  }
}

bool IsAttention(OpCode code) {
  return code == OpCode::GROUPED_QUERY_ATTENTION || code == OpCode::SCALED_DOT_PRODUCT_ATTENTION;
}

// What computes with positions, whatever they are: no comparison, no table.
bool IsArithmetic(OpCode code) {
  switch (code) {
    case OpCode::ADD:
    case OpCode::BATCH_MATMUL:
    case OpCode::CAST:
    case OpCode::CONCATENATION:
    case OpCode::COS:
    case OpCode::DIV:
    case OpCode::DYNAMIC_UPDATE_SLICE:
    case OpCode::EXPAND_DIMS:
    case OpCode::FULLY_CONNECTED:
    case OpCode::MUL:
    case OpCode::NEG:
    case OpCode::PACK:
    case OpCode::RESHAPE:
    case OpCode::ROTARY_EMBEDDING:
    case OpCode::SIN:
    case OpCode::SQUEEZE:
    case OpCode::SUB:
    case OpCode::TRANSPOSE:
    case OpCode::UNPACK:
    case OpCode::UPDATE_ROWS:
      return true;
    default:
      return false;
  }
}

// What takes some of its input 0, here some of the positions.
bool TakesAPart(OpCode code) {
  return code == OpCode::GATHER || code == OpCode::SLICE || code == OpCode::STRIDED_SLICE;
}

// Follows what comes of some inputs of a lowered graph.
class Follower {
 public:
  explicit Follower(const ir::Graph& graph) : graph_(graph), marked_(graph.tensors.size(), false) {}

  void Mark(int tensor) { marked_[tensor] = true; }
  bool Reads(const ir::Op& op) const { return Count(op) > 0; }
  void MarkOutputs(const ir::Op& op) {
    for (const int t : op.outputs) marked_[t] = true;
  }
  // All that the op reads is marked, or constant.
  bool ReadsNothingElse(const ir::Op& op) const {
    return std::all_of(op.inputs.begin(), op.inputs.end(), [&](int t) {
      return t < 0 || marked_[t] || graph_.tensors[t].is_constant();
    });
  }
  // Only input 0 is.
  bool ReadsFirstAlone(const ir::Op& op) const { return Count(op) == 1 && marked_[op.inputs[0]]; }

 private:
  int64_t Count(const ir::Op& op) const {
    return std::count_if(op.inputs.begin(), op.inputs.end(),
                         [&](int t) { return t >= 0 && marked_[t]; });
  }

  const ir::Graph& graph_;
  std::vector<bool> marked_;
};

// All that is larger reaches attention as a whole.
absl::Status CheckSizes(const ir::Graph& graph, absl::Span<const InputSize> inputs) {
  Follower sizes(graph);
  for (const InputSize& input : inputs) sizes.Mark(input.input);
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const ir::Op& op = graph.ops[i];
    if (!sizes.Reads(op) || IsAttention(op.code)) continue;
    if (!KeepsSize(op.code)) {
      return Blocked(i, op, "may take only a part of what is larger now");
    }
    sizes.MarkOutputs(op);
  }
  return absl::OkStatus();
}

absl::Status CheckPositions(const ir::Graph& graph, int positions) {
  Follower follower(graph);
  follower.Mark(positions);
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const ir::Op& op = graph.ops[i];
    if (!follower.Reads(op)) continue;
    if (!IsArithmetic(op.code) && !(TakesAPart(op.code) && follower.ReadsFirstAlone(op))) {
      return Blocked(i, op, "compares positions or looks something up by them");
    }
    // What is made of tokens too is no position any more.
    if (follower.ReadsNothingElse(op)) follower.MarkOutputs(op);
  }
  return absl::OkStatus();
}

void Resize(const InputSize& size, ir::Graph* graph) {
  const std::vector<int>& turned = graph->turned_inputs;
  ir::Tensor& tensor = graph->tensors[size.input];
  int axis = size.axis;
  const int last = tensor.shape.rank() - 1;
  if (axis >= last - 1 && std::find(turned.begin(), turned.end(), size.input) != turned.end()) {
    axis = axis == last ? last - 1 : last;
  }
  tensor.shape.set_dim(axis, size.size);
  tensor.shape_signature = tensor.shape;
}

}  // namespace

absl::Status ResizeInputs(absl::Span<const InputSize> sizes, int positions, ir::Graph* graph) {
  if (sizes.empty()) return absl::OkStatus();
  ET_RETURN_IF_ERROR(CheckSizes(*graph, sizes));
  if (positions >= 0) ET_RETURN_IF_ERROR(CheckPositions(*graph, positions));
  for (const InputSize& size : sizes) Resize(size, graph);
  return absl::OkStatus();
}

}  // namespace edgetasks::graph
