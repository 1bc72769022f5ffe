// What a bundle says about its language model, in one form for all containers.
#ifndef CORE_MODEL_LLM_SETTINGS_H_
#define CORE_MODEL_LLM_SETTINGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/model/executor_metadata.h"
#include "core/model/llm_metadata.h"
#include "core/model/llm_parameters.h"

namespace edgetasks::model {

// A token given by ids (a sequence of them) or as text; exactly one of the two is non-empty.
struct TokenSpec {
  std::vector<int32_t> ids;
  std::string text;
};

struct PromptAffixes {
  std::string prefix, suffix;
};

enum class SamplerType { kUnspecified, kTopK, kTopP, kGreedy };

struct SamplerSettings {
  SamplerType type = SamplerType::kUnspecified;
  int32_t k = 0;
  float p = 0.0f;
  float temperature = 0.0f;
  std::optional<int32_t> seed;
};

// Read from a .task's LlmParameters or a .litertlm's LlmMetadata; the message itself is kept too, so
// that no field is lost.
struct LlmSettings {
  std::optional<TokenSpec> start_token;
  std::vector<TokenSpec> stop_tokens;
  std::optional<TokenSpec> pad_token;
  PromptAffixes user, model, system;
  std::optional<SamplerSettings> sampler;
  int32_t max_num_tokens = 0;  // 0: not said
  std::string model_type;      // "gemma3", "generic_model", ...; "" if not said
  std::string jinja_prompt_template;
  std::vector<int32_t> suppress_tokens;
  // GPT-2's byte-to-unicode table is applied to text before encoding and undone after decoding.
  bool bytes_to_unicode = false;

  std::optional<LlmParameters> parameters;  // of a .task
  std::optional<LlmMetadata> metadata;      // of a .litertlm
};

}  // namespace edgetasks::model

#endif  // CORE_MODEL_LLM_SETTINGS_H_
