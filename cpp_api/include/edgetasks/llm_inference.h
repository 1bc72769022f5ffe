// Language models: prompt in, text out.
#ifndef EDGETASKS_LLM_INFERENCE_H_
#define EDGETASKS_LLM_INFERENCE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "edgetasks/export.h"
#include "edgetasks/llm_inference_options.h"
#include "edgetasks/llm_inference_result.h"

namespace edgetasks {

namespace tasks {
class LlmInferenceTask;
class LlmResponseFuture;
class LlmSessionTask;
}  // namespace tasks

/// The handle of a response that another thread generates. Copies share one response. Thread safe.
/// It may outlive its session, whose destruction cancels and completes the response.
class EDGETASKS_EXPORT LlmResponseFuture {
 public:
  ~LlmResponseFuture();
  LlmResponseFuture(const LlmResponseFuture&);
  LlmResponseFuture& operator=(const LlmResponseFuture&);

  bool IsDone() const;

  /// Blocks until the response is complete, at most `timeout`. False if it is not complete then,
  /// and at once on the thread that calls the progress callback, which would wait for itself.
  bool WaitFor(std::chrono::milliseconds timeout) const;

  /// Blocks until the response is complete, and returns it or its error. FAILED_PRECONDITION
  /// (kBusy) at once on the thread that calls the progress callback.
  absl::StatusOr<LlmResponse> Get() const;

  /// Asks to end this response (no later one): it completes with what it has, kCancelled. Never
  /// blocks.
  void Cancel();

 private:
  friend class LlmInferenceSession;
  explicit LlmResponseFuture(const tasks::LlmResponseFuture& future);
  std::unique_ptr<tasks::LlmResponseFuture> future_;
};

/// A conversation: prompts and responses of all calls stay in its context, and each response
/// continues all of it. The model's start token is fed once, before the first prompt.
///
/// One call at a time: while one is under way, or an asynchronous response, the others return
/// FAILED_PRECONDITION (kBusy). Cancel, SizeInTokens, context_used and context_remaining may be
/// called at any time from any thread. Sessions of one model may run at the same time: they take
/// turns, a run of the model each, in the order in which they asked, and decode together where they
/// can: several then make more tokens in sum than one. None changes what another says.
class EDGETASKS_EXPORT LlmInferenceSession {
 public:
  /// Cancels an asynchronous response and waits until it is complete. Not from its callback.
  ~LlmInferenceSession();
  LlmInferenceSession(const LlmInferenceSession&) = delete;
  LlmInferenceSession& operator=(const LlmInferenceSession&) = delete;

  /// Appends UTF-8 text to the prompt of the next response. What is added between two responses is
  /// one text, tokenized together. RESOURCE_EXHAUSTED (kContextFull) if the context cannot hold it;
  /// the prompt is as before then.
  absl::Status AddQueryChunk(absl::string_view text);

  /// Appends a message ("system", "user", "assistant", or what the chat template knows). The
  /// response becomes a message of the assistant. The options' chat_template writes messages down,
  /// or the model file's, or prompt_templates; FAILED_PRECONDITION (kMissingPart) without any of
  /// them. INVALID_ARGUMENT for what the template refuses; RESOURCE_EXHAUSTED (kContextFull). The
  /// messages are as before then. Plain text of AddQueryChunk and messages do not mix in a turn.
  absl::Status AddMessage(LlmMessage message);
  /// All messages, the oldest first.
  absl::StatusOr<std::vector<LlmMessage>> Messages();
  /// The text that the next response would continue, with special tokens spelled out.
  absl::StatusOr<std::string> RenderPrompt();

  /// Feeds the prompt and generates until the response is complete. Without a prompt, it goes on
  /// where the context ends. RESOURCE_EXHAUSTED (kContextFull) if the context is full already. What
  /// an error or a cancellation left unfed stays the prompt.
  absl::StatusOr<LlmResponse> GenerateResponse();
  /// The same with other options for this response only. Random numbers go on where they are unless
  /// its seed is another one.
  absl::StatusOr<LlmResponse> GenerateResponse(const LlmInferenceSessionOptions& options);

  /// The same on a thread of its own, which also calls `progress` (may be null) with each part of
  /// the text. The callback may call Cancel, SizeInTokens and the like; generation waits for it. If
  /// it throws, the response ends with UNKNOWN (kListenerFailed).
  absl::StatusOr<LlmResponseFuture> GenerateResponseAsync(LlmProgressCallback progress = nullptr);
  /// The same, told of the tokens too if num_logprobs asks for them. `options`: as above; null: the
  /// session's.
  absl::StatusOr<LlmResponseFuture> GenerateResponseStream(
      LlmEventCallback listener, const LlmInferenceSessionOptions* options = nullptr);

  /// How probable the model holds `text` after the context and the prompt, which is fed. The
  /// context does not keep `text`. RESOURCE_EXHAUSTED (kContextFull) if it does not fit.
  absl::StatusOr<LlmScore> Score(absl::string_view text);

