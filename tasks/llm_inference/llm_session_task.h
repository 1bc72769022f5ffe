// A conversation with a language model: its context, and how it chooses its tokens.
#ifndef TASKS_LLM_INFERENCE_LLM_SESSION_TASK_H_
#define TASKS_LLM_INFERENCE_LLM_SESSION_TASK_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/cancellation.h"
#include "core/llm/sampler.h"
#include "tasks/llm_inference/conversation.h"
#include "tasks/llm_inference/idle_contexts.h"
#include "tasks/llm_inference/llm_inference_options.h"
#include "tasks/llm_inference/llm_inference_result.h"
#include "tasks/llm_inference/llm_response_future.h"
#include "tasks/llm_inference/respond.h"
#include "tasks/llm_inference/response_constraint.h"
#include "tasks/llm_inference/session_file.h"

namespace edgetasks::tasks {

// What a session is made of.
struct LlmSessionParts {
  ConversationParts conversation;
  // Where the context goes when the session ends, and where one that begins with the same words
  // comes from; null: nowhere. Kept alive by the conversation's keep_alive.
  IdleContexts* idle = nullptr;
  // What its saved files belong to; null: it cannot be saved. Kept alive in the same way.
  const LazySessionIdentity* identity = nullptr;
  // Required for a response_format. Kept alive in the same way.
  ConstraintCompiler* constraints = nullptr;
  // What the model file says of messages; null: nothing. Kept alive in the same way.
  const model::LlmSettings* settings = nullptr;
};

// The context grows: prompts and responses of all calls stay in it, a stop token included, and each
// response continues all of it. The model's start token is fed once, before the first prompt.
//
// Threads: one call at a time. Those that change the session return FAILED_PRECONDITION (kBusy)
// while another call of them, or an asynchronous response, is under way. Cancel, SizeInTokens,
// context_used and context_remaining may be called at any time from any thread. Sessions of one
// model may run at the same time: they take turns, a run of the model each, in the order in which
// they came, and decode together where they can. None changes what another says.
class LlmSessionTask {
 public:
  // INVALID_ARGUMENT (kInvalidOption) if an option is out of its range.
  static absl::StatusOr<std::unique_ptr<LlmSessionTask>> Create(
      LlmSessionParts parts, const LlmInferenceSessionOptions& options);
  // One that goes on where a saved one was, with its random numbers.
  // `parts` are those of an empty conversation. Errors: LoadSession's.
  static absl::StatusOr<std::unique_ptr<LlmSessionTask>> Load(
      const std::string& path, LlmSessionParts parts, const LlmInferenceSessionOptions& options);

  // Cancels an asynchronous response and waits until it is complete. Not from its callback.
  ~LlmSessionTask();

  // Appends to the prompt of the next response. What is added between two responses is one text,
  // tokenized together. RESOURCE_EXHAUSTED (kContextFull) if the context cannot hold it; the prompt
  // is as before then.
  absl::Status AddQueryChunk(absl::string_view text);

  // Appends a message to the conversation, which its chat template writes down (chat.h): that of
  // the options, or the model file's. The response to it becomes a message of the assistant. Only
  // what the context does not hold yet is fed. FAILED_PRECONDITION if there is no template
  // (kMissingPart) or words of AddQueryChunk wait for a response (kInvalidOption); INVALID_ARGUMENT
  // for what the template refuses; RESOURCE_EXHAUSTED (kContextFull). The messages are as before
  // then.
  absl::Status AddMessage(LlmMessage message);
  absl::StatusOr<std::vector<LlmMessage>> Messages();
  // The text that the next response would continue: of all messages with special tokens spelled
  // out, or of what AddQueryChunk added, with its templates.
  absl::StatusOr<std::string> RenderPrompt();

  // Feeds the prompt and generates until the response is complete. Without a prompt, it goes on
  // where the context ends; FAILED_PRECONDITION if that is empty and the model has no start token.
  // RESOURCE_EXHAUSTED (kContextFull) if the context is full already. On an error what was not fed
  // stays the prompt. `options`: instead of the session's, for this response; random numbers go on
  // where they are unless the seed is another one. Null: the session's.
  absl::StatusOr<LlmResponse> GenerateResponse(const LlmInferenceSessionOptions* options = nullptr);

  // The same on a thread of its own, which also calls `listener` (may be empty). The callback may
  // call Cancel, SizeInTokens and the like; it should be quick, for generation waits for it. If it
  // throws, the response ends with UNKNOWN (kListenerFailed). The session is free again before the
  // future completes, but still busy in the callback. RESOURCE_EXHAUSTED (kOutOfMemory) if the
  // system gives no thread.
  absl::StatusOr<LlmResponseFuture> GenerateResponseAsync(
      LlmProgressCallback progress, const LlmInferenceSessionOptions* options = nullptr);
  absl::StatusOr<LlmResponseFuture> GenerateResponseStream(
      LlmEventCallback listener, const LlmInferenceSessionOptions* options = nullptr);

