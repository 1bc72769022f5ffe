// Turns the tokens of one response into its text.
#ifndef TASKS_LLM_INFERENCE_RESPONSE_WRITER_H_
#define TASKS_LLM_INFERENCE_RESPONSE_WRITER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/text/stop_text_detector.h"
#include "core/text/streaming_detokenizer.h"
#include "tasks/llm_inference/llm_inference_result.h"
#include "tasks/llm_inference/special_tokens.h"

namespace edgetasks::tasks {

// Tokens to whole characters, stop texts taken out, parts given to the callback. The arguments must
// outlive it.
class ResponseWriter {
 public:
  // `max_tokens`: of the response; room is made for its text, so that writing allocates nothing.
  ResponseWriter(const text::Tokenizer& tokenizer, const SpecialTokens& special,
                 const LlmProgressCallback& progress, int max_tokens);

  // False once the response is over: a stop text came, or the token is none (see status).
  bool Write(int32_t id);
  // Writes what is held back, if no stop text came.
  void Finish();

  bool stopped() const { return stop_.stopped(); }
  const absl::Status& status() const { return status_; }
  const std::string& text() const { return text_; }

 private:
  void Emit(absl::string_view part);

  text::StreamingDetokenizer detokenizer_;
  text::StopTextDetector stop_;
  const LlmProgressCallback& progress_;
  absl::Status status_;
  std::string text_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_RESPONSE_WRITER_H_
