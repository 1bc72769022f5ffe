#include "core/llm/llm_graph.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/llm/step_graph.h"

namespace edgetasks::llm {
namespace {

struct Candidate {
  const Entry* entry = nullptr;
  StepGraph step;
};

template <typename... Args>
absl::Status NotALanguageModel(const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kNotALanguageModel,
                   absl::StrCat(args...));
}

// The axis of the cache that the graph's DYNAMIC_UPDATE_SLICE writes `length` long pieces along, or
// -1 if the graph does not show it.
int UpdatedAxis(const ir::Graph& graph, int cache_tensor, int length) {
  for (const ir::Op& op : graph.ops) {
    if (op.code != ir::OpCode::DYNAMIC_UPDATE_SLICE || op.inputs.size() < 2) continue;
    if (op.inputs[0] != cache_tensor || op.inputs[1] < 0) continue;
    const ir::Shape& cache = graph.tensors[cache_tensor].shape;
    const ir::Shape& update = graph.tensors[op.inputs[1]].shape;
    if (update.rank() != cache.rank()) continue;
    int axis = -1, differing = 0;
    for (int i = 0; i < cache.rank(); ++i) {
      if (cache.dim(i) == update.dim(i)) continue;
      axis = i;
      ++differing;
    }
    if (differing == 1 && update.dim(axis) == length) return axis;
  }
  return -1;
}

int HintedAxis(const std::string& input, int rank, absl::Span<const CacheHint> hints) {
  for (const CacheHint& hint : hints) {
    if ((hint.decode_input == input || hint.prefill_input == input) && hint.sequence_axis < rank) {
      return hint.sequence_axis;
    }
  }
  return -1;
}

// As the graph writes it; else as the metadata says; else the axis of the mask's width; else the
// longest one.
int SequenceAxis(const Candidate& decode, const CacheSlot& slot,
                 absl::Span<const CacheHint> hints) {
  const Entry& entry = *decode.entry;
  const ir::NamedTensor& input = entry.inputs[slot.input];
  const ir::Shape& shape = entry.input(slot.input).shape;
  const int updated = UpdatedAxis(*entry.graph, input.tensor, decode.step.length);
  if (updated >= 0) return updated;
  const int hinted = HintedAxis(input.name, shape.rank(), hints);
  if (hinted >= 0) return hinted;
  const absl::Span<const int32_t> dims = shape.dims();
  if (decode.step.mask >= 0) {
    const int32_t width = entry.input(decode.step.mask).shape.back(0);
    const auto axis = std::find(dims.begin(), dims.end(), width);
    if (axis != dims.end()) return static_cast<int>(axis - dims.begin());
  }
  return static_cast<int>(std::max_element(dims.begin(), dims.end()) - dims.begin());
}

absl::Status ReadCaches(const Candidate& decode, absl::Span<const CacheHint> hints,
                        LlmGraph* graph) {
  for (const CacheSlot& slot : decode.step.caches) {
    const ir::Tensor& tensor = decode.entry->input(slot.input);
    CacheInfo info;
    info.name = decode.entry->inputs[slot.input].name;
    info.dtype = tensor.dtype;
    info.shape = tensor.shape;
    if (!ir::CheckedBytes(info.shape, info.dtype, &info.bytes) || info.bytes == 0) {
      return NotALanguageModel("cache '", info.name, "' has shape ", info.shape.ToString());
    }
    info.sequence_axis = SequenceAxis(decode, slot, hints);
    graph->capacity = std::max(graph->capacity, info.shape.dim(info.sequence_axis));
    graph->caches.push_back(std::move(info));
  }
  for (const CacheInfo& info : graph->caches) {
    if (info.shape.dim(info.sequence_axis) != graph->capacity) graph->may_pad = false;
  }
  return absl::OkStatus();
}

// The tokens that the caches inside the graph hold: the least of its odml.update_kv_cache ops.
int InnerCapacity(const ir::Graph& graph) {
  constexpr int64_t kMostTokens = int64_t{1} << 30;
  int64_t capacity = 0;
  for (const ir::Op& op : graph.ops) {
    if (op.code != ir::OpCode::CUSTOM || op.custom_name != "odml.update_kv_cache") continue;
    const auto* params = std::get_if<ir::CustomParams>(&op.params);
    if (params == nullptr) continue;
    const auto found = params->attributes.find("kv_cache_max");
    if (found == params->attributes.end()) continue;
    const int64_t* tokens = std::get_if<int64_t>(&found->second);
    if (tokens == nullptr || *tokens < 1 || *tokens > kMostTokens) continue;
    capacity = capacity == 0 ? *tokens : std::min(capacity, *tokens);
  }
  return static_cast<int>(capacity);
}

absl::Status ReadCapacity(const Candidate& decode, absl::Span<const CacheHint> hints,
                          LlmGraph* graph) {
  ET_RETURN_IF_ERROR(ReadCaches(decode, hints, graph));
  if (graph->caches.empty()) graph->capacity = InnerCapacity(*decode.entry->graph);
  if (graph->capacity < 1) {
    return NotALanguageModel(
        "it has no key and value caches, neither as inputs and outputs nor as "
        "odml.update_kv_cache ops");
  }
  if (decode.step.mask < 0) return absl::OkStatus();
  const int32_t width = decode.entry->input(decode.step.mask).shape.back(0);
  if (width != graph->capacity) {
    return NotALanguageModel("its mask is ", width, " wide, its caches hold ", graph->capacity,
                             " tokens; expected the same");
  }
  return absl::OkStatus();
}

int FindInput(const Entry& entry, const std::string& name) {
  for (size_t i = 0; i < entry.inputs.size(); ++i) {
    if (entry.inputs[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

// Puts the caches of a prefill into the order of decode's. False if they are not the same caches.
bool MatchCaches(const Entry& entry, const LlmGraph& graph, absl::Span<const CacheHint> hints,
                 StepGraph* step) {
  if (step->caches.size() != graph.caches.size()) return false;
  std::vector<CacheSlot> ordered;
  for (size_t c = 0; c < graph.caches.size(); ++c) {
    const CacheInfo& info = graph.caches[c];
    std::string name = info.name;
    for (const CacheHint& hint : hints) {
      if (hint.decode_input == info.name && !hint.prefill_input.empty()) name = hint.prefill_input;
    }
    int input = FindInput(entry, name);
    if (input < 0) input = step->caches[c].input;
    const auto slot = std::find_if(step->caches.begin(), step->caches.end(),
                                   [&](const CacheSlot& s) { return s.input == input; });
    if (slot == step->caches.end()) return false;
    const ir::Tensor& tensor = entry.input(input);
    if (tensor.dtype != info.dtype || tensor.shape != info.shape) return false;
    for (const CacheSlot& taken : ordered) {
      if (taken.input == input) return false;
    }
    ordered.push_back(*slot);
  }
  step->caches = std::move(ordered);
  return true;
}

// Of signatures for the same length, the one with the usual name; else the first in the file.
bool Preferred(const std::string& key, const char* prefix, const std::string& other) {
  return absl::StartsWith(key, prefix) && !absl::StartsWith(other, prefix);
}

void AddPrefill(StepGraph step, std::vector<StepGraph>* prefills) {
  for (StepGraph& other : *prefills) {
    if (other.length != step.length) continue;
    if (Preferred(step.name, "prefill", other.name)) other = std::move(step);
    return;
  }
  prefills->push_back(std::move(step));
}

// The signature that decodes: the longest caches, then the usual name, then the first in the file.
// Fills graph's caches and capacity; null if there is none, with a line for each in `reasons`.
const Candidate* FindDecode(const std::vector<Candidate>& candidates,
                            absl::Span<const CacheHint> hints, LlmGraph* graph,
                            std::string* reasons) {
  const Candidate* decode = nullptr;
  for (const Candidate& candidate : candidates) {
    if (candidate.step.length != 1) continue;
    LlmGraph read;
    absl::Status status = candidate.step.logits < 0 ? NotALanguageModel("it has no logits")
                                                    : ReadCapacity(candidate, hints, &read);
    if (!status.ok()) {
      absl::StrAppend(reasons, "\n  signature '", candidate.step.name, "': ", status.message());
      continue;
    }
    const bool better = decode == nullptr || read.capacity > graph->capacity ||
                        (read.capacity == graph->capacity &&
                         Preferred(candidate.step.name, "decode", decode->step.name));
    if (!better) continue;
    decode = &candidate;
    *graph = std::move(read);
  }
  return decode;
}

// A prefill must work on the same caches as decode, with the same kind of mask.
bool IsPrefillFor(const Candidate& candidate, const LlmGraph& graph) {
  const StepGraph& step = candidate.step;
  if (step.length == 1 || step.length > graph.capacity) return false;
  if ((step.mask >= 0) != (graph.decode.mask >= 0)) return false;
  return step.mask < 0 || candidate.entry->input(step.mask).shape.back(0) == graph.capacity;
}

}  // namespace

absl::StatusOr<LlmGraph> FindLlmGraph(const ir::Model& model, absl::Span<const CacheHint> hints) {
  const std::vector<Entry> entries = EntriesOf(model);
  std::vector<Candidate> candidates;
  std::string reasons;
  for (const Entry& entry : entries) {
    absl::StatusOr<StepGraph> step = ReadStepGraph(entry, hints);
    if (step.ok()) {
      candidates.push_back({&entry, *std::move(step)});
    } else {
      absl::StrAppend(&reasons, "\n  signature '", entry.key, "': ", step.status().message());
    }
  }
  LlmGraph graph;
  const Candidate* decode = FindDecode(candidates, hints, &graph, &reasons);
  if (decode == nullptr) {
    return NotALanguageModel(
        "the model is no language model that EdgeTasks can run: none of its signatures decodes one "
        "token",
        reasons);
  }
  graph.decode = decode->step;
  graph.vocab_size = decode->entry->output(decode->step.logits).shape.back(0);
  for (Candidate& candidate : candidates) {
    if (IsPrefillFor(candidate, graph) &&
        MatchCaches(*candidate.entry, graph, hints, &candidate.step)) {
      AddPrefill(candidate.step, &graph.prefills);
    }
  }
  std::sort(graph.prefills.begin(), graph.prefills.end(),
            [](const StepGraph& a, const StepGraph& b) { return a.length < b.length; });
  return graph;
}

}  // namespace edgetasks::llm
