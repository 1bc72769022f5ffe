// Language models: prompt in, text out.
#ifndef EDGETASKS_LLM_INFERENCE_H_
#define EDGETASKS_LLM_INFERENCE_H_

#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
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
/// One call at a time: AddQueryChunk, GenerateResponse, GenerateResponseAsync, Clone and
/// UpdateOptions return FAILED_PRECONDITION (kBusy) while another of them, or an asynchronous
/// response, is under way.
/// Cancel and SizeInTokens may be called at any time from any thread. Sessions of one model may run
/// at the same time: they take turns, a step of the model each.
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

  /// Feeds the prompt and generates until the response is complete. Without a prompt, it goes on
  /// where the context ends. RESOURCE_EXHAUSTED (kContextFull) if the context is full already.
  absl::StatusOr<LlmResponse> GenerateResponse();

  /// The same on a thread of its own, which also calls `progress` (may be null) with each part of
  /// the text. The callback may call Cancel and SizeInTokens; it must not throw.
  absl::StatusOr<LlmResponseFuture> GenerateResponseAsync(LlmProgressCallback progress = nullptr);

  /// Ends the response under way within one step of the model; it completes with what it has. The
  /// session can be used at once.
  void Cancel();

  /// The tokens of `text`, without a start token.
  absl::StatusOr<int> SizeInTokens(absl::string_view text) const;

  /// Another session with the same context, prompt and options: the two go on from here without
  /// each other, and with the same random numbers. It copies what the KV cache holds.
  /// RESOURCE_EXHAUSTED (kOutOfMemory).
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

  /// The response to one prompt, in a session of its own with default options.
  absl::StatusOr<LlmResponse> GenerateResponse(absl::string_view prompt);

  /// The tokens of `text`, without a start token.
  absl::StatusOr<int> SizeInTokens(absl::string_view text) const;

  /// The most tokens of a session's context, prompts and responses together.
  int max_tokens() const;

 private:
  explicit LlmInference(std::unique_ptr<tasks::LlmInferenceTask> task);
  std::unique_ptr<tasks::LlmInferenceTask> task_;
};

}  // namespace edgetasks

#endif  // EDGETASKS_LLM_INFERENCE_H_
