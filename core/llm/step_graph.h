// Reads one signature as a step of a language model. A part of FindLlmGraph.
#ifndef CORE_LLM_STEP_GRAPH_H_
#define CORE_LLM_STEP_GRAPH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/llm/llm_graph.h"

namespace edgetasks::llm {

// An entry of a model: a signature, or the graph of a model that has no signatures.
struct Entry {
  int signature = -1;
  std::string key;
  const ir::Graph* graph = nullptr;
  std::vector<ir::NamedTensor> inputs, outputs;

  const ir::Tensor& input(int i) const { return graph->tensors[inputs[i].tensor]; }
  const ir::Tensor& output(int i) const { return graph->tensors[outputs[i].tensor]; }
};

std::vector<Entry> EntriesOf(const ir::Model& model);

// The roles of the entry's inputs and outputs; caches in the order of its inputs. An error tells
// what does not fit.
absl::StatusOr<StepGraph> ReadStepGraph(const Entry& entry, absl::Span<const CacheHint> hints);

}  // namespace edgetasks::llm

#endif  // CORE_LLM_STEP_GRAPH_H_
