// Chooses the next token from logits.
#ifndef CORE_LLM_SAMPLER_H_
#define CORE_LLM_SAMPLER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace edgetasks::llm {

struct SamplerParams {
  int top_k = 40;            // >= 1; more than the vocabulary means all of it
  float top_p = 1.0f;        // 0 to 1
  float temperature = 0.8f;  // >= 0; 0 means the most probable token
  uint64_t seed = 0;
  // Tokens that are never chosen; ids outside the vocabulary are ignored.
  std::vector<int32_t> suppressed;
  // Tokens from this id on are never chosen either; 0: no such limit.
  int32_t vocab_limit = 0;
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

 private:
  uint64_t state_;
};

// The order of steps is part of the contract; the same seed, options and logits choose the same
// tokens:
//   1. the top_k tokens with the highest logits; of equal ones those with the lower ids.
//   Descending.
//   2. their probabilities: softmax of logit / temperature over these tokens, in double.
//   3. the shortest beginning of them whose probabilities sum to top_p or more; at least one token.
//   4. one of these: the first whose cumulative probability exceeds u times the sum, u being one
//      number of SplitMix64(seed). One number is taken for each token that is sampled.
// With temperature 0 or top_k 1 the first token of step 1 is taken, and no random number.
// NaN counts as the lowest logit. Not thread safe.
class Sampler {
 public:
  // The parameters are in the ranges given above.
  explicit Sampler(const SamplerParams& params);

  // Other parameters from the next token on. The random numbers go on where they are, but begin
  // again if the seed is another one.
  void SetParams(const SamplerParams& params);

  // The id chosen for `logits`, [V]. OUT_OF_RANGE (kBadValue) if all of them are NaN, -infinity or
  // suppressed.
  absl::StatusOr<int32_t> Sample(absl::Span<const float> logits);

 private:
  bool IsPossible(float logit, int32_t id) const;
  // The id chosen, or -1 if none is possible.
  int32_t Greedy(absl::Span<const float> logits) const;
  int32_t Draw(absl::Span<const float> logits);
  // Fills candidates_: the top_k possible ids, best first.
  void KeepTopK(absl::Span<const float> logits);

  SamplerParams params_;
  SplitMix64 random_;
  std::vector<int32_t> candidates_;    // scratch
  std::vector<double> probabilities_;  // scratch
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_SAMPLER_H_
