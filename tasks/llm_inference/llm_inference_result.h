// What the LlmInference task returns.
#ifndef TASKS_LLM_INFERENCE_LLM_INFERENCE_RESULT_H_
#define TASKS_LLM_INFERENCE_LLM_INFERENCE_RESULT_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"

namespace edgetasks {

/// Why a response ended. Numbers are stable: they cross the language bindings.
enum class FinishReason {
  kStopToken = 0,        ///< the model said that it is done
  kMaxOutputTokens = 1,  ///< max_output_tokens were generated
  kContextFull = 2,      ///< max_tokens of the context are used
  kCancelled = 3,        ///< Cancel was called; the text is what came before
};

/// One response.
struct LlmResponse {
  /// UTF-8, without the stop token. It continues the prompt: where its first word begins a new
  /// word, it begins with a space, so that prompt + text reads well.
  std::string text;
  FinishReason finish_reason = FinishReason::kStopToken;
  /// The tokens fed for this response before its first token was chosen.
  int prompt_tokens = 0;
  /// The tokens chosen, a stop token included.
  int output_tokens = 0;
  /// The time for the prompt but its last token, the time for all tokens of the response, and the
  /// time from the call to the first token (0 if there was none). Milliseconds.
  double prefill_ms = 0, decode_ms = 0, first_token_ms = 0;
};

/// Called with each part of a response as soon as it is known, whole UTF-8 characters, and once at
/// the end with `done` true (and a last part, usually empty): also if the response failed or was
/// cancelled.
using LlmProgressCallback = std::function<void(absl::string_view partial_text, bool done)>;

}  // namespace edgetasks

#endif  // TASKS_LLM_INFERENCE_LLM_INFERENCE_RESULT_H_
