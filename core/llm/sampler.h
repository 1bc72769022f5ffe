// Chooses the next token from logits.
#ifndef CORE_LLM_SAMPLER_H_
#define CORE_LLM_SAMPLER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/llm/logit_rules.h"

namespace edgetasks::llm {

struct SamplerParams {
  int top_k = 40;            // >= 1; more than the vocabulary means all of it
  float top_p = 1.0f;        // 0 to 1
  float min_p = 0.0f;        // 0 to 1
  float typical_p = 1.0f;    // > 0 to 1
  float temperature = 0.8f;  // >= 0; 0 means the most probable token
  uint64_t seed = 0;
  LogitRules rules;
};

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): the same
// numbers on every platform.
class SplitMix64 {
 public:
  explicit SplitMix64(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15u;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // In [0, 1), a multiple of 2^-53.
  double NextUnit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  // SplitMix64(state()) goes on where this one is.
  uint64_t state() const { return state_; }

 private:
  uint64_t state_;
};

// The order of steps is part of the contract; the same seed, options and logits choose the same
// tokens:
//   1. the rules change the logits (logit_rules.h).
//   2. the top_k tokens with the highest logits are kept; of equal ones those with the lower ids.
//      Descending.
//   3. their probabilities: softmax of logit / temperature over these tokens, in double.
//   4. top_p: the shortest beginning of them whose probabilities sum to top_p or more; at least one
//      token.
//   5. min_p: those of at least min_p times the first one's probability.
//   6. typical_p (Meister et al., "Locally Typical Sampling", 2022): the smallest set of those
//      whose surprise, -ln p, is nearest to the mean surprise, that sums to typical_p or more;
//      probabilities and mean are those of the tokens that are left.
//   7. one of these: in descending order the first whose cumulative probability exceeds u times the
//      sum, u being one number of SplitMix64(seed). One number is taken for each token that is
//      sampled.
// With temperature 0 or top_k 1 the first token of step 2 is taken, and no random number.
// NaN counts as the lowest logit. Not thread safe.
class Sampler {
 public:
  // The parameters are in the ranges given above.
  explicit Sampler(const SamplerParams& params);

  // Other parameters from the next token on. The random numbers go on where they are, but begin
  // again if the seed is another one.
  void SetParams(const SamplerParams& params);

  // The id chosen for `logits`, [V]. OUT_OF_RANGE (kBadValue) if all of them are NaN, -infinity or
  // ruled out.
  absl::StatusOr<int32_t> Sample(absl::Span<const float> logits, const SampleContext& context = {});

  // Where the random numbers are: what a saved session has to keep.
  uint64_t random_state() const { return random_.state(); }
  void set_random_state(uint64_t state) { random_ = SplitMix64(state); }

 private:
  // The id chosen, or -1 if none is possible.
  int32_t Draw(absl::Span<const float> logits);
  // Fills candidates_: the top_k possible ids, best first.
  void KeepTopK(absl::Span<const float> logits);
  // Shorten candidates_ and probabilities_, which are parallel.
  void KeepTopP(double sum);
  void KeepMinP();
  void KeepTypical();

  SamplerParams params_;
  LogitProcessor rules_;
  SplitMix64 random_;
  std::vector<int32_t> candidates_;    // scratch
  std::vector<double> probabilities_;  // scratch; not normalized
  std::vector<double> oddness_;        // scratch
  std::vector<size_t> order_;          // scratch
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_SAMPLER_H_
