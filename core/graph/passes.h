// Passes that rewrite a graph before it is planned: ir in, ir out, one pass a file.
#ifndef CORE_GRAPH_PASSES_H_
#define CORE_GRAPH_PASSES_H_

#include "absl/status/statusor.h"
#include "core/ir/graph.h"

namespace edgetasks::graph {

// A copy of graph `index` of `model` after all passes below, in their order. The copy's constants
// still view the model's memory. The model has passed core/model's verification.
absl::StatusOr<ir::Graph> Lower(const ir::Model& model, int index);

// Replaces every STABLEHLO_COMPOSITE by the ops of its decomposition graph, nested ones included.
// What a composite means is defined by its decomposition, so this is correct for any composite.
// INVALID_ARGUMENT if a decomposition's inputs or outputs do not fit the composite's.
absl::Status InlineComposites(const ir::Model& model, ir::Graph* graph);

// Where a weight is a constant behind a DEQUANTIZE (float16 or weight-only int8 files), gives the
// constant itself to the ops that can read it as it is, so that it is never unpacked as a whole.
void FoldDequantize(ir::Graph* graph);

// Removes ops whose results nobody uses. Ops with effects stay (variables, control flow, CUSTOM).
void RemoveUnusedOps(ir::Graph* graph);

}  // namespace edgetasks::graph

#endif  // CORE_GRAPH_PASSES_H_
