#include "core/llm/generate.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/llm/decode_step.h"

namespace edgetasks::llm {
namespace {

using Clock = std::chrono::steady_clock;

double MsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

bool IsCancelled(const GenerateParams& params) {
  return params.cancel != nullptr && params.cancel->load(std::memory_order_relaxed);
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
  stats->prompt_tokens = static_cast<int>(pending->size());
  if (IsCancelled(params)) return StopReason::kCancelled;
  const absl::Status fed = FeedPrompt(executor, pending, params);
  stats->prefill_ms = MsSince(start);
  if (GetErrorDetail(fed) == ErrorDetail::kCancelled) return StopReason::kCancelled;
  ET_RETURN_IF_ERROR(fed);

  while (true) {
    if (executor->position() >= params.max_context_tokens) return StopReason::kContextFull;
    if (IsCancelled(params)) return StopReason::kCancelled;
    const Clock::time_point step_start = Clock::now();
    const int before = executor->position();
    const absl::StatusOr<int32_t> next =
        DecodeStep(executor, pending->back(), params.sampler, params.cancel);
    stats->decode_ms += MsSince(step_start);
    if (GetErrorDetail(next.status()) == ErrorDetail::kCancelled) return StopReason::kCancelled;
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
