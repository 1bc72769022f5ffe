// Measures a language model: how fast it reads a prompt and how fast it writes.
#ifndef TASKS_LLM_INFERENCE_LLM_BENCHMARK_H_
#define TASKS_LLM_INFERENCE_LLM_BENCHMARK_H_

#include "absl/status/statusor.h"
#include "core/exec/profiler.h"
#include "tasks/llm_inference/llm_inference_options.h"

namespace edgetasks {

/// The figures of one run.
struct LlmBenchmark {
  double load_s = 0;  ///< opening the file and planning its graphs
  double prefill_tokens_per_s = 0, decode_tokens_per_s = 0;
};

}  // namespace edgetasks

namespace edgetasks::tasks {

// Where the time of a run went.
struct LlmProfile {
  struct Phase {
    double wall_ms = 0;  // ops and everything around them: masks, sampling
    exec::Profile ops;
  };
  bool keep_trace = false;  // asks for Profile::trace
  Phase prefill, decode;
};

// Loads the model, feeds `prefill_tokens` tokens as a prompt, then decodes `decode_tokens`
// greedily; no tokenizer is needed (tokenizer_path has no meaning here), and no
// token stops it. `profile`: null, or told where the time of a second, watched run went (watching
// takes time of its own). INVALID_ARGUMENT (kInvalidOption) unless both are >= 1 and the context
// holds their sum; else the errors of loading and running.
absl::StatusOr<LlmBenchmark> RunLlmBenchmark(const LlmInferenceOptions& options, int prefill_tokens,
                                             int decode_tokens, LlmProfile* profile = nullptr);

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_LLM_BENCHMARK_H_
