#include "core/llm/generate.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::llm {
namespace {

using Clock = std::chrono::steady_clock;

double MsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

bool ShouldStop(const GenerateParams& params) {
  return params.cancel != nullptr && params.cancel->ShouldStop();
}

// Of work that ended because it should stop.
StopReason WhyStopped(const GenerateParams& params) {
  return params.cancel->cancelled() ? StopReason::kCancelled : StopReason::kDeadline;
}

// Feeds all of `pending` but its last token. What was taken leaves `pending` in any case.
absl::Status FeedPrompt(LlmExecutor* executor, std::vector<int32_t>* pending,
                        const GenerateParams& params) {
  if (pending->size() < 2) return absl::OkStatus();
  const int before = executor->position();
  absl::Status status =
      executor->Prefill(absl::MakeConstSpan(pending->data(), pending->size() - 1), params.cancel);
  pending->erase(pending->begin(), pending->begin() + (executor->position() - before));
  return status;
}

// Feeds the last of `pending` and chooses the token after it. `left`: how many may still come.
absl::StatusOr<int32_t> Step(LlmExecutor* executor, int32_t id, const GenerateParams& params,
                             size_t response_begin, int left) {
  ET_ASSIGN_OR_RETURN(const absl::Span<const float> logits, executor->Decode(id, params.cancel));
  SampleContext context;
  context.tokens = executor->tokens();
  context.response_begin = response_begin;
  if (params.constraint != nullptr) context.allowed = params.constraint->Allowed(left);
  ET_ASSIGN_OR_RETURN(const int32_t next, params.sampler->Sample(logits, context));
  if (params.constraint != nullptr) params.constraint->Accept(next);
  if (params.choices != nullptr) {
    params.choices->push_back(DescribeChoice(logits, next, params.top_logprobs));
  }
  return next;
}

// How many tokens may come before the context or the response is full.
int TokensLeft(const LlmExecutor& executor, const GenerateParams& params, int output_tokens) {
  const int room = params.room_follows ? std::numeric_limits<int>::max()
                                       : params.max_context_tokens - executor.position();
  if (params.max_output_tokens == 0) return room;
  return std::min(room, params.max_output_tokens - output_tokens);
}

}  // namespace

absl::StatusOr<StopReason> Generate(LlmExecutor* executor, std::vector<int32_t>* pending,
                                    const GenerateParams& params,
                                    absl::FunctionRef<bool(int32_t)> on_token,
                                    GenerateStats* stats) {
  const Clock::time_point start = Clock::now();
  if (pending->empty()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorDetail::kInvalidOption,
                     "there is nothing to continue: the prompt has no tokens");
  }
  const int free = params.max_context_tokens - executor->position();
  if (static_cast<int64_t>(pending->size()) > free) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kContextFull,
                     absl::StrCat("the prompt has ", pending->size(), " tokens, ", free, " of ",
                                  params.max_context_tokens, " are free"));
  }
  if (params.response_tokens == 0) stats->prompt_tokens = static_cast<int>(pending->size());
  if (ShouldStop(params)) return WhyStopped(params);
  const size_t response_begin = executor->position() + pending->size() - params.response_tokens;
  const absl::Status fed = FeedPrompt(executor, pending, params);
  stats->prefill_ms += MsSince(start);
  if (GetErrorDetail(fed) == ErrorDetail::kCancelled) return WhyStopped(params);
  ET_RETURN_IF_ERROR(fed);

  while (true) {
    if (params.constraint != nullptr && params.constraint->complete()) return StopReason::kComplete;
    if (executor->position() >= params.max_context_tokens) return StopReason::kContextFull;
    if (ShouldStop(params)) return WhyStopped(params);
    const Clock::time_point step_start = Clock::now();
    const int before = executor->position();
    const absl::StatusOr<int32_t> next = Step(executor, pending->back(), params, response_begin,
                                              TokensLeft(*executor, params, stats->output_tokens));
    stats->decode_ms += MsSince(step_start);
    if (GetErrorDetail(next.status()) == ErrorDetail::kCancelled) return WhyStopped(params);
    if (!next.ok()) {
      if (executor->position() > before) pending->pop_back();  // fed, but nothing could be chosen
      return next.status();
    }
    pending->back() = *next;
    if (++stats->output_tokens == 1) stats->first_token_ms = MsSince(start);

    bool go_on = true;
    for (const int32_t id : params.stop->Push(*next)) go_on = go_on && on_token(id);
    if (params.stop->stopped() || !go_on) return StopReason::kStopToken;
    if (stats->output_tokens == params.max_output_tokens) return StopReason::kMaxOutputTokens;
  }
}

}  // namespace edgetasks::llm
