#include "core/llm/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.h"
#include "core/base/portable_math.h"

namespace edgetasks::llm {
namespace {

// The lowest id of the highest logit, or -1 if none is above -infinity. NaN is above nothing.
int32_t ArgMax(absl::Span<const float> logits) {
  int32_t best = -1;
  float highest = -INFINITY;
  for (int32_t id = 0; id < static_cast<int32_t>(logits.size()); ++id) {
    if (logits[id] > highest) {
      highest = logits[id];
      best = id;
    }
  }
  return best;
}

}  // namespace

Sampler::Sampler(const SamplerParams& params) : rules_({}), random_(params.seed) {
  params_.seed = params.seed;
  SetParams(params);
}

void Sampler::SetParams(const SamplerParams& params) {
  if (params.seed != params_.seed) random_ = SplitMix64(params.seed);
  params_ = params;
  rules_ = LogitProcessor(params.rules);
  if (params_.temperature == 0.0f) params_.top_k = 1;
}

absl::StatusOr<int32_t> Sampler::Sample(absl::Span<const float> logits,
                                        const SampleContext& context) {
  logits = rules_.Apply(logits, context);
  const int32_t id = params_.top_k == 1 ? ArgMax(logits) : Draw(logits);
  if (id >= 0) return id;
  return MakeError(absl::StatusCode::kOutOfRange, ErrorDetail::kBadValue,
                   "no token can be chosen: every logit is NaN, -infinity or ruled out");
}

void Sampler::KeepTopK(absl::Span<const float> logits) {
  candidates_.clear();
  for (int32_t id = 0; id < static_cast<int32_t>(logits.size()); ++id) {
    if (logits[id] > -INFINITY) candidates_.push_back(id);
  }
  const size_t k = std::min<size_t>(params_.top_k, candidates_.size());
  std::partial_sort(
      candidates_.begin(), candidates_.begin() + static_cast<std::ptrdiff_t>(k), candidates_.end(),
      [&](int32_t a, int32_t b) { return logits[a] != logits[b] ? logits[a] > logits[b] : a < b; });
  candidates_.resize(k);
}

void Sampler::KeepTopP(double sum) {
  double kept = 0.0;
  size_t count = 0;
  while (count < candidates_.size() && (count == 0 || kept < params_.top_p * sum)) {
    kept += probabilities_[count++];
  }
  probabilities_.resize(count);
}

void Sampler::KeepMinP() {
  const double least = params_.min_p * probabilities_[0];
  while (probabilities_.back() < least) probabilities_.pop_back();
}

void Sampler::KeepTypical() {
  const double sum = std::accumulate(probabilities_.begin(), probabilities_.end(), 0.0);
  double mean = 0.0;  // the entropy
  oddness_.clear();
  for (const double p : probabilities_) {
    // A probability that underflowed adds nothing to the mean, and is the oddest.
    oddness_.push_back(p > 0.0 ? -portable::Log(p / sum) : INFINITY);
    if (p > 0.0) mean += p / sum * oddness_.back();
  }
  for (double& odd : oddness_) odd = std::abs(odd - mean);
  order_.resize(probabilities_.size());
  std::iota(order_.begin(), order_.end(), size_t{0});
  // Ties by rank: a stable order without the memory of std::stable_sort.
  std::sort(order_.begin(), order_.end(), [&](size_t a, size_t b) {
    return oddness_[a] != oddness_[b] ? oddness_[a] < oddness_[b] : a < b;
  });
  double kept = 0.0;
  size_t count = 0;
  while (count < order_.size() && (count == 0 || kept < params_.typical_p * sum)) {
    kept += probabilities_[order_[count++]];
  }
  for (size_t i = count; i < order_.size(); ++i) probabilities_[order_[i]] = 0.0;
}

int32_t Sampler::Draw(absl::Span<const float> logits) {
  KeepTopK(logits);
  if (candidates_.empty()) return -1;
  const double max = logits[candidates_[0]];
  double sum = 0.0;
  probabilities_.clear();
  for (const int32_t id : candidates_) {
    // Equal logits are equally probable even where they are infinite.
    const double below_max = logits[id] == logits[candidates_[0]] ? 0.0 : logits[id] - max;
    probabilities_.push_back(portable::Exp(below_max / params_.temperature));
    sum += probabilities_.back();
  }
  KeepTopP(sum);
  KeepMinP();
  if (params_.typical_p < 1.0f) KeepTypical();
  const double kept = std::accumulate(probabilities_.begin(), probabilities_.end(), 0.0);
  const double target = random_.NextUnit() * kept;
  double cumulative = 0.0;
  size_t last = 0;  // that is left
  for (size_t i = 0; i < probabilities_.size(); ++i) {
    if (probabilities_[i] == 0.0) continue;
    last = i;
    cumulative += probabilities_[i];
    if (cumulative > target) break;
  }
  return candidates_[last];
}

}  // namespace edgetasks::llm
