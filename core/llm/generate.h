// The decode loop.
#ifndef CORE_LLM_GENERATE_H_
#define CORE_LLM_GENERATE_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "core/base/cancellation.h"
#include "core/llm/executor.h"
#include "core/llm/logprobs.h"
#include "core/llm/sampler.h"
#include "core/llm/stats.h"
#include "core/llm/stop_detector.h"
#include "core/llm/token_constraint.h"

namespace edgetasks::llm {

enum class StopReason {
  kStopToken,
  kMaxOutputTokens,
  kContextFull,
  kCancelled,
  kDeadline,
  kComplete,  // the constraint allows nothing more
};

struct GenerateParams {
  int max_output_tokens = 0;     // 0: as many as the context holds
  int max_context_tokens = 0;    // at most executor.capacity()
  Sampler* sampler = nullptr;    // required
  StopDetector* stop = nullptr;  // required
  const Cancellation* cancel = nullptr;
  TokenConstraint* constraint = nullptr;  // null: none
  // The end of the context is not the end of the response: the caller makes room and goes on.
  bool room_follows = false;
  // So many tokens at the end of the context and of `pending` belong to this response already: it
  // goes on.
  int response_tokens = 0;
  // Not null: told of each token that was chosen, with the `top_logprobs` most probable ones.
  std::vector<TokenChoice>* choices = nullptr;
  int top_logprobs = 0;
};

// Feeds the tokens of `pending`, chooses tokens until something ends it, and gives each that may be
// shown to `on_token`, which returns false to end the generation as by a stop token.
//
// `pending` holds what the context has not taken yet: it shrinks as tokens are fed, and
// holds the last chosen token at the end, because that one is not fed before the next call. So
// after a cancellation or an error nothing is lost, and a later call goes on.
//
// RESOURCE_EXHAUSTED (kContextFull) if `pending` does not fit, FAILED_PRECONDITION if it is empty;
// then nothing was fed. Cancellation
// and a deadline are no errors. `stats` is filled in any case, and goes on where
// it is if response_tokens are given.
absl::StatusOr<StopReason> Generate(LlmExecutor* executor, std::vector<int32_t>* pending,
                                    const GenerateParams& params,
                                    absl::FunctionRef<bool(int32_t)> on_token,
                                    GenerateStats* stats);

}  // namespace edgetasks::llm

#endif  // CORE_LLM_GENERATE_H_
