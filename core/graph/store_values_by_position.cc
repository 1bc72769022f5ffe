// The values of attention, where a model keeps them as [B, K, V, S]:
//
//   cache' = DYNAMIC_UPDATE_SLICE(cache, update [B, K, V, T], start)
//   GROUPED_QUERY_ATTENTION(.., cache', ..) with values_transposed
//
// are kept as [B, K, S, V] instead. A token then takes one row of each key head, not one element of
// each of V rows, S apart: it is written at once, and memory is touched only as far as the context
// has grown.
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "core/graph/links.h"
#include "core/graph/passes.h"
#include "core/graph/update_of_state.h"

namespace edgetasks::graph {
namespace {

using ir::OpCode;

constexpr int kRank = 4;

// The ops of one cache, as indices.
struct Cache {
  int input = -1, output = -1;  // tensors
  size_t update = 0;            // op
  std::vector<size_t> attentions;
};

class Rewriter {
 public:
  explicit Rewriter(ir::Graph* graph) : graph_(*graph), links_(*graph) {}

  void Rewrite(absl::Span<const StateOptions> states) {
    std::map<size_t, Cache> by_update;
    for (const StateOptions& state : states) {
      Cache cache;
      if (state.may_turn && Find(state, &cache)) by_update[cache.update] = cache;
    }
    if (by_update.empty()) return;
    std::vector<ir::Op> ops;
    for (size_t i = 0; i < graph_.ops.size(); ++i) {
      const auto cache = by_update.find(i);
      if (cache != by_update.end()) Turn(cache->second, &ops);
      ops.push_back(graph_.ops[i]);
    }
    graph_.ops = std::move(ops);
  }

 private:
  // Whether the state's only reader is attention, which takes it as transposed values.
  bool Find(const StateOptions& state, Cache* cache) const {
    UpdateOfState use;
    if (!FindUpdateOfState(graph_, state.input, state.output, &use)) return false;
    cache->input = state.input;
    cache->output = state.output;
    cache->update = use.update;
    for (const UpdateOfState::Reader& reader : use.readers) {
      if (!ReadsTransposed(graph_.ops[reader.op], reader.input)) return false;
      cache->attentions.push_back(reader.op);
    }
    return true;
  }

  static bool ReadsTransposed(const ir::Op& op, size_t at) {
    const auto* params = std::get_if<ir::GroupedQueryAttentionParams>(&op.params);
    return op.code == OpCode::GROUPED_QUERY_ATTENTION && at == 2 && params != nullptr &&
           params->values_transposed;
  }

  // Appends to `ops` what the cache's update needs before it, and changes its ops and tensors.
  void Turn(const Cache& cache, std::vector<ir::Op>* ops) {
    graph_.turned_inputs.push_back(cache.input);
    for (const int tensor : {cache.input, cache.output}) {
      const ir::Shape turned = Turned(graph_.tensors[tensor].shape);
      graph_.tensors[tensor].shape = graph_.tensors[tensor].shape_signature = turned;
    }
    for (const size_t attention : cache.attentions) {
      std::get<ir::GroupedQueryAttentionParams>(graph_.ops[attention].params).values_transposed =
          false;
    }
    const int update = TurnedUpdate(graph_.ops[cache.update].inputs[1], ops);
    const int start = TurnedStart(graph_.ops[cache.update].inputs[2], ops);
    graph_.ops[cache.update].inputs[1] = update;
    graph_.ops[cache.update].inputs[2] = start;
  }

  static ir::Shape Turned(ir::Shape shape) {
    const int32_t last = shape.dim(kRank - 1);
    shape.set_dim(kRank - 1, shape.dim(kRank - 2));
    shape.set_dim(kRank - 2, last);
    return shape;
  }

  // [B, K, V, T] as [B, K, T, V]: another order of the TRANSPOSE that made it, if one did.
  int TurnedUpdate(int update, std::vector<ir::Op>* ops) {
    const ir::Shape turned = Turned(graph_.tensors[update].shape);
    if (turned.dim(kRank - 1) == 1 || turned.dim(kRank - 2) == 1) {  // the same elements in order
      const std::vector<int32_t> dims(turned.dims().begin(), turned.dims().end());
      return Append(OpCode::RESHAPE, {update, Constant(dims)}, ir::DType::kFloat32, turned, {},
                    ops);
    }
    int source = update;
    std::vector<int32_t> order = {0, 1, 3, 2};
    const ir::Op* transpose = links_.MakerOf(update, OpCode::TRANSPOSE);
    std::vector<int64_t> given;
    if (transpose != nullptr && transpose->inputs.size() == 2 &&
        links_.Integers(transpose->inputs[1], &given) && given.size() == kRank) {
      source = transpose->inputs[0];
      for (size_t d = 0; d < kRank; ++d) order[d] = static_cast<int32_t>(given[d]);
      std::swap(order[kRank - 2], order[kRank - 1]);
    }
    return Append(OpCode::TRANSPOSE, {source, Constant(order)}, ir::DType::kFloat32, turned, {},
                  ops);
  }

  // The start indices in the order of the turned axes; once for all caches that share them.
  int TurnedStart(int start, std::vector<ir::Op>* ops) {
    const auto known = starts_.find(start);
    if (known != starts_.end()) return known->second;
    const int order = Constant({0, 1, 3, 2});
    const int turned = Append(OpCode::GATHER, {start, order}, graph_.tensors[start].dtype, {kRank},
                              ir::GatherParams{}, ops);
    starts_[start] = turned;
    return turned;
  }

  int Append(OpCode code, std::vector<int> inputs, ir::DType dtype, const ir::Shape& shape,
             ir::OpParams params, std::vector<ir::Op>* ops) {
    ir::Op op;
    op.code = code;
    op.inputs = std::move(inputs);
    op.outputs = {NewTensor(dtype, shape)};
    op.params = std::move(params);
    ops->push_back(std::move(op));
    return ops->back().outputs[0];
  }

  int NewTensor(ir::DType dtype, const ir::Shape& shape) {
    ir::Tensor tensor;
    tensor.name = "values by position";
    tensor.dtype = dtype;
    tensor.shape = tensor.shape_signature = shape;
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }

  int Constant(const std::vector<int32_t>& values) {
    graph_.made.push_back(std::make_shared<const std::vector<int32_t>>(values));
    const std::vector<int32_t>& kept = *graph_.made.back();
    const int tensor = NewTensor(ir::DType::kInt32, {static_cast<int32_t>(kept.size())});
    graph_.tensors[tensor].data = {reinterpret_cast<const uint8_t*>(kept.data()),
                                   kept.size() * sizeof(int32_t)};
    return tensor;
  }

  ir::Graph& graph_;
  const Links links_;          // of the graph as it was: ops move only in the end
  std::map<int, int> starts_;  // turned, by what they were
};

}  // namespace

void StoreValuesByPosition(absl::Span<const StateOptions> states, ir::Graph* graph) {
  Rewriter(graph).Rewrite(states);
}

}  // namespace edgetasks::graph
