#include "core/model/llm_settings.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::model {
namespace {

absl::Status CheckIds(const std::vector<int32_t>& ids, absl::string_view field) {
  for (const int32_t id : ids) {
    if (id < 0) return InvalidMetadata(field, " holds token id ", id, "; expected 0 or more");
  }
  return absl::OkStatus();
}

absl::Status CheckSampler(const SamplerParameters& sampler) {
  if (sampler.k < 0) {
    return InvalidMetadata("sampler_params.k is ", sampler.k, "; expected 0 or more");
  }
  if (!(sampler.p >= 0.0f && sampler.p <= 1.0f)) {
    return InvalidMetadata("sampler_params.p is ", sampler.p, "; expected 0 to 1");
  }
  if (!std::isfinite(sampler.temperature) || sampler.temperature < 0.0f) {
    return InvalidMetadata("sampler_params.temperature is ", sampler.temperature,
                           "; expected a finite number, 0 or more");
  }
  return absl::OkStatus();
}

// The checks that both sources share.
absl::Status CheckSettings(const LlmSettings& settings) {
  if (settings.start_token) {
    ET_RETURN_IF_ERROR(CheckIds(settings.start_token->ids, "start_token"));
  }
  if (settings.pad_token) ET_RETURN_IF_ERROR(CheckIds(settings.pad_token->ids, "pad_token"));
  for (const TokenSpec& stop_token : settings.stop_tokens) {
    ET_RETURN_IF_ERROR(CheckIds(stop_token.ids, "stop_tokens"));
  }
  ET_RETURN_IF_ERROR(CheckIds(settings.suppress_tokens, "suppress_tokens"));
  if (settings.sampler) ET_RETURN_IF_ERROR(CheckSampler(*settings.sampler));
  if (settings.max_num_tokens < 0) {
    return InvalidMetadata("max_num_tokens is ", settings.max_num_tokens,
                           "; expected 0 (not said) or more");
  }
  return absl::OkStatus();
}

void SetUnlessEmpty(const std::optional<TokenSpec>& token, std::optional<TokenSpec>* target) {
  if (token && !token->empty()) *target = token;
}

PromptAffixes AffixesOf(const std::optional<PromptTemplate>& prompt) {
  return prompt ? PromptAffixes{prompt->prompt_prefix, prompt->prompt_suffix} : PromptAffixes{};
}

}  // namespace

absl::StatusOr<LlmSettings> SettingsOf(LlmParameters parameters) {
  LlmSettings settings;
  if (parameters.start_token_id) {
    settings.start_token = TokenSpec{{*parameters.start_token_id}, ""};
  } else if (parameters.start_token && !parameters.start_token->empty()) {
    settings.start_token = TokenSpec{{}, *parameters.start_token};
  }
  for (const std::string& text : parameters.stop_tokens) {
    if (!text.empty()) settings.stop_tokens.push_back({{}, text});
  }
  for (const int32_t id : parameters.stop_token_ids) settings.stop_tokens.push_back({{id}, ""});
  if (parameters.prompt_templates) {
    settings.user = AffixesOf(parameters.prompt_templates->user_template);
    settings.model = AffixesOf(parameters.prompt_templates->model_template);
    settings.system = AffixesOf(parameters.prompt_templates->system_template);
  } else {
    settings.user = AffixesOf(parameters.prompt_template);
  }
  const auto& normalizations = parameters.input_output_normalizations;
  settings.bytes_to_unicode =
      std::find(normalizations.begin(), normalizations.end(),
                InputOutputNormalization::kBytesToUnicode) != normalizations.end();
  ET_RETURN_IF_ERROR(CheckSettings(settings));
  settings.parameters = std::move(parameters);
  return settings;
}

absl::StatusOr<LlmSettings> SettingsOf(LlmMetadata metadata) {
  LlmSettings settings;
  SetUnlessEmpty(metadata.start_token, &settings.start_token);
  SetUnlessEmpty(metadata.pad_token, &settings.pad_token);
  for (const TokenSpec& stop_token : metadata.stop_tokens) {
    if (!stop_token.empty()) settings.stop_tokens.push_back(stop_token);
  }
  if (metadata.prompt_templates) {
    const PromptTemplates& prompts = *metadata.prompt_templates;
    settings.user = prompts.user.value_or(PromptAffixes{});
    settings.model = prompts.model.value_or(PromptAffixes{});
    settings.system = prompts.system.value_or(PromptAffixes{});
  }
  settings.sampler = metadata.sampler_params;
  settings.max_num_tokens = metadata.max_num_tokens;
  if (metadata.llm_model_type) {
    settings.model_type = std::string(metadata.llm_model_type->name());
  }
  settings.jinja_prompt_template = metadata.jinja_prompt_template.value_or("");
  settings.suppress_tokens = metadata.suppress_tokens;
  ET_RETURN_IF_ERROR(CheckSettings(settings));
  settings.metadata = std::move(metadata);
  return settings;
}

}  // namespace edgetasks::model
