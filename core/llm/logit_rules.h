// What may change a model's logits before a token is chosen from them: biases, penalties, bans.
#ifndef CORE_LLM_LOGIT_RULES_H_
#define CORE_LLM_LOGIT_RULES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace edgetasks::llm {

struct LogitBias {
  int32_t id = 0;
  float bias = 0.0f;  // finite
};

// Ids outside the vocabulary are ignored everywhere.
struct LogitRules {
  std::vector<LogitBias> bias;
  float repetition_penalty = 1.0f;  // > 0; 1 changes nothing
  float presence_penalty = 0.0f;    // finite
  float frequency_penalty = 0.0f;   // finite
  int penalty_window = 0;           // the three look at the last so many tokens; 0: at all
  int no_repeat_ngram_size = 0;     // 0: off
  std::vector<int32_t> suppressed;  // never chosen
  int32_t vocab_limit = 0;          // tokens from this id on are never chosen either; 0: no limit
};

// What the choice of one token depends on beside its logits.
struct SampleContext {
  absl::Span<const int32_t> tokens;    // all of the context, the oldest first
  size_t response_begin = 0;           // tokens[response_begin ...] were chosen for this response
  absl::Span<const uint64_t> allowed;  // empty: all; else bit id % 64 of word id / 64
};

// Applies in this order:
//   1. logit[id] += bias.
//   2. repetition_penalty r (Keskar et al., "CTRL", 2019, as Hugging Face's
//      RepetitionPenaltyLogitsProcessor has it): each token of the context, prompts included, has
//      its logit divided by r if it is positive and multiplied by r if it is negative.
//   3. logit[id] -= frequency_penalty * count(id) + presence_penalty * (count(id) > 0), where
//      count(id) is how often the response has the token.
//   4. -infinity for: tokens that would repeat an n-gram of the context; suppressed ones; those
//      that are not allowed; those from vocab_limit on are cut off.
// Not thread safe; allocates only when it first meets a vocabulary.
class LogitProcessor {
 public:
  explicit LogitProcessor(LogitRules rules);

  // The logits after all rules, [vocab_limit] or [V]: `logits` itself where none applies (then this
  // costs nothing), or memory of its own, valid until the next call.
  absl::Span<const float> Apply(absl::Span<const float> logits, const SampleContext& context);

 private:
  void Penalize(const SampleContext& context);
  void BanRepeatedNgrams(absl::Span<const int32_t> tokens);
  void KeepAllowed(absl::Span<const uint64_t> allowed);
  bool Has(int32_t id) const { return id >= 0 && id < static_cast<int32_t>(adjusted_.size()); }
  void Ban(int32_t id);

  LogitRules rules_;
  bool penalizes_, changes_;
  std::vector<float> adjusted_;
  std::vector<int32_t> counts_;  // for each token; zeros between two calls
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_LOGIT_RULES_H_
