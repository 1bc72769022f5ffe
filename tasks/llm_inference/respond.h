// One response: feeds what is pending, generates, and turns tokens into text.
#ifndef TASKS_LLM_INFERENCE_RESPOND_H_
#define TASKS_LLM_INFERENCE_RESPOND_H_

#include <atomic>
#include <memory>

#include "absl/status/statusor.h"
#include "core/base/cancellation.h"
#include "core/llm/sampler.h"
#include "core/text/constraint/constraint.h"
#include "tasks/llm_inference/conversation.h"
#include "tasks/llm_inference/idle_contexts.h"
#include "tasks/llm_inference/llm_inference_options.h"
#include "tasks/llm_inference/llm_inference_result.h"

namespace edgetasks::tasks {

struct ResponseRequest {
  const LlmInferenceSessionOptions* options = nullptr;  // required
  llm::Sampler* sampler = nullptr;                      // required; made of `options`
  const Cancellation* cancel = nullptr;                 // required
  std::shared_ptr<const text::Constraint> constraint;   // of `options`; null: none
  const LlmEventCallback* listener = nullptr;           // required; may be empty
  IdleContexts* idle = nullptr;                         // null: none
  std::atomic<int>* used = nullptr;                     // required; told Conversation::used()
};

// Begins a turn of `conversation` and ends it. Errors: those of LlmSessionTask::GenerateResponse;
// what was not fed stays pending. The listener is not told of the end.
absl::StatusOr<LlmResponse> Respond(Conversation* conversation, const ResponseRequest& request);

// How probable the model holds `text` after the context and what is pending, which is fed. The
// context does not keep the text. Errors: RESOURCE_EXHAUSTED (kContextFull), CANCELLED, the
// executor's.
absl::StatusOr<LlmScore> Score(Conversation* conversation, absl::string_view text,
                               const Cancellation* cancel);

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_RESPOND_H_
