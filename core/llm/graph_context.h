// A context over the graphs of an LlmModel.
#ifndef CORE_LLM_GRAPH_CONTEXT_H_
#define CORE_LLM_GRAPH_CONTEXT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/llm/executor.h"
#include "core/llm/kv_cache.h"
#include "core/llm/llm_model.h"
#include "core/llm/run_queue.h"

namespace edgetasks::llm {

// The model must outlive it. Contexts of several threads take turns, a run each, or make steps
// together (RunQueue).
class GraphContext : public LlmExecutor {
 public:
  GraphContext(LlmModel* model, std::shared_ptr<KvCache> cache);
  ~GraphContext() override { model_.queue_.Remove(&step_); }

  int vocab_size() const override { return model_.graph_.vocab_size; }
  int capacity() const override { return model_.graph_.capacity; }
  absl::Span<const int32_t> tokens() const override { return tokens_; }

  absl::Status Prefill(absl::Span<const int32_t> ids, const Cancellation* cancel) override;
  absl::StatusOr<absl::Span<const float>> Decode(int32_t id, const Cancellation* cancel) override;
  absl::Status Reset() override;
  absl::Status Rewind(int n) override;
  absl::StatusOr<std::string> StateFormat() const override;
  absl::Status SaveState(
      absl::FunctionRef<absl::Status(absl::Span<const uint8_t>)> write) const override;
  absl::Status LoadState(absl::Span<const int32_t> tokens,
                         absl::FunctionRef<absl::Status(absl::Span<uint8_t>)> read) override;
  absl::StatusOr<std::unique_ptr<LlmExecutor>> Clone() const override;

 private:
  friend class LlmModel;  // runs the steps of several

  // A decode step that waits for its turn, or for the one that takes it along.
  struct Step : RunQueue::Member {
    GraphContext* context = nullptr;
    int32_t id = 0;
    const Cancellation* cancel = nullptr;
    absl::Status status;  // of the step, when it is over
  };

  absl::Status Check(absl::Span<const int32_t> ids) const;
  // While it is this context's turn.
  absl::StatusOr<StepInput> InputOf(absl::Span<const int32_t> ids, const Cancellation* cancel);
  absl::Status Run(StepRunner* step, absl::Span<const int32_t> ids, const Cancellation* cancel,
                   float* logits);
  absl::Status OwnCache(int count);

  LlmModel& model_;
  // Shared with clones until one of them runs. Who shares it only reads it, and does that, like
  // who runs, while it is its turn: so whoever finds that it shares with nobody may write.
  std::shared_ptr<KvCache> cache_;
  std::shared_ptr<ir::StateStore> state_;
  std::vector<float> logits_;
  std::vector<int32_t> tokens_;
  Step step_;
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_GRAPH_CONTEXT_H_
