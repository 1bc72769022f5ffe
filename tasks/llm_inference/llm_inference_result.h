// What the LlmInference task returns.
#ifndef TASKS_LLM_INFERENCE_LLM_INFERENCE_RESULT_H_
#define TASKS_LLM_INFERENCE_LLM_INFERENCE_RESULT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace edgetasks {

/// Why a response ended. Numbers are stable: they cross the language bindings.
enum class FinishReason {
  kStopToken = 0,        ///< the model said that it is done, or the response format is complete
  kMaxOutputTokens = 1,  ///< max_output_tokens were generated
  kContextFull = 2,      ///< max_tokens of the context are used
  kCancelled = 3,        ///< Cancel was called; the text is what came before
  kDeadline = 4,         ///< timeout_ms are over; the text is what came before
  kStopString = 5,       ///< one of the options' stop_strings came; it is not part of the text
};

/// How probable the model held a token: the natural logarithm of its probability, before
/// penalties, temperature and the like.
struct LlmTokenLogprob {
  int id = 0;
  /// The bytes that the token adds to a text; not always whole characters.
  std::string bytes;
  float logprob = 0.0f;
};

/// A token of a response.
struct LlmResponseToken {
  LlmTokenLogprob chosen;
  std::vector<LlmTokenLogprob> top;  ///< the most probable ones, best first
};

/// One response.
struct LlmResponse {
  /// UTF-8, without the stop token. It continues the prompt: where its first word begins a new
  /// word, it begins with a space, so that prompt + text reads well.
  std::string text;
  FinishReason finish_reason = FinishReason::kStopToken;
  /// If num_logprobs asked for them: the tokens that were chosen, a stop token included.
  std::vector<LlmResponseToken> tokens;
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

/// A part of a response, valid during the call.
struct LlmResponseEvent {
  absl::string_view text;  ///< whole UTF-8 characters; may be empty
  /// If num_logprobs asked for them: the tokens that were chosen since the last event. Text follows
  /// its tokens by up to the length of a stop string.
  absl::Span<const LlmResponseToken> tokens;
  bool done = false;
};

/// Called as LlmProgressCallback, with more to know.
using LlmEventCallback = std::function<void(const LlmResponseEvent&)>;

/// A place in a conversation to go back to.
struct LlmCheckpoint {
  int tokens = 0;             ///< that were fed or wait to be, without an unanswered prompt
  uint64_t random_state = 0;  ///< where the random numbers were
};

/// How probable the model holds a given text.
struct LlmScore {
  std::vector<LlmTokenLogprob> tokens;  ///< of the text, each given what stands before it
  double logprob = 0.0;                 ///< their sum
};

}  // namespace edgetasks

#endif  // TASKS_LLM_INFERENCE_LLM_INFERENCE_RESULT_H_