  /// Ends the response under way within one op of the model; it completes with what it has. The
  /// session can be used at once.
  void Cancel();

  /// The tokens of `text`, without a start token.
  absl::StatusOr<int> SizeInTokens(absl::string_view text) const;
  /// The tokens by which context_used grows if `text` is added to the prompt, templates included.
  absl::StatusOr<int> PromptSizeInTokens(absl::string_view text);
  /// The tokens of the context: start token, prompts, responses, and what waits to be fed.
  int context_used() const;
  /// What is left of max_tokens.
  int context_remaining() const;

  /// Where the conversation is now.
  absl::StatusOr<LlmCheckpoint> Checkpoint();
  /// Back to where it was: forgets the prompt and what came after; random numbers go on as they
  /// would have. OUT_OF_RANGE (kInvalidOption) if the context has fewer tokens now; UNIMPLEMENTED
  /// (kUnsupportedOp) for models whose state cannot go back.
  absl::Status Rewind(const LlmCheckpoint& checkpoint);
  /// Forgets the prompt and all but the first `tokens` tokens; random numbers go on where they are.
  absl::Status Rewind(int tokens);

  /// Writes the session, without its options, to a file that LlmInference::LoadSession reads. The
  /// file appears as a whole or not at all. kFileUnwritable says what the system says.
  absl::Status Save(const std::string& path);

  /// Another session with the same context, prompt and options: the two go on from here without
  /// each other, and with the same random numbers. Memory is shared until one of them goes on,
  /// which copies what the context holds. RESOURCE_EXHAUSTED (kOutOfMemory).
  absl::StatusOr<std::unique_ptr<LlmInferenceSession>> Clone();

  /// Other options from the next response on; the context stays. Random numbers begin again only if
  /// the seed is another one; words added before the call keep the templates they were added with.
  /// INVALID_ARGUMENT (kInvalidOption): nothing has changed.
  absl::Status UpdateOptions(const LlmInferenceSessionOptions& options);

 private:
  friend class LlmInference;
  explicit LlmInferenceSession(std::unique_ptr<tasks::LlmSessionTask> task);
  std::unique_ptr<tasks::LlmSessionTask> task_;
};

/// A language model in a .task, .litertlm or .tflite file (prefill/decode signatures, as
/// litert-torch writes them). Thread safe. The weights stay in the mapped file, once for all
/// sessions; each session has its own KV cache. Sessions may outlive it.
///
///   edgetasks::LlmInferenceOptions options;
///   options.base_options.model_asset_path = "models/story/story.task";
///   auto llm = edgetasks::LlmInference::Create(options);
///   if (!llm.ok()) return llm.status();
///   auto response = (*llm)->GenerateResponse("Once upon a time");
class EDGETASKS_EXPORT LlmInference {
 public:
  /// Opens the model and its tokenizer, and plans its graphs. Errors name what is wrong, what was
  /// expected, and what to set; edgetasks/error.h tells the causes apart.
  static absl::StatusOr<std::unique_ptr<LlmInference>> Create(const LlmInferenceOptions& options);

  ~LlmInference();
  LlmInference(const LlmInference&) = delete;
  LlmInference& operator=(const LlmInference&) = delete;

  /// INVALID_ARGUMENT (kInvalidOption); RESOURCE_EXHAUSTED (kOutOfMemory) if there is no memory for
  /// the cache.
  absl::StatusOr<std::unique_ptr<LlmInferenceSession>> CreateSession(
      const LlmInferenceSessionOptions& options = {});

  /// A session that goes on where one was when it was saved, with its random numbers; options are
  /// not saved. INVALID_ARGUMENT: kCorruptFile for a file that is damaged or cut off, kWrongSession
  /// for one of another model, tokenizer, layout or version; kFileNotFound, kFileUnreadable.
  absl::StatusOr<std::unique_ptr<LlmInferenceSession>> LoadSession(
      const std::string& path, const LlmInferenceSessionOptions& options = {});

  /// The response to one prompt, in a session of its own with default options.
  absl::StatusOr<LlmResponse> GenerateResponse(absl::string_view prompt);

  /// The tokens of `text`, without a start token.
  absl::StatusOr<int> SizeInTokens(absl::string_view text) const;

  /// Their ids. Bytes that are no UTF-8 are taken as U+FFFD.
  absl::StatusOr<std::vector<int32_t>> Tokenize(absl::string_view text) const;

  /// The text of `ids`, as the start of a text: without control tokens, and without the space that
  /// some tokenizers put before the first word. OUT_OF_RANGE (kBadValue) for an id that the
  /// tokenizer does not have.
  absl::StatusOr<std::string> Detokenize(absl::Span<const int32_t> ids) const;

  /// The most tokens of a session's context, prompts and responses together.
  int max_tokens() const;

 private:
  explicit LlmInference(std::unique_ptr<tasks::LlmInferenceTask> task);
  std::unique_ptr<tasks::LlmInferenceTask> task_;
};

}  // namespace edgetasks

#endif  // EDGETASKS_LLM_INFERENCE_H_
