// A conversation with a language model: its context, and how it chooses its tokens.
#ifndef TASKS_LLM_INFERENCE_LLM_SESSION_TASK_H_
#define TASKS_LLM_INFERENCE_LLM_SESSION_TASK_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/llm/executor.h"
#include "core/llm/sampler.h"
#include "core/text/tokenizer.h"
#include "tasks/llm_inference/llm_inference_options.h"
#include "tasks/llm_inference/llm_inference_result.h"
#include "tasks/llm_inference/llm_response_future.h"
#include "tasks/llm_inference/special_tokens.h"

namespace edgetasks::tasks {

// What a session is made of.
struct LlmSessionParts {
  std::shared_ptr<const void> keep_alive;  // what the executor depends on
  std::shared_ptr<const text::Tokenizer> tokenizer;
  std::unique_ptr<llm::LlmExecutor> executor;
  SpecialTokens special;
  int max_tokens = 0;  // 1 to executor->capacity()
};

// The context grows: prompts and responses of all calls stay in it, a stop token included, and each
// response continues all of it. The model's start token is fed once, before the first prompt.
//
// Threads: one call at a time. AddQueryChunk, GenerateResponse and GenerateResponseAsync return
// FAILED_PRECONDITION (kBusy) while another call of them, or an asynchronous response, is under
// way; so do Clone and UpdateOptions. Cancel and SizeInTokens may be called at any time from any
// thread. Sessions of one model may run at the same time: they take turns, a step of the model
// each.
class LlmSessionTask {
 public:
  // INVALID_ARGUMENT (kInvalidOption) if an option is out of its range.
  static absl::StatusOr<std::unique_ptr<LlmSessionTask>> Create(
      LlmSessionParts parts, const LlmInferenceSessionOptions& options);

  // Cancels an asynchronous response and waits until it is complete. Not from its callback.
  ~LlmSessionTask();

  // Appends to the prompt of the next response. What is added between two responses is one text,
  // tokenized together. RESOURCE_EXHAUSTED (kContextFull) if the context cannot hold it; the prompt
  // is as before then.
  absl::Status AddQueryChunk(absl::string_view text);

  // Feeds the prompt and generates until the response is complete. Without a prompt, it goes on
  // where the context ends; FAILED_PRECONDITION if that is empty and the model has no start token.
  // RESOURCE_EXHAUSTED (kContextFull) if the context is full already. On an error what was not fed
  // stays the prompt.
  absl::StatusOr<LlmResponse> GenerateResponse();

  // The same on a thread of its own, which also calls `progress` (may be null). The callback may
  // call Cancel and SizeInTokens; it should be quick, and must not throw. The session is free again
  // before the future completes, but still busy in the callback. RESOURCE_EXHAUSTED (kOutOfMemory)
  // if the system gives no thread.
  absl::StatusOr<LlmResponseFuture> GenerateResponseAsync(LlmProgressCallback progress);

  // A session that holds the same context and prompt, and has the same options; its random numbers
  // go on as this one's would. Busy as above; RESOURCE_EXHAUSTED (kOutOfMemory).
  absl::StatusOr<std::unique_ptr<LlmSessionTask>> Clone();

  // Other options from the next response on; the context stays, and random numbers begin again only
  // if the seed is another one. INVALID_ARGUMENT (kInvalidOption) changes nothing. Busy as above.
  absl::Status UpdateOptions(const LlmInferenceSessionOptions& options);

  // Ends the response under way within one step of the model; it completes with what it has. The
  // session can be used at once: what was not fed of the prompt is fed by the next call. Nothing
  // happens if none is under way.
  void Cancel();

  // The tokens of `text`, without a start token.
  absl::StatusOr<int> SizeInTokens(absl::string_view text) const;

 private:
  LlmSessionTask(LlmSessionParts parts, const LlmInferenceSessionOptions& options);

  bool TryAcquire() { return !busy_.exchange(true); }
  void Release() { busy_ = false; }
  std::shared_ptr<std::atomic<bool>> NewCancelFlag();
  int UsedTokens() const;
  absl::StatusOr<std::vector<int32_t>> EncodeTurn(absl::string_view query) const;
  void MoveQueryToPending();
  absl::StatusOr<LlmResponse> Generate(const std::atomic<bool>& cancel,
                                       const LlmProgressCallback& progress);

  const LlmSessionParts parts_;
  std::atomic<bool> busy_{false};
  // The rest belongs to whoever holds busy_.
  LlmInferenceSessionOptions options_;
  std::string query_;               // added, not yet part of pending_
  std::vector<int32_t> query_ids_;  // its tokens
  std::vector<int32_t> pending_;    // what the executor has not taken yet
  bool started_ = false;            // the start token is in pending_ or in the context
  bool answered_ = false;           // a response stands before the query
  std::vector<int32_t> stop_;       // the stop sequence that ended it, if one did
  llm::Sampler sampler_;
  std::thread worker_;

  std::mutex cancel_mutex_;  // guards cancel_
  std::shared_ptr<std::atomic<bool>> cancel_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_LLM_SESSION_TASK_H_
