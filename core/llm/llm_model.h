// A language model that is ready to run, shared by its sessions; and a session's context.
#ifndef CORE_LLM_LLM_MODEL_H_
#define CORE_LLM_LLM_MODEL_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/exec/runner.h"
#include "core/llm/executor.h"
#include "core/llm/llm_graph.h"
#include "core/llm/run_queue.h"
#include "core/llm/step_runner.h"

namespace edgetasks::llm {

// Thread safe: contexts of several threads take turns, a run each, and decode together where that
// is faster. What a context computes does not depend on the others.
class LlmModel {
 public:
  // Plans decode and all prefills. `model` must outlive the result. `cache_type`: how caches of
  // float32 are kept: kFloat32 (as the file says), kFloat16, or kInt8 with a scale for each row.
  // `max_tokens`: what a context must be able to hold at least: more than the file's caches only
  // where the graphs allow it (EnlargeContext).
  // Errors: FindLlmGraph's, and those of ops that cannot run; INVALID_ARGUMENT (kInvalidOption) if
  // some cache cannot be kept as `cache_type`, or for max_tokens that the model cannot hold.
  static absl::StatusOr<std::unique_ptr<LlmModel>> Create(
      const ir::Model& model, absl::Span<const CacheHint> hints, int num_threads,
      ir::DType cache_type = ir::DType::kFloat32, int max_tokens = 0);

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

  // The most contexts whose decode steps are made together; 1: they take turns, as those of graphs
  // do that cannot run together whatever is asked for. Default: kMaxTogether. Not while a context
  // runs.
  static constexpr int kMaxTogether = 8;
  void SetMaxTogether(int contexts);
  // So many steps were made with others so far.
  int64_t steps_together() const { return steps_together_.load(); }
  // The memory that making steps together has taken: none before it happened first.
  int64_t together_bytes() const { return decode_->together_bytes(); }

 private:
  friend class GraphContext;
  LlmModel() = default;
  absl::Status PlanSteps(const ir::Model& model, bool may_turn);
  bool StepsAgreeOnCaches() const;
  absl::Status CheckCacheType() const;
  absl::Status Plan(const ir::Model& model);
  // Make the steps of GraphContexts while they lead.
  void Decode(RunQueue::Together together);
  bool DecodeTogether(RunQueue::Together together);

  LlmGraph graph_;
  std::shared_ptr<exec::Engine> engine_;
  std::unique_ptr<StepRunner> decode_;
  std::vector<std::unique_ptr<StepRunner>> prefills_;  // as graph_.prefills
  std::vector<int> prefill_lengths_;
  ir::DType cache_type_ = ir::DType::kFloat32;
  std::vector<bool> needs_spare_;  // for each cache: some step cannot update it in place
  exec::StepObserver* observer_ = nullptr;
  RunQueue queue_{kMaxTogether};  // one run at a time: the steps share one arena
  std::vector<StepLane> lanes_;   // of the present run, and whose they are
  std::vector<RunQueue::Member*> in_lanes_;
  std::atomic<int64_t> steps_together_{0};
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_LLM_MODEL_H_
