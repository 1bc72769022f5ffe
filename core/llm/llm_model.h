// A language model that is ready to run, shared by its sessions; and a session's context.
#ifndef CORE_LLM_LLM_MODEL_H_
#define CORE_LLM_LLM_MODEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/exec/runner.h"
#include "core/llm/executor.h"
#include "core/llm/fair_mutex.h"
#include "core/llm/llm_graph.h"
#include "core/llm/step_runner.h"

namespace edgetasks::llm {

// Thread safe: contexts of several threads take turns, a run each.
class LlmModel {
 public:
  // Plans decode and all prefills. `model` must outlive the result. `cache_type`: how caches of
  // float32 are kept: kFloat32 (as the file says), kFloat16, or kInt8 with a scale for each row.
  // Errors: FindLlmGraph's, and those of ops that cannot run; INVALID_ARGUMENT (kInvalidOption) if
  // some cache cannot be kept as `cache_type`.
  static absl::StatusOr<std::unique_ptr<LlmModel>> Create(
      const ir::Model& model, absl::Span<const CacheHint> hints, int num_threads,
      ir::DType cache_type = ir::DType::kFloat32);

  // An empty context with caches of its own; this model must outlive it. RESOURCE_EXHAUSTED
  // (kOutOfMemory).
  absl::StatusOr<std::unique_ptr<LlmExecutor>> NewContext();

  const LlmGraph& graph() const { return graph_; }
  // How contexts keep the caches; empty for models that keep them inside.
  std::vector<CacheLayout> cache_layouts() const;
  // Of decode first, then of graph().prefills; with the step's name.
  std::vector<std::pair<std::string, exec::PlanReport>> Reports() const;

  // From the next run on, of any context, `steps` is told of each op and `ranges` of what the
  // threads do; null: nobody is. Not while a context runs.
  void SetObservers(exec::StepObserver* steps, RangeObserver* ranges);
  int num_threads() const { return engine_->pool.num_threads(); }

 private:
  friend class GraphContext;
  LlmModel() = default;
  absl::Status PlanSteps(const ir::Model& model, bool may_turn);
  bool StepsAgreeOnCaches() const;
  absl::Status CheckCacheType() const;

  LlmGraph graph_;
  std::shared_ptr<exec::Engine> engine_;
  std::unique_ptr<StepRunner> decode_;
  std::vector<std::unique_ptr<StepRunner>> prefills_;  // as graph_.prefills
  std::vector<int> prefill_lengths_;
  ir::DType cache_type_ = ir::DType::kFloat32;
  std::vector<bool> needs_spare_;  // for each cache: some step cannot update it in place
  exec::StepObserver* observer_ = nullptr;
  FairMutex mutex_;  // held during a run: the steps share one arena
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_LLM_MODEL_H_
