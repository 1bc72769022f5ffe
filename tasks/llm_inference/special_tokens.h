// The tokens with a meaning of their own: from a bundle's settings, or from the tokenizer.
#ifndef TASKS_LLM_INFERENCE_SPECIAL_TOKENS_H_
#define TASKS_LLM_INFERENCE_SPECIAL_TOKENS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model/llm_settings.h"
#include "core/text/tokenizer.h"

namespace edgetasks::tasks {

struct SpecialTokens {
  std::vector<int32_t> start;              // fed once, before a session's first prompt
  std::vector<std::vector<int32_t>> stop;  // sequences that end a response
  std::vector<std::string> stop_texts;     // texts that end it too
  std::vector<int32_t> suppressed;         // never chosen
};

// With settings: what they say. A token given as text is the piece of that spelling; a start token
// that is no piece is encoded; a stop token given as text also ends a response where that text
// comes out of several tokens. Without stop tokens in the settings, the tokenizer's end token
// stops.
//
// Without settings: the tokenizer's start token, its end token as a stop, and its start token too,
// because a model that emits it begins another text.
absl::StatusOr<SpecialTokens> ResolveSpecialTokens(
    const std::optional<model::LlmSettings>& settings, const text::Tokenizer& tokenizer);

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_SPECIAL_TOKENS_H_
