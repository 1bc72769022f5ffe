// How probable the model held a token, and which ones it held more probable.
#ifndef CORE_LLM_LOGPROBS_H_
#define CORE_LLM_LOGPROBS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace edgetasks::llm {

// Natural logarithm of the softmax of the model's logits, before any rule, penalty or temperature.
struct TokenLogprob {
  int32_t id = 0;
  float logprob = 0.0f;
};

struct TokenChoice {
  TokenLogprob chosen;
  std::vector<TokenLogprob> top;  // the most probable ones, best first; of equal ones lower ids
};

// What the logits [V] say of `id`, which is below V, and of the `top` most probable tokens (as many
// as there are, if fewer). The sum is taken in double: the error of a logprob is below 1e-6 plus a
// rounding to float.
TokenChoice DescribeChoice(absl::Span<const float> logits, int32_t id, int top);

}  // namespace edgetasks::llm

#endif  // CORE_LLM_LOGPROBS_H_
