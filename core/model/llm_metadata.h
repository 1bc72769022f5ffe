// LlmMetadata: what a .litertlm says about its language model.
// Source: message litert.lm.proto.LlmMetadata; members carry its field names.
#ifndef CORE_MODEL_LLM_METADATA_H_
#define CORE_MODEL_LLM_METADATA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/model/llm_model_type.h"
#include "core/model/token_spec.h"

namespace edgetasks::model {

struct PromptAffixes {
  std::string prefix, suffix;
};

struct PromptTemplates {
  std::optional<PromptAffixes> user, model, system;
};

enum class SamplerType { kUnspecified = 0, kTopK = 1, kTopP = 2, kGreedy = 3 };

enum class SamplerBackend { kUnspecified = 0, kCpu = 1, kGpu = 2 };

struct SamplerParameters {
  SamplerType type = SamplerType::kUnspecified;
  int32_t k = 0;
  float p = 0.0f;
  float temperature = 0.0f;
  std::optional<int32_t> seed;
  SamplerBackend backend = SamplerBackend::kUnspecified;
  bool compute_exact_log_probs = false;
};

// A part of the model's answer that is not for the reader, such as its reasoning: text between
// `start` and `end`.
struct Channel {
  std::string channel_name, start, end;
  std::optional<bool> is_reasoning_channel;
};

struct LlmMetadata {
  std::optional<TokenSpec> start_token;
  std::vector<TokenSpec> stop_tokens;
  std::optional<PromptTemplates> prompt_templates;
  std::optional<SamplerParameters> sampler_params;
  int32_t max_num_tokens = 0;  // 0: not said
  std::optional<LlmModelType> llm_model_type;
  std::optional<std::string> jinja_prompt_template;
  std::vector<Channel> channels;
  std::vector<int32_t> suppress_tokens;
  std::optional<int64_t> kv_cache_init_value;
  std::optional<bool> supports_thinking, supports_function_calling;
  std::optional<TokenSpec> pad_token;
  std::optional<std::string> min_runtime_version;

  int unknown_fields = 0;         // met and skipped, in nested messages too
  absl::Span<const uint8_t> raw;  // the message as it stands in the file
};

// Errors: kCorruptFile. `bytes` must outlive the result.
absl::StatusOr<LlmMetadata> ParseLlmMetadata(absl::Span<const uint8_t> bytes);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_LLM_METADATA_H_
