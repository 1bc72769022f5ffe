// The options of a session, checked and turned into what core works with.
#ifndef TASKS_LLM_INFERENCE_SESSION_OPTIONS_H_
#define TASKS_LLM_INFERENCE_SESSION_OPTIONS_H_

#include "absl/status/status.h"
#include "core/llm/sampler.h"
#include "tasks/llm_inference/llm_inference_options.h"
#include "tasks/llm_inference/special_tokens.h"

namespace edgetasks::tasks {

// INVALID_ARGUMENT (kInvalidOption) names the option, its value and its range.
absl::Status CheckSessionOptions(const LlmInferenceSessionOptions& options);

// `vocab_size`: of the tokenizer. Models round theirs up: logits behind it stand for no text.
llm::SamplerParams ToSamplerParams(const LlmInferenceSessionOptions& options,
                                   const SpecialTokens& special, int vocab_size);

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_SESSION_OPTIONS_H_
