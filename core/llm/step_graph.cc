#include "core/llm/step_graph.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::llm {
namespace {

bool IsIndexType(ir::DType dtype) {
  return dtype == ir::DType::kInt32 || dtype == ir::DType::kInt64;
}
bool IsFloatType(ir::DType dtype) {
  return dtype == ir::DType::kFloat32 || dtype == ir::DType::kFloat16 ||
         dtype == ir::DType::kBFloat16;
}

template <typename... Args>
absl::Status NotAStep(const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kNotALanguageModel,
                   absl::StrCat(args...));
}

std::string Describe(const std::string& name, const ir::Tensor& tensor) {
  return absl::StrCat("'", name, "' (", ir::NameOf(tensor.dtype), " ", tensor.shape.ToString(),
                      ")");
}

// Fills step's roles one after the other; `inputs` and `outputs` hold what has no role yet.
class StepReader {
 public:
  StepReader(const Entry& entry, absl::Span<const CacheHint> hints) : entry_(entry), hints_(hints) {
    for (size_t i = 0; i < entry.inputs.size(); ++i) inputs_.push_back(static_cast<int>(i));
    for (size_t i = 0; i < entry.outputs.size(); ++i) outputs_.push_back(static_cast<int>(i));
    step_.signature = entry.signature;
    step_.name = entry.key;
  }

  absl::StatusOr<StepGraph> Read() {
    ET_RETURN_IF_ERROR(FindTokensAndPositions());
    PairByHints();
    PairByName();
    ET_RETURN_IF_ERROR(FindLogits());
    PairByShape();
    ET_RETURN_IF_ERROR(FindMask());
    std::sort(step_.caches.begin(), step_.caches.end(),
              [](const CacheSlot& a, const CacheSlot& b) { return a.input < b.input; });
    return step_;
  }

 private:
  void TakeInput(int i) { inputs_.erase(std::find(inputs_.begin(), inputs_.end(), i)); }
  void TakeOutput(int i) { outputs_.erase(std::find(outputs_.begin(), outputs_.end(), i)); }

  absl::Status FindTokensAndPositions() {
    std::vector<int> found;
    for (const int i : inputs_) {
      const ir::Tensor& t = entry_.input(i);
      if (IsIndexType(t.dtype) && t.shape.rank() >= 1 && t.shape.rank() <= 2) found.push_back(i);
    }
    if (found.size() != 2) {
      return NotAStep("it has ", found.size(),
                      " integer inputs of rank 1 or 2; expected the tokens and their positions");
    }
    const int rank0 = entry_.input(found[0]).shape.rank();
    const int rank1 = entry_.input(found[1]).shape.rank();
    const bool positions_first =
        rank0 == rank1 ? absl::StrContains(entry_.inputs[found[0]].name, "pos") : rank0 < rank1;
    step_.tokens = positions_first ? found[1] : found[0];
    step_.positions = positions_first ? found[0] : found[1];
    TakeInput(step_.tokens);
    TakeInput(step_.positions);
    const ir::Shape& tokens = entry_.input(step_.tokens).shape;
    const ir::Shape& positions = entry_.input(step_.positions).shape;
    step_.length = tokens.back(0);
    if (step_.length < 1 || tokens.num_elements() != step_.length ||
        positions.num_elements() != step_.length) {
      return NotAStep("its tokens are ", tokens.ToString(), " and its positions ",
                      positions.ToString(), "; expected [1, T] and [T]");
    }
    return absl::OkStatus();
  }

  bool Alike(int input, int output) const {
    const ir::Tensor& in = entry_.input(input);
    const ir::Tensor& out = entry_.output(output);
    return in.dtype == out.dtype && in.shape == out.shape && ir::IsRunnable(in.dtype);
  }

  void Pair(int input, int output) {
    step_.caches.push_back({input, output});
    TakeInput(input);
    TakeOutput(output);
  }

  void PairNamed(const std::string& input, const std::string& output) {
    for (const int i : inputs_) {
      if (entry_.inputs[i].name != input) continue;
      for (const int o : outputs_) {
        if (entry_.outputs[o].name == output && Alike(i, o)) return Pair(i, o);
      }
    }
  }

  void PairByHints() {
    for (const CacheHint& hint : hints_) {
      PairNamed(hint.prefill_input, hint.prefill_output);
      PairNamed(hint.decode_input, hint.decode_output);
    }
  }

  void PairByName() {
    for (const int i : std::vector<int>(inputs_)) {
      PairNamed(entry_.inputs[i].name, entry_.inputs[i].name);
    }
  }

  // The n-th unnamed input of a shape goes with the n-th output of that shape.
  void PairByShape() {
    for (const int i : std::vector<int>(inputs_)) {
      if (entry_.input(i).shape.rank() < 3) continue;
      const auto o = std::find_if(outputs_.begin(), outputs_.end(),
                                  [&](int output) { return Alike(i, output); });
      if (o != outputs_.end()) Pair(i, *o);
    }
  }

  // [1, T, V], or T rows of V of any rank; an output named "logits" before others.
  absl::Status FindLogits() {
    for (const int o : outputs_) {
      const ir::Tensor& t = entry_.output(o);
      const bool fits = IsFloatType(t.dtype) && t.shape.rank() >= 2 && t.shape.rank() <= 3 &&
                        t.shape.back(0) > 1 && t.shape.back(1) == step_.length &&
                        t.shape.num_elements() == int64_t{t.shape.back(0)} * step_.length;
      if (!fits) continue;
      if (step_.logits < 0 || entry_.outputs[o].name == "logits") step_.logits = o;
    }
    if (step_.logits >= 0) TakeOutput(step_.logits);
    return absl::OkStatus();
  }

  absl::Status FindMask() {
    for (const int i : std::vector<int>(inputs_)) {
      const ir::Tensor& t = entry_.input(i);
      const bool fits = (IsFloatType(t.dtype) || t.dtype == ir::DType::kBool) &&
                        t.shape.rank() >= 2 && t.shape.back(0) > 0 &&
                        t.shape.num_elements() == int64_t{t.shape.back(0)} * step_.length;
      if (!fits || step_.mask >= 0) {
        return NotAStep("its input ", Describe(entry_.inputs[i].name, t),
                        " is none that EdgeTasks knows for a text model");
      }
      step_.mask = i;
      step_.mask_axis = t.shape.rank() - 1;
      TakeInput(i);
    }
    return absl::OkStatus();
  }

  const Entry& entry_;
  absl::Span<const CacheHint> hints_;
  std::vector<int> inputs_, outputs_;
  StepGraph step_;
};

}  // namespace

std::vector<Entry> EntriesOf(const ir::Model& model) {
  std::vector<Entry> entries;
  for (size_t s = 0; s < model.signatures.size(); ++s) {
    const ir::Signature& signature = model.signatures[s];
    entries.push_back({static_cast<int>(s), signature.key, &model.graphs[signature.graph],
                       signature.inputs, signature.outputs});
  }
  if (entries.empty() && !model.graphs.empty()) {
    const ir::Graph& graph = model.graphs[0];
    Entry entry{-1, graph.name, &graph, {}, {}};
    for (const int t : graph.inputs) entry.inputs.push_back({graph.tensors[t].name, t});
    for (const int t : graph.outputs) entry.outputs.push_back({graph.tensors[t].name, t});
    entries.push_back(std::move(entry));
  }
  return entries;
}

absl::StatusOr<StepGraph> ReadStepGraph(const Entry& entry, absl::Span<const CacheHint> hints) {
  return StepReader(entry, hints).Read();
}

}  // namespace edgetasks::llm
