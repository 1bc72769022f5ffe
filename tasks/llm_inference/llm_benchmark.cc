#include "tasks/llm_inference/llm_benchmark.h"

#include <chrono>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/llm/decode_step.h"
#include "tasks/llm_inference/language_model.h"

namespace edgetasks::tasks {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

absl::StatusOr<LlmBenchmark> RunLlmBenchmark(const BaseOptions& options, int prefill_tokens,
                                             int decode_tokens, LlmProfile* profile) {
  LlmBenchmark result;
  Clock::time_point start = Clock::now();
  ET_ASSIGN_OR_RETURN(const LanguageModel language_model, LoadLanguageModel(options));
  ET_ASSIGN_OR_RETURN(auto context, language_model.model->NewContext());
  result.load_s = SecondsSince(start);
  const int64_t tokens = static_cast<int64_t>(prefill_tokens) + decode_tokens;
  if (prefill_tokens < 1 || decode_tokens < 1 || tokens > context->capacity()) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     absl::StrCat(prefill_tokens, " prompt tokens and ", decode_tokens,
                                  " decoded tokens: both must be >= 1, and their sum at most the "
                                  "model's ",
                                  context->capacity()));
  }
  // Any tokens do: the time does not depend on them.
  std::vector<int32_t> prompt(prefill_tokens);
  for (int i = 0; i < prefill_tokens; ++i) prompt[i] = i % context->vocab_size();
  const bool keep_trace = profile != nullptr && profile->keep_trace;
  exec::Profiler profiler(keep_trace, language_model.model->num_threads());
  if (profile != nullptr) {
    language_model.model->SetObservers(&profiler, keep_trace ? &profiler : nullptr);
  }
  start = Clock::now();
  ET_RETURN_IF_ERROR(context->Prefill(prompt, nullptr));
  const double prefill_s = SecondsSince(start);
  result.prefill_tokens_per_s = prefill_tokens / prefill_s;
  if (profile != nullptr) profile->prefill = {prefill_s * 1000, profiler.Take()};

  llm::SamplerParams greedy;
  greedy.temperature = 0.0f;
  llm::Sampler sampler(greedy);
  int32_t id = 0;
  start = Clock::now();
  for (int i = 0; i < decode_tokens; ++i) {
    ET_ASSIGN_OR_RETURN(id, llm::DecodeStep(context.get(), id, &sampler, nullptr));
  }
  const double decode_s = SecondsSince(start);
  result.decode_tokens_per_s = decode_tokens / decode_s;
  if (profile != nullptr) profile->decode = {decode_s * 1000, profiler.Take()};
  return result;
}

}  // namespace edgetasks::tasks
