// What a bundle says about its language model, in one form for all containers.
#ifndef CORE_MODEL_LLM_SETTINGS_H_
#define CORE_MODEL_LLM_SETTINGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model/llm_metadata.h"
#include "core/model/llm_parameters.h"
#include "core/model/token_spec.h"

namespace edgetasks::model {

using SamplerSettings = SamplerParameters;

// Read from a .task's LlmParameters or a .litertlm's LlmMetadata; the message itself is kept too,
// so that no field is lost.
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

// What `parameters` and `metadata` say in common terms. A start token that is given but empty
// counts as absent, empty stop tokens are left out. Errors (kInvalidMetadata): negative token ids,
// lengths or top-k; temperature or top-p outside their ranges.
absl::StatusOr<LlmSettings> SettingsOf(LlmParameters parameters);
absl::StatusOr<LlmSettings> SettingsOf(LlmMetadata metadata);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_LLM_SETTINGS_H_