  // The natural logarithms of the probabilities of the tokens of `text`, had it followed the
  // context and the prompt, which is fed. The context does not keep it.
  absl::StatusOr<LlmScore> Score(absl::string_view text);

  // A session that holds the same context and prompt, and has the same options; its random numbers
  // go on as this one's would. Busy as above; RESOURCE_EXHAUSTED (kOutOfMemory).
  absl::StatusOr<std::unique_ptr<LlmSessionTask>> Clone();

  // Other options from the next response on; the context stays, and random numbers begin again only
  // if the seed is another one. INVALID_ARGUMENT (kInvalidOption) changes nothing. Busy as above.
  absl::Status UpdateOptions(const LlmInferenceSessionOptions& options);

  // Where the conversation is: what Rewind takes.
  absl::StatusOr<LlmCheckpoint> Checkpoint();
  // Forgets the prompt and all but the first checkpoint.tokens tokens of the context; random
  // numbers go on as they would have. OUT_OF_RANGE (kInvalidOption) beyond the context;
  // UNIMPLEMENTED (kUnsupportedOp) for models whose state cannot go back.
  absl::Status Rewind(const LlmCheckpoint& checkpoint);
  // The same by a number of tokens, from 0; random numbers go on where they are.
  absl::Status Rewind(int tokens);

  // Writes all that the session is, but its options, to a file. Busy as above; errors:
  // SaveSession's.
  absl::Status Save(const std::string& path);

  // Ends the response under way within one op of the model; it completes with what it has. The
  // session can be used at once: what was not fed of the prompt is fed by the next call. Nothing
  // happens if none is under way.
  void Cancel();

  // The tokens of `text`, without a start token.
  absl::StatusOr<int> SizeInTokens(absl::string_view text) const;
  // The tokens by which context_used grows if `text` is added to the prompt, templates included.
  // Busy as above.
  absl::StatusOr<int> PromptSizeInTokens(absl::string_view text);
  // The tokens of the context, with the prompt, what waits to be fed and the start token.
  int context_used() const { return used_.load(std::memory_order_relaxed); }
  int context_remaining() const { return std::max(0, max_tokens_ - context_used()); }

 private:
  LlmSessionTask(Conversation conversation, const LlmSessionParts& parts,
                 const LlmInferenceSessionOptions& options);

  // Marks the session busy; frees it, and brings used_ up to date, at the end.
  class Turn;
  bool TryAcquire() { return !busy_.exchange(true); }
  void Release();
  llm::SamplerParams SamplerParamsOf(const LlmInferenceSessionOptions& options) const;
  std::shared_ptr<Cancellation> NewCancellation(const LlmInferenceSessionOptions& options);
  // What one response is made with: the session's options, or its own.
  struct Own {
    LlmInferenceSessionOptions options;
    std::shared_ptr<const text::Constraint> constraint;
  };
  // Null for null. INVALID_ARGUMENT (kInvalidOption).
  absl::StatusOr<std::shared_ptr<const Own>> MakeOwn(const LlmInferenceSessionOptions* options);
  // Made when the first message comes.
  absl::StatusOr<const ChatFormat*> Format();
  absl::Status SetOptions(const LlmInferenceSessionOptions& options);
  absl::StatusOr<LlmResponse> Generate(const Own* own, const Cancellation& cancel,
                                       const LlmEventCallback& listener);
  absl::StatusOr<LlmResponse> Answer(const ResponseRequest& request);

  const std::shared_ptr<const text::Tokenizer> tokenizer_;
  const int max_tokens_;
  IdleContexts* const idle_;
  const LazySessionIdentity* const identity_;
  ConstraintCompiler* const constraints_;
  const model::LlmSettings* const settings_;
  std::atomic<bool> busy_{false};
  std::atomic<int> used_{0};
  // The rest belongs to whoever holds busy_.
  Conversation conversation_;
  LlmInferenceSessionOptions options_;
  std::optional<ChatFormat> format_;                    // of options_, once it was needed
  std::shared_ptr<const text::Constraint> constraint_;  // of options_; may be null
  llm::Sampler sampler_;
  std::thread worker_;

  std::mutex cancel_mutex_;  // guards cancel_
  std::shared_ptr<Cancellation> cancel_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_LLM_SESSION_TASK_H_
