// Runs one signature of a language model over the caches of any session.
#ifndef CORE_LLM_STEP_RUNNER_H_
#define CORE_LLM_STEP_RUNNER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/base/cancellation.h"
#include "core/exec/lane_runner.h"
#include "core/exec/runner.h"
#include "core/llm/kv_cache.h"
#include "core/llm/llm_graph.h"

namespace edgetasks::llm {

// What one run works on.
struct StepInput {
  absl::Span<const int32_t> ids;  // 1 to length()
  int position = 0;               // of ids[0]; position + length() <= capacity
  KvCache* cache = nullptr;
  std::shared_ptr<ir::StateStore> state;  // for models that keep their caches inside
  const Cancellation* cancel = nullptr;
  exec::StepObserver* observer = nullptr;  // may be null
};

// A step of one context among several that run together.
struct StepLane {
  StepInput input;          // one id
  float* logits = nullptr;  // as Run's
  absl::Status status;      // filled in: as Run's
};

// Not thread safe: sessions take turns. The model and the LlmGraph must outlive it.
class StepRunner {
 public:
  // Plans the graph. `may_turn[c]`: cache c may be kept with its last two dimensions exchanged.
  // `keep_as`: the type in which caches of float32 are wanted; cache_layout tells what became of
  // it. UNIMPLEMENTED names an op or a type that is not supported.
  static absl::StatusOr<std::unique_ptr<StepRunner>> Create(
      const ir::Model& model, const LlmGraph& graph, const StepGraph& step,
      std::shared_ptr<exec::Engine> engine, const std::vector<bool>& may_turn, ir::DType keep_as);

  int length() const { return step_.length; }
  // How the graph reads and writes cache c. Steps that share caches must agree.
  CacheLayout cache_layout(int c) const;
  // Cache c is kept with its last two dimensions exchanged.
  bool is_turned(int c) const { return runner_->is_turned(step_.caches[c].input); }
  // The graph writes cache c over itself.
  bool updates_in_place(int c) const { return runner_->is_aliased(step_.caches[c].output); }

  exec::PlanReport Report() const { return runner_->Report(); }

  // Feeds input.ids at input.position and on. Rows behind the last id are fed id 0 at the positions
  // that follow: what they write into the caches is overwritten before it is attended to. `logits`:
  // null, or [vocab_size] for those of the last id; the step must have logits and length 1 then.
  // On an error the caches hold what they held, but for slots from input.position on.
  absl::Status Run(const StepInput& input, float* logits);

  // Whether RunTogether can be had for this graph (exec::LaneRunner says which).
  bool can_run_together() const { return lanes_ != nullptr; }
  // Does for each what Run would, bit for bit, and reads the weights once for all. An error of one
  // is no error of the others. The step must have length 1, and each lane a cache of its own. An
  // error of the call: nothing has run. RESOURCE_EXHAUSTED (kOutOfMemory).
  absl::Status RunTogether(absl::Span<StepLane> lanes, exec::StepObserver* observer);
  // What RunTogether has taken so far.
  int64_t together_bytes() const { return lanes_ == nullptr ? 0 : lanes_->bytes(); }

 private:
  StepRunner(const LlmGraph& graph, const StepGraph& step) : graph_(graph), step_(step) {}
  absl::Status CheckShapes() const;
  void AddLanes();
  absl::Status BindCaches(KvCache* cache);
  absl::Status BindLaneCaches(int lane, KvCache* cache);
  void SwapCaches(KvCache* cache) const;
  void FillTokensAndPositions(const StepInput& input, void* tokens, void* positions) const;
  void FillMask(const StepInput& input, void* mask) const;
  void ReadLogits(const void* data, float* logits) const;

  const LlmGraph& graph_;
  const StepGraph& step_;
  std::unique_ptr<exec::Runner> runner_;
  std::unique_ptr<exec::LaneRunner> lanes_;  // null: steps of several contexts take turns
  std::vector<exec::LaneRun> lane_runs_;     // as large as RunTogether needed so far
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_STEP_RUNNER_H_
