#include "core/base/status_macros.h"
#include "core/graph/passes.h"

namespace edgetasks::graph {

absl::StatusOr<ir::Graph> Lower(const ir::Model& model, int index, const LowerOptions& options) {
  ir::Graph graph = model.graphs[index];
  ET_RETURN_IF_ERROR(InlineComposites(model, &graph));
  FoldDequantize(&graph);
  RecogniseAttention(&graph);
  StoreValuesByPosition(options.states, &graph);
  RecogniseLayerNorm(&graph);  // which has an RMS norm at its end
  RecogniseRmsNorm(&graph);
  RecogniseRotaryEmbedding(&graph);
  RecogniseGatedActivation(&graph);
  RecogniseConvBlocks(&graph);
  RemoveUnusedOps(&graph);
  StoreStatesAs(options.states, &graph);  // who reads a state shows now
  ET_RETURN_IF_ERROR(ResizeInputs(options.sizes, options.positions, &graph));
  return graph;
}

}  // namespace edgetasks::graph
