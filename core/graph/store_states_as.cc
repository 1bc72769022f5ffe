// Keys and values of attention in fewer bits:
//
//   cache' = DYNAMIC_UPDATE_SLICE(cache, update, start)
//   GROUPED_QUERY_ATTENTION or SCALED_DOT_PRODUCT_ATTENTION(.., cache', ..)
//
// becomes UPDATE_ROWS of a cache of another type, which these read as it is. Rows are the last
// axis, those of a head at a position.
#include <algorithm>

#include "core/graph/passes.h"
#include "core/graph/update_of_state.h"
#include "core/ir/quantized_rows.h"

namespace edgetasks::graph {
namespace {

bool ReadsRows(const ir::Op& op, size_t input) {
  if (input != 1 && input != 2) return false;
  if (op.code == ir::OpCode::SCALED_DOT_PRODUCT_ATTENTION) return true;
  const auto* params = std::get_if<ir::GroupedQueryAttentionParams>(&op.params);
  return op.code == ir::OpCode::GROUPED_QUERY_ATTENTION && params != nullptr &&
         (input == 1 || !params->values_transposed);
}

void StoreAs(const StateOptions& state, ir::Graph* graph) {
  UpdateOfState use;
  if (!FindUpdateOfState(*graph, state.input, state.output, &use)) return;
  const bool rows_alone = std::all_of(use.readers.begin(), use.readers.end(), [&](const auto& r) {
    return ReadsRows(graph->ops[r.op], r.input);
  });
  ir::Op& update = graph->ops[use.update];
  const int last = graph->tensors[state.input].shape.rank() - 1;
  const int32_t depth = graph->tensors[state.input].shape.dim(last);
  if (!rows_alone || !ir::CanKeepRows(state.keep_as, depth) ||
      graph->tensors[update.inputs[1]].shape.dim(last) != depth) {
    return;
  }
  update.code = ir::OpCode::UPDATE_ROWS;
  update.params = {};
  for (const int index : {state.input, state.output}) {
    ir::Tensor& tensor = graph->tensors[index];
    tensor.dtype = state.keep_as;
    tensor.shape.set_dim(last, ir::KeptRowElements(state.keep_as, depth));
    tensor.shape_signature = tensor.shape;
  }
}

}  // namespace

void StoreStatesAs(absl::Span<const StateOptions> states, ir::Graph* graph) {
  for (const StateOptions& state : states) {
    if (state.keep_as != ir::DType::kFloat32) StoreAs(state, graph);
  }
}

}  // namespace edgetasks::graph
