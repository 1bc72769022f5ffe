// Finds the language model in a .tflite: which signatures read a prompt, which one decodes, and
// what their inputs and outputs are.
//
// Roles follow from types and shapes; names only break ties. With T the tokens of one run, S the
// tokens that the caches hold, V the vocabulary:
//
//   tokens     int32 or int64 [1, T]
//   positions  int32 or int64 [T] or [1, T]
//   mask       optional: float (added to the scores) or bool (true: attend), T rows of S
//   caches     an input and an output of the same name, type and shape; S stands on any axis
//   logits     float [1, T, V]; a signature without logits only fills the caches
//
// Models without cache inputs keep their caches inside, in "odml.update_kv_cache" ops.
#ifndef CORE_LLM_LLM_GRAPH_H_
#define CORE_LLM_LLM_GRAPH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/ir/graph.h"

namespace edgetasks::llm {

// What a bundle's metadata says about one cache, where it says anything.
struct CacheHint {
  std::string prefill_input, prefill_output, decode_input, decode_output;
  int sequence_axis = -1;
};

// Indices among a signature's inputs and outputs.
struct CacheSlot {
  int input = -1, output = -1;
};

// A signature that runs the model over `length` tokens.
struct StepGraph {
  int signature = -1;  // index into model.signatures; -1: graph 0 of a model without signatures
  std::string name;    // its key
  int length = 0;      // T
  int tokens = -1, positions = -1;
  int mask = -1;                  // -1: made inside the graph
  int mask_axis = 0;              // that counts S: the last
  int logits = -1;                // -1: none
  std::vector<CacheSlot> caches;  // in the order of LlmGraph::caches
};

struct CacheInfo {
  std::string name;  // of decode's input
  ir::DType dtype = ir::DType::kFloat32;
  ir::Shape shape;
  int64_t bytes = 0;
  int sequence_axis = 0;  // the axis that counts tokens
};

struct LlmGraph {
  StepGraph decode;                 // length 1, with logits
  std::vector<StepGraph> prefills;  // ascending by length, each length once; may be empty
  std::vector<CacheInfo> caches;
  int capacity = 0;  // S
  // Capacity and caches are not the file's (larger_context.h).
  bool enlarged = false;
  int vocab_size = 0;
  // A prefill may be given fewer than T tokens. Its graph writes all T rows into the caches, which
  // is harmless where the rows behind the last token are overwritten before anyone attends to them:
  // not so where a cache holds fewer tokens than the context (ring buffers, recurrent state).
  bool may_pad = true;
};

// INVALID_ARGUMENT (kNotALanguageModel) if no signature decodes; the message tells for each what
// is in the way.
absl::StatusOr<LlmGraph> FindLlmGraph(const ir::Model& model, absl::Span<const CacheHint> hints);

}  // namespace edgetasks::llm

#endif  // CORE_LLM_LLM_GRAPH_H_
