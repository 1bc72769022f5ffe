// Turns the tokens of one response into its text.
#ifndef TASKS_LLM_INFERENCE_RESPONSE_WRITER_H_
#define TASKS_LLM_INFERENCE_RESPONSE_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/llm/logprobs.h"
#include "core/text/stop_text_detector.h"
#include "core/text/streaming_detokenizer.h"
#include "tasks/llm_inference/llm_inference_result.h"

namespace edgetasks::tasks {

// Tokens to whole characters, stop texts taken out, parts given to the listener. The arguments must
// outlive it.
class ResponseWriter {
 public:
  // `max_tokens`: of the response; room is made for its text, so that writing allocates nothing.
  // `listener` may be empty.
  ResponseWriter(const text::Tokenizer& tokenizer, std::vector<std::string> stop_texts,
                 const LlmEventCallback& listener, int max_tokens);

  // A token was chosen; its text may follow later, or never.
  void AddChoice(const llm::TokenChoice& choice);

  // False once the response is over: a stop text came, the token is none or the listener threw (see
  // status).
  bool Write(int32_t id);
  // Writes what is held back, if no stop text came.
  void Finish();

  bool stopped() const { return stop_.stopped(); }
  // The index of the stop text that came, or -1.
  int stopped_by() const { return stop_.stopped_by(); }
  const absl::Status& status() const { return status_; }
  const std::string& text() const { return text_; }
  const std::vector<LlmResponseToken>& tokens() const { return tokens_; }

 private:
  void Emit(absl::string_view part);

  const text::Tokenizer& tokenizer_;
  text::StreamingDetokenizer detokenizer_;
  text::StopTextDetector stop_;
  const LlmEventCallback& listener_;
  absl::Status status_;
  std::string text_;
  std::vector<LlmResponseToken> tokens_;
  size_t told_ = 0;  // of tokens_
};

// Calls `listener`, if it is one. UNKNOWN (kListenerFailed) if it throws.
absl::Status TellListener(const LlmEventCallback& listener, const LlmResponseEvent& event);

// What the model held of a token.
LlmTokenLogprob ToTokenLogprob(const llm::TokenLogprob& token, const text::Tokenizer& tokenizer);

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_RESPONSE_WRITER_H_
