#include "tasks/llm_inference/llm_benchmark.h"

#include <chrono>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/llm/sampler.h"
#include "tasks/llm_inference/language_model.h"

namespace edgetasks::tasks {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct PhaseSeconds {
  double prefill = 0, decode = 0;
};

// Prompt and decoding over an empty context.
absl::StatusOr<PhaseSeconds> RunPhases(
    llm::LlmExecutor* context, absl::Span<const int32_t> prompt, int decode_tokens,
    absl::FunctionRef<void()> after_prefill = [] {}) {
  PhaseSeconds seconds;
  Clock::time_point start = Clock::now();
  ET_RETURN_IF_ERROR(context->Prefill(prompt, nullptr));
  seconds.prefill = SecondsSince(start);
  after_prefill();
  llm::SamplerParams greedy;
  greedy.temperature = 0.0f;
  llm::Sampler sampler(greedy);
  int32_t id = 0;
  start = Clock::now();
  for (int i = 0; i < decode_tokens; ++i) {
    ET_ASSIGN_OR_RETURN(const absl::Span<const float> logits, context->Decode(id, nullptr));
    ET_ASSIGN_OR_RETURN(id, sampler.Sample(logits));
  }
  seconds.decode = SecondsSince(start);
  return seconds;
}

// The same again, watched.
absl::Status Profile(llm::LlmModel* model, llm::LlmExecutor* context,
                     absl::Span<const int32_t> prompt, int decode_tokens, LlmProfile* profile) {
  ET_RETURN_IF_ERROR(context->Reset());
  exec::Profiler profiler(profile->keep_trace, model->num_threads());
  model->SetObservers(&profiler, profile->keep_trace ? &profiler : nullptr);
  const absl::StatusOr<PhaseSeconds> seconds =
      RunPhases(context, prompt, decode_tokens, [&] { profile->prefill.ops = profiler.Take(); });
  model->SetObservers(nullptr, nullptr);
  ET_RETURN_IF_ERROR(seconds.status());
  profile->decode.ops = profiler.Take();
  profile->prefill.wall_ms = seconds->prefill * 1000;
  profile->decode.wall_ms = seconds->decode * 1000;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LlmBenchmark> RunLlmBenchmark(const LlmInferenceOptions& options, int prefill_tokens,
                                             int decode_tokens, LlmProfile* profile) {
  LlmBenchmark result;
  const Clock::time_point start = Clock::now();
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
  ET_ASSIGN_OR_RETURN(const PhaseSeconds seconds, RunPhases(context.get(), prompt, decode_tokens));
  result.prefill_tokens_per_s = prefill_tokens / seconds.prefill;
  result.decode_tokens_per_s = decode_tokens / seconds.decode;
  if (profile != nullptr) {
    ET_RETURN_IF_ERROR(
        Profile(language_model.model.get(), context.get(), prompt, decode_tokens, profile));
  }
  return result;
}

}  // namespace edgetasks::tasks
