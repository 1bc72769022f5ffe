// Passes that rewrite a graph before it is planned: ir in, ir out, one pass a file.
#ifndef CORE_GRAPH_PASSES_H_
#define CORE_GRAPH_PASSES_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/ir/graph.h"

namespace edgetasks::graph {

// An input and an output, as tensors of the graph, that hold a state from run to run whose layout
// nobody outside looks into. All graphs that work on one state must come out with the same type and
// shape of it.
struct StateOptions {
  int input = -1, output = -1;
  // Its last two dimensions may be exchanged (Graph::turned_inputs tells).
  bool may_turn = true;
  // The type that it is wanted in, where only ops read it that can: kFloat32 (as it is), kFloat16,
  // or kInt8 with scales (core/ir/quantized_rows.h).
  ir::DType keep_as = ir::DType::kFloat32;
};

// A graph input and the size that one of its dimensions is to have, whatever the file says. (The
// axis as the file counts it: a turned state's moves along.)
struct InputSize {
  int input = -1;  // a tensor of the graph
  int axis = 0;
  int32_t size = 0;
};

struct LowerOptions {
  std::vector<StateOptions> states;
  // With `positions`, the tensor of the input that counts positions, or -1: see ResizeInputs.
  std::vector<InputSize> sizes;
  int positions = -1;
};

// A copy of graph `index` of `model` after all passes below, in their order. The copy's constants
// still view the model's memory. The model has passed core/model's verification.
absl::StatusOr<ir::Graph> Lower(const ir::Model& model, int index,
                                const LowerOptions& options = {});

// The op of ours that computes what the STABLEHLO_COMPOSITE `op` means by its name and attributes,
// or nothing if it is not one of those we know, or its operands are not as that op wants them.
//
// The name is worth more than the decomposition: exporters have written decompositions of attention
// with one key head that reshape where they should transpose, and only the composite is right.
std::optional<ir::Op> RecogniseComposite(const ir::Op& op, const std::vector<ir::Tensor>& tensors);

// Replaces every STABLEHLO_COMPOSITE by the op that RecogniseComposite finds, or else by the ops of
// its decomposition graph, nested ones included.
// INVALID_ARGUMENT if a decomposition's inputs or outputs do not fit the composite's.
absl::Status InlineComposites(const ir::Model& model, ir::Graph* graph);

// Replaces the ops of attention over a KV cache by GROUPED_QUERY_ATTENTION where their shapes are
// fixed. The ops that it no longer needs stay, without users.
void RecogniseAttention(ir::Graph* graph);

// Keeps the values of attention with their positions as rows, where they are kept as columns in one
// of `states` (see LowerOptions) and nothing but GROUPED_QUERY_ATTENTION reads them. Their inputs
// are then among graph->turned_inputs.
void StoreValuesByPosition(absl::Span<const StateOptions> states, ir::Graph* graph);

// Replace the ops of root mean square and of layer normalization, of rotary position embedding and
// of a feed-forward network's gate by RMS_NORM, LAYER_NORM, ROTARY_EMBEDDING and GATED_ACTIVATION
// where their shapes are fixed. The ops that these no longer need stay, without users.
void RecogniseRmsNorm(ir::Graph* graph);
void RecogniseLayerNorm(ir::Graph* graph);
void RecogniseRotaryEmbedding(ir::Graph* graph);
void RecogniseGatedActivation(ir::Graph* graph);

// Replaces three convolutions in a row, the one in the middle depthwise and the last of one tap, by
// CONV_DEPTHWISE_CONV where what is between is wide and nobody else's.
void RecogniseConvBlocks(ir::Graph* graph);

// Where a weight is a constant behind a DEQUANTIZE (float16 or weight-only int8 files), gives the
// constant itself to the ops that can read it as it is, so that it is never unpacked as a whole.
void FoldDequantize(ir::Graph* graph);

// Removes ops whose results nobody uses. Ops with effects stay (variables, control flow, CUSTOM).
void RemoveUnusedOps(ir::Graph* graph);

// Keeps states of float32 in the types that they are wanted in (see StateOptions), where rows of
// them are updated and nothing but attention reads them: after RemoveUnusedOps, which shows who
// does.
void StoreStatesAs(absl::Span<const StateOptions> states, ir::Graph* graph);

// Gives the caches and the mask of a language model the sizes that are asked for, where nothing in
// the graph knows how many positions there can be: all of caches and mask reaches fused attention,
// and positions are computed with, not compared and nothing looked up by them. Other tensors keep
// the file's shapes, which no pass may look at any more: the last of all. UNIMPLEMENTED
// (kUnsupportedOp) names the op that is in the way.
absl::Status ResizeInputs(absl::Span<const InputSize> sizes, int positions, ir::Graph* graph);

}  // namespace edgetasks::graph

#endif  // CORE_GRAPH_PASSES_H_
