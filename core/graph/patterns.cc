#include "core/graph/patterns.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/graph/passes.h"

namespace edgetasks::graph {
namespace {

using ir::Op;
using ir::OpCode;

// How many ops a search walks through before it gives up: real patterns have a handful.
constexpr int kMaxSteps = 24;

bool IsOneOf(OpCode code, std::initializer_list<OpCode> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// Ops that only give another form to their input 0.
bool MovesOnly(const Op& op) {
  return IsOneOf(op.code,
                 {OpCode::RESHAPE, OpCode::TRANSPOSE, OpCode::EXPAND_DIMS, OpCode::SQUEEZE,
                  OpCode::BROADCAST_TO, OpCode::CAST, OpCode::QUANTIZE, OpCode::DEQUANTIZE});
}

// Ops that compute each element of their output from elements at the same place.
bool IsElementwise(const Op& op) {
  return IsOneOf(op.code, {OpCode::ADD, OpCode::SUB, OpCode::MUL, OpCode::DIV, OpCode::TANH,
                           OpCode::SELECT, OpCode::SELECT_V2, OpCode::MAXIMUM, OpCode::MINIMUM});
}

bool IsActivation(const Op& op) {
  return IsOneOf(op.code, {OpCode::LOGISTIC, OpCode::GELU, OpCode::RELU, OpCode::RELU6,
                           OpCode::TANH, OpCode::HARD_SWISH, OpCode::EXP, OpCode::POW});
}

class Finder {
 public:
  explicit Finder(const ir::Graph& graph)
      : graph_(graph), producer_(graph.tensors.size(), -1), users_(graph.tensors.size()) {
    for (size_t i = 0; i < graph.ops.size(); ++i) {
      for (int output : graph.ops[i].outputs) producer_[output] = static_cast<int>(i);
      for (int input : graph.ops[i].inputs) {
        if (input >= 0) users_[input].push_back(static_cast<int>(i));
      }
    }
  }

  std::map<std::string, int> Find() {
    std::map<std::string, int> counts;
    std::map<int, int> products_of_input;
    const auto count = [&](const char* pattern) { ++counts[pattern]; };
    for (const Op& op : graph_.ops) {
      if (IsAttention(op)) count("attention");
      if (const char* norm = NormOf(op)) count(norm);
      if (IsRotary(op)) count("rotary embedding");
      if (op.code == OpCode::DEQUANTIZE && IsConstant(op.inputs[0])) count("unpacked weights");
      if (op.code == OpCode::FULLY_CONNECTED) ++products_of_input[op.inputs[0]];
      if (const int input = GatedInput(op); input >= 0) {
        count("gated feed-forward");
        products_of_input[input] -= 2;
      }
    }
    for (const auto& [input, products] : products_of_input) {
      if (products > 1) count("shared input");
    }
    return counts;
  }

 private:
  bool IsConstant(int tensor) const { return tensor < 0 || graph_.tensors[tensor].is_constant(); }
  const Op* MakerOf(int tensor) const {
    return tensor < 0 || producer_[tensor] < 0 ? nullptr : &graph_.ops[producer_[tensor]];
  }
  // What makes `tensor`, but for ops that move it.
  const Op* MakerBehindMoves(int tensor) const {
    const Op* op = MakerOf(tensor);
    for (int steps = 0; op != nullptr && MovesOnly(*op) && steps < kMaxSteps; ++steps) {
      op = MakerOf(op->inputs[0]);
    }
    return op;
  }

  // The first ops of `code` above `tensor`, through ops that `passes` lets through.
  template <typename Passes>
  std::set<const Op*> Above(int tensor, OpCode code, const Passes& passes) const {
    std::set<const Op*> found, seen;
    std::vector<int> pending = {tensor};
    while (!pending.empty() && static_cast<int>(seen.size()) < kMaxSteps) {
      const Op* op = MakerOf(pending.back());
      pending.pop_back();
      if (op == nullptr || !seen.insert(op).second) continue;
      if (op->code == code) {
        found.insert(op);
      } else if (passes(*op)) {
        for (int input : op->inputs) {
          if (!IsConstant(input)) pending.push_back(input);
        }
      }
    }
    return found;
  }

  bool LeadsToBatchMatMul(int tensor, int steps) const {
    if (steps == 0) return false;
    return std::any_of(users_[tensor].begin(), users_[tensor].end(), [&](int user) {
      const Op& op = graph_.ops[user];
      return op.code == OpCode::BATCH_MATMUL ||
             (MovesOnly(op) && LeadsToBatchMatMul(op.outputs[0], steps - 1));
    });
  }

  bool IsAttention(const Op& op) const {
    if (op.code != OpCode::SOFTMAX || !LeadsToBatchMatMul(op.outputs[0], kMaxSteps)) return false;
    const auto passes = [](const Op& o) { return MovesOnly(o) || IsElementwise(o); };
    return !Above(op.inputs[0], OpCode::BATCH_MATMUL, passes).empty();
  }

  // What is summed up under a root, if it is squares; null otherwise.
  const char* NormOf(const Op& op) const {
    if (!IsOneOf(op.code, {OpCode::RSQRT, OpCode::SQRT})) return nullptr;
    const auto passes = [](const Op& o) { return MovesOnly(o) || IsElementwise(o); };
    std::set<const Op*> sums = Above(op.inputs[0], OpCode::MEAN, passes);
    sums.merge(Above(op.inputs[0], OpCode::SUM, passes));
    for (const Op* sum : sums) {
      const Op* squares = MakerBehindMoves(sum->inputs[0]);
      if (squares == nullptr) continue;
      if (squares->code == OpCode::SQUARED_DIFFERENCE) return "layer norm";
      const bool is_square =
          IsOneOf(squares->code, {OpCode::SQUARE, OpCode::POW}) ||
          (squares->code == OpCode::MUL && squares->inputs[0] == squares->inputs[1]);
      if (!is_square) continue;
      const Op* base = MakerBehindMoves(squares->inputs[0]);
      const Op* mean = base != nullptr && base->code == OpCode::SUB
                           ? MakerBehindMoves(base->inputs[1])
                           : nullptr;
      const bool has_mean = (mean != nullptr && mean->code == OpCode::MEAN) || sums.size() > 1;
      return has_mean ? "layer norm" : "rms norm";
    }
    return nullptr;
  }

  bool IsProduct(const Op* op) const { return op != nullptr && op->code == OpCode::MUL; }
  bool IsOfProducts(const Op* op, OpCode code) const {
    return op != nullptr && op->code == code && IsProduct(MakerBehindMoves(op->inputs[0])) &&
           IsProduct(MakerBehindMoves(op->inputs[1]));
  }
  bool IsCut(const Op* op) const {
    return op != nullptr && IsOneOf(op->code, {OpCode::SLICE, OpCode::STRIDED_SLICE, OpCode::SPLIT,
                                               OpCode::SPLIT_V, OpCode::GATHER});
  }
  // A cut whose sign is changed.
  bool IsNegatedCut(const Op* op) const {
    if (op == nullptr) return false;
    const bool negates =
        op->code == OpCode::NEG ||
        (op->code == OpCode::MUL && (IsConstant(op->inputs[0]) || IsConstant(op->inputs[1])));
    if (!negates) return false;
    return IsCut(MakerBehindMoves(op->inputs[0])) ||
           (op->inputs.size() > 1 && IsCut(MakerBehindMoves(op->inputs[1])));
  }

  // concat(-right, left, ...), or concat(left cos - right sin, right cos + left sin, ...): behind
  // the halves may stand what is not turned.
  bool IsRotary(const Op& op) const {
    if (op.code != OpCode::CONCATENATION || op.inputs.size() < 2) return false;
    const Op* first = MakerBehindMoves(op.inputs[0]);
    const Op* second = MakerBehindMoves(op.inputs[1]);
    return (IsNegatedCut(first) && IsCut(second)) ||
           (IsOfProducts(first, OpCode::SUB) && IsOfProducts(second, OpCode::ADD));
  }

  // The input that two FULLY_CONNECTED share of which `op` is the gated product; -1: it is not.
  int GatedInput(const Op& op) const {
    if (op.code != OpCode::MUL || op.inputs.size() != 2) return -1;
    const auto passes = [](const Op& o) {
      return MovesOnly(o) || IsElementwise(o) || IsActivation(o);
    };
    const auto a = Above(op.inputs[0], OpCode::FULLY_CONNECTED, passes);
    const auto b = Above(op.inputs[1], OpCode::FULLY_CONNECTED, passes);
    if (a.size() != 1 || b.size() != 1 || *a.begin() == *b.begin()) return -1;
    const int input = (*a.begin())->inputs[0];
    return (*b.begin())->inputs[0] == input ? input : -1;
  }

  const ir::Graph& graph_;
  std::vector<int> producer_;
  std::vector<std::vector<int>> users_;
};

// Each graph is counted once, however many composites lead to it.
class Expander {
 public:
  explicit Expander(const ir::Model& model) : model_(model), known_(model.graphs.size()) {}

  const Expansion& Of(int index) {
    if (known_[index].has_value()) return *known_[index];
    known_[index].emplace();  // what a graph inside itself counts for
    Expansion sum;
    for (const Op& op : model_.graphs[index].ops) Add(op, model_.graphs[index], &sum);
    known_[index] = std::move(sum);
    return *known_[index];
  }

 private:
  // Composites may multiply without end; a report has no use for more.
  static constexpr int64_t kMost = 1'000'000'000;

  void Add(const Op& op, const ir::Graph& graph, Expansion* sum) {
    const auto* composite = std::get_if<ir::CompositeParams>(&op.params);
    if (op.code != OpCode::STABLEHLO_COMPOSITE || composite == nullptr) {
      sum->ops = std::min(kMost, sum->ops + 1);
      return;
    }
    const Expansion& inner = Of(composite->decomposition_graph);
    sum->ops = std::min(kMost, sum->ops + inner.ops);
    if (RecogniseComposite(op, graph.tensors).has_value()) return;
    ++sum->inlined[composite->name];
    for (const auto& [name, count] : inner.inlined) {
      sum->inlined[name] = std::min(kMost, sum->inlined[name] + count);
    }
  }

  const ir::Model& model_;
  std::vector<std::optional<Expansion>> known_;
};

}  // namespace

std::map<std::string, int> UnfusedPatterns(const ir::Graph& graph) { return Finder(graph).Find(); }

Expansion ExpansionOf(const ir::Model& model, int index) { return Expander(model).Of(index); }

}  // namespace edgetasks::graph
