// LlmInference: a language model that sessions share.
#ifndef TASKS_LLM_INFERENCE_LLM_INFERENCE_TASK_H_
#define TASKS_LLM_INFERENCE_LLM_INFERENCE_TASK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tasks/llm_inference/llm_inference_options.h"
#include "tasks/llm_inference/llm_session_task.h"

namespace edgetasks::tasks {

// Thread safe. The weights stay in the mapped file and are there once for all sessions; each
// session has caches of its own. Sessions keep what they need alive: they may outlive the task.
//
//   ET_ASSIGN_OR_RETURN(auto task, LlmInferenceTask::Create(options));
//   ET_ASSIGN_OR_RETURN(auto session, task->CreateSession({}));
//   ET_RETURN_IF_ERROR(session->AddQueryChunk("Once upon a time"));
//   ET_ASSIGN_OR_RETURN(LlmResponse response, session->GenerateResponse());
class LlmInferenceTask {
 public:
  // Opens the model and its tokenizer, and plans its graphs. Errors: OpenModel's and
  // OpenTokenizer's; kNotALanguageModel; kUnsupportedOp and kUnsupportedType; INVALID_ARGUMENT
  // (kInvalidOption) for max_tokens beyond the model.
  static absl::StatusOr<std::unique_ptr<LlmInferenceTask>> Create(
      const LlmInferenceOptions& options);
  ~LlmInferenceTask();

  // INVALID_ARGUMENT (kInvalidOption), RESOURCE_EXHAUSTED (kOutOfMemory) if there is no memory for
  // the caches.
  absl::StatusOr<std::unique_ptr<LlmSessionTask>> CreateSession(
      const LlmInferenceSessionOptions& options);

  // A session that goes on where one was when LlmSessionTask::Save wrote it to `path`, with its
  // random numbers; options are not saved. Errors: CreateSession's and LoadSession's
  // (session_file.h).
  absl::StatusOr<std::unique_ptr<LlmSessionTask>> LoadSession(
      const std::string& path, const LlmInferenceSessionOptions& options);

  // The tokens of `text`, without a start token.
  absl::StatusOr<int> SizeInTokens(absl::string_view text) const;

  // The ids of `text`, without a start token; and the text of `ids`, without those of control
  // tokens. OUT_OF_RANGE (kBadValue) for an id that the tokenizer does not have.
  absl::StatusOr<std::vector<int32_t>> Tokenize(absl::string_view text) const;
  absl::StatusOr<std::string> Detokenize(absl::Span<const int32_t> ids) const;

  // The most tokens of a session's context.
  int max_tokens() const;

 private:
  struct Shared;
  absl::StatusOr<LlmSessionParts> NewParts();
  explicit LlmInferenceTask(std::shared_ptr<Shared> shared);

  std::shared_ptr<Shared> shared_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_LLM_INFERENCE_TASK_H_
