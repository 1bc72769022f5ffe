#include "core/llm/sampler.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"

namespace edgetasks::llm {

Sampler::Sampler(const SamplerParams& params) : random_(params.seed) {
  params_.seed = params.seed;
  SetParams(params);
}

void Sampler::SetParams(const SamplerParams& params) {
  if (params.seed != params_.seed) random_ = SplitMix64(params.seed);
  params_ = params;
  std::sort(params_.suppressed.begin(), params_.suppressed.end());
  if (params_.temperature == 0.0f) params_.top_k = 1;
}

bool Sampler::IsPossible(float logit, int32_t id) const {
  const auto& suppressed = params_.suppressed;
  return logit > -INFINITY &&  // false for NaN too
         (suppressed.empty() || !std::binary_search(suppressed.begin(), suppressed.end(), id));
}

absl::StatusOr<int32_t> Sampler::Sample(absl::Span<const float> logits) {
  if (params_.vocab_limit > 0) logits = logits.subspan(0, params_.vocab_limit);
  const int32_t id = params_.top_k == 1 ? Greedy(logits) : Draw(logits);
  if (id >= 0) return id;
  return MakeError(absl::StatusCode::kOutOfRange, ErrorDetail::kBadValue,
                   "no token can be chosen: every logit is NaN, -infinity or suppressed");
}

int32_t Sampler::Greedy(absl::Span<const float> logits) const {
  int32_t best = -1;
  for (int32_t id = 0; id < static_cast<int32_t>(logits.size()); ++id) {
    if ((best < 0 || logits[id] > logits[best]) && IsPossible(logits[id], id)) best = id;
  }
  return best;
}

void Sampler::KeepTopK(absl::Span<const float> logits) {
  candidates_.clear();
  for (int32_t id = 0; id < static_cast<int32_t>(logits.size()); ++id) {
    if (IsPossible(logits[id], id)) candidates_.push_back(id);
  }
  const size_t k = std::min<size_t>(params_.top_k, candidates_.size());
  std::partial_sort(
      candidates_.begin(), candidates_.begin() + k, candidates_.end(),
      [&](int32_t a, int32_t b) { return logits[a] != logits[b] ? logits[a] > logits[b] : a < b; });
  candidates_.resize(k);
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
    probabilities_.push_back(std::exp(below_max / params_.temperature));
    sum += probabilities_.back();
  }
  double kept = 0.0;
  size_t count = 0;
  while (count < candidates_.size() && (count == 0 || kept < params_.top_p * sum)) {
    kept += probabilities_[count++];
  }
  const double target = random_.NextUnit() * kept;
  double cumulative = 0.0;
  for (size_t i = 0; i + 1 < count; ++i) {
    cumulative += probabilities_[i];
    if (cumulative > target) return candidates_[i];
  }
  return candidates_[count - 1];
}

}  // namespace edgetasks::llm
