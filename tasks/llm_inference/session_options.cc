#include "tasks/llm_inference/session_options.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::tasks {
namespace {

constexpr size_t kMaxStops = 64;
constexpr int kMaxLogprobs = 100;

// Comparisons are written so that NaN is refused.
absl::Status CheckChoice(const LlmInferenceSessionOptions& options) {
  if (options.top_k < 1) return InvalidOption("top_k is ", options.top_k, "; it must be >= 1");
  if (!(options.top_p >= 0.0f && options.top_p <= 1.0f)) {
    return InvalidOption("top_p is ", options.top_p, "; it must be 0 to 1");
  }
  if (!(options.min_p >= 0.0f && options.min_p <= 1.0f)) {
    return InvalidOption("min_p is ", options.min_p, "; it must be 0 to 1");
  }
  if (!(options.typical_p > 0.0f && options.typical_p <= 1.0f)) {
    return InvalidOption("typical_p is ", options.typical_p, "; it must be above 0, to 1");
  }
  if (!(options.temperature >= 0.0f && options.temperature < 1e30f)) {
    return InvalidOption("temperature is ", options.temperature,
                         "; it must be >= 0 (0 always takes the most probable token)");
  }
  return absl::OkStatus();
}

absl::Status CheckRules(const LlmInferenceSessionOptions& options) {
  if (!(options.repetition_penalty > 0.0f && options.repetition_penalty < 1e30f)) {
    return InvalidOption("repetition_penalty is ", options.repetition_penalty,
                         "; it must be > 0 (1 is none)");
  }
  if (!std::isfinite(options.presence_penalty)) {
    return InvalidOption("presence_penalty is ", options.presence_penalty, "; it must be finite");
  }
  if (!std::isfinite(options.frequency_penalty)) {
    return InvalidOption("frequency_penalty is ", options.frequency_penalty, "; it must be finite");
  }
  if (options.penalty_window < 0) {
    return InvalidOption("penalty_window is ", options.penalty_window,
                         "; it must be >= 1, or 0 for all of the context");
  }
  if (options.no_repeat_ngram_size < 0) {
    return InvalidOption("no_repeat_ngram_size is ", options.no_repeat_ngram_size,
                         "; it must be >= 1, or 0 for none");
  }
  for (const LlmLogitBias& b : options.logit_bias) {
    if (std::isfinite(b.bias)) continue;
    return InvalidOption("logit_bias of token ", b.token, " is ", b.bias,
                         "; it must be finite (to forbid a token, use suppressed_tokens)");
  }
  return absl::OkStatus();
}

absl::Status CheckEnd(const LlmInferenceSessionOptions& options) {
  if (options.max_output_tokens < 0) {
    return InvalidOption("max_output_tokens is ", options.max_output_tokens,
                         "; it must be >= 1, or 0 for no limit of its own");
  }
  if (options.stop_strings.size() > kMaxStops || options.stop_tokens.size() > kMaxStops) {
    return InvalidOption("there are ", options.stop_strings.size(), " stop_strings and ",
                         options.stop_tokens.size(), " stop_tokens; at most ", kMaxStops,
                         " of each are allowed");
  }
  for (size_t i = 0; i < options.stop_strings.size(); ++i) {
    if (!options.stop_strings[i].empty()) continue;
    return InvalidOption("stop_strings[", i, "] is empty; every text has that");
  }
  if (options.timeout_ms < 0) {
    return InvalidOption("timeout_ms is ", options.timeout_ms,
                         "; it must be >= 1, or 0 for no limit");
  }
  if (options.num_logprobs < -1 || options.num_logprobs > kMaxLogprobs) {
    return InvalidOption("num_logprobs is ", options.num_logprobs, "; it must be 0 to ",
                         kMaxLogprobs, ", or -1 for none");
  }
  if (options.keep_tokens < 0) {
    return InvalidOption("keep_tokens is ", options.keep_tokens, "; it must be >= 0");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSessionOptions(const LlmInferenceSessionOptions& options) {
  ET_RETURN_IF_ERROR(CheckChoice(options));
  ET_RETURN_IF_ERROR(CheckRules(options));
  return CheckEnd(options);
}

llm::SamplerParams ToSamplerParams(const LlmInferenceSessionOptions& options,
                                   const SpecialTokens& special, int vocab_size) {
  llm::SamplerParams params;
  params.top_k = options.top_k;
  params.top_p = options.top_p;
  params.min_p = options.min_p;
  params.typical_p = options.typical_p;
  params.temperature = options.temperature;
  params.seed = options.random_seed;
  llm::LogitRules& rules = params.rules;
  for (const LlmLogitBias& b : options.logit_bias) rules.bias.push_back({b.token, b.bias});
  rules.repetition_penalty = options.repetition_penalty;
  rules.presence_penalty = options.presence_penalty;
  rules.frequency_penalty = options.frequency_penalty;
  rules.penalty_window = options.penalty_window;
  rules.no_repeat_ngram_size = options.no_repeat_ngram_size;
  rules.suppressed = special.suppressed;
  rules.suppressed.insert(rules.suppressed.end(), options.suppressed_tokens.begin(),
                          options.suppressed_tokens.end());
  rules.vocab_limit = vocab_size;
  return params;
}

}  // namespace edgetasks::tasks
