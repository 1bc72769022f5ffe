// Lets a model's caches hold more tokens than the file says, where its graphs allow it.
#ifndef CORE_LLM_LARGER_CONTEXT_H_
#define CORE_LLM_LARGER_CONTEXT_H_

#include "absl/status/status.h"
#include "core/llm/llm_graph.h"

namespace edgetasks::llm {

// Positions become floats in rotary embeddings: these hold whole numbers up to here.
inline constexpr int kMostTokens = 1 << 24;

// Makes graph->capacity `capacity`, for runners that are planned from then on: StepRunner, which
// looks at the ops (graph::ResizeInputs), refuses where one knows how many positions there are.
// Whether the model makes sense of positions that it was not trained for is another question.
//
// UNIMPLEMENTED (kUnsupportedOp) says what is in the way: *graph has not changed then.
absl::Status EnlargeContext(int capacity, LlmGraph* graph);

}  // namespace edgetasks::llm

#endif  // CORE_LLM_LARGER_CONTEXT_H_
