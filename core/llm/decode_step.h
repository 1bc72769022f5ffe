// One token in, the next one out.
#ifndef CORE_LLM_DECODE_STEP_H_
#define CORE_LLM_DECODE_STEP_H_

#include <atomic>
#include <cstdint>

#include "absl/status/statusor.h"
#include "core/base/status_macros.h"
#include "core/llm/executor.h"
#include "core/llm/sampler.h"

namespace edgetasks::llm {

// Feeds `id` and chooses the token after it. Errors: those of LlmExecutor::Decode and
// Sampler::Sample.
inline absl::StatusOr<int32_t> DecodeStep(LlmExecutor* executor, int32_t id, Sampler* sampler,
                                          const std::atomic<bool>* cancel) {
  ET_ASSIGN_OR_RETURN(const absl::Span<const float> logits, executor->Decode(id, cancel));
  return sampler->Sample(logits);
}

}  // namespace edgetasks::llm

#endif  // CORE_LLM_DECODE_STEP_H_
