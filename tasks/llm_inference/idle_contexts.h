// Contexts whose sessions have ended: another session that begins with the same words goes on from
// them instead of computing these again.
#ifndef TASKS_LLM_INFERENCE_IDLE_CONTEXTS_H_
#define TASKS_LLM_INFERENCE_IDLE_CONTEXTS_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

#include "absl/types/span.h"
#include "core/llm/executor.h"

namespace edgetasks::tasks {

// Thread safe.
class IdleContexts {
 public:
  // Keeps the `limit` contexts that came last; 0: none.
  explicit IdleContexts(size_t limit) : limit_(limit) {}

  void Put(std::unique_ptr<llm::LlmExecutor> context);

  // The context that shares the longest beginning with `tokens`, cut to it, and to less than all of
  // `tokens`. Null if none shares as much as is worth it.
  std::unique_ptr<llm::LlmExecutor> Take(absl::Span<const int32_t> tokens);

 private:
  const size_t limit_;
  std::mutex mutex_;
  std::list<std::unique_ptr<llm::LlmExecutor>> contexts_;  // the oldest first
};

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_IDLE_CONTEXTS_H_
