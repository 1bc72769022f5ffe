#include "core/llm/logit_rules.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace edgetasks::llm {
namespace {

bool Penalizes(const LogitRules& rules) {
  return rules.repetition_penalty != 1.0f || rules.presence_penalty != 0.0f ||
         rules.frequency_penalty != 0.0f;
}

// The last `window` of `tokens`, or all of them.
absl::Span<const int32_t> Last(absl::Span<const int32_t> tokens, int window) {
  const size_t n = window > 0 ? std::min<size_t>(window, tokens.size()) : tokens.size();
  return tokens.last(n);
}

}  // namespace

LogitProcessor::LogitProcessor(LogitRules rules)
    : rules_(std::move(rules)),
      penalizes_(Penalizes(rules_)),
      changes_(penalizes_ || !rules_.bias.empty() || !rules_.suppressed.empty() ||
               rules_.no_repeat_ngram_size > 0) {}

absl::Span<const float> LogitProcessor::Apply(absl::Span<const float> logits,
                                              const SampleContext& context) {
  if (rules_.vocab_limit > 0) logits = logits.subspan(0, rules_.vocab_limit);
  if (!changes_ && context.allowed.empty()) return logits;
  adjusted_.assign(logits.begin(), logits.end());
  for (const LogitBias& b : rules_.bias) {
    if (Has(b.id)) adjusted_[b.id] += b.bias;
  }
  if (penalizes_) Penalize(context);
  if (rules_.no_repeat_ngram_size > 0) BanRepeatedNgrams(context.tokens);
  for (const int32_t id : rules_.suppressed) Ban(id);
  if (!context.allowed.empty()) KeepAllowed(context.allowed);
  return adjusted_;
}

void LogitProcessor::Ban(int32_t id) {
  if (Has(id)) adjusted_[id] = -INFINITY;
}

void LogitProcessor::Penalize(const SampleContext& context) {
  counts_.resize(adjusted_.size());
  const absl::Span<const int32_t> seen = Last(context.tokens, rules_.penalty_window);
  const float r = rules_.repetition_penalty;
  for (const int32_t id : seen) {
    if (!Has(id) || counts_[id]++ > 0) continue;
    float& logit = adjusted_[id];
    logit = logit > 0.0f ? logit / r : logit * r;
  }
  for (const int32_t id : seen) {
    if (Has(id)) counts_[id] = 0;
  }
  const size_t response =
      std::max(context.response_begin, context.tokens.size() - seen.size());  // begins there
  if (response >= context.tokens.size()) return;
  const absl::Span<const int32_t> chosen = context.tokens.subspan(response);
  for (const int32_t id : chosen) {
    if (Has(id)) ++counts_[id];
  }
  for (const int32_t id : chosen) {
    if (!Has(id) || counts_[id] == 0) continue;
    adjusted_[id] -=
        rules_.frequency_penalty * static_cast<float>(counts_[id]) + rules_.presence_penalty;
    counts_[id] = 0;
  }
}

void LogitProcessor::BanRepeatedNgrams(absl::Span<const int32_t> tokens) {
  const size_t before = rules_.no_repeat_ngram_size - 1;  // tokens that the next one would follow
  if (tokens.size() < before) return;
  const absl::Span<const int32_t> end = tokens.last(before);
  for (size_t i = 0; i + before < tokens.size(); ++i) {
    if (tokens.subspan(i, before) == end) Ban(tokens[i + before]);
  }
}

void LogitProcessor::KeepAllowed(absl::Span<const uint64_t> allowed) {
  for (size_t id = 0; id < adjusted_.size(); ++id) {
    const bool kept = id / 64 < allowed.size() && (allowed[id / 64] >> (id % 64) & 1) != 0;
    if (!kept) adjusted_[id] = -INFINITY;
  }
}

}  // namespace edgetasks::llm
