#include "core/model/llm_metadata.h"

#include "core/base/status_macros.h"
#include "core/model/proto_reader.h"

namespace edgetasks::model {
namespace {

// Message TokenIds, which holds nothing but the list.
struct SuppressTokens {
  std::vector<int32_t>* ids;
};

bool ReadField(ProtoField& field, SuppressTokens* message) { return field.Is(1, message->ids); }

}  // namespace

static bool ReadField(ProtoField& field, PromptAffixes* message) {
  return field.Is(1, &message->prefix) || field.Is(2, &message->suffix);
}

static bool ReadField(ProtoField& field, PromptTemplates* message) {
  return field.Is(1, &message->user) || field.Is(2, &message->model) ||
         field.Is(3, &message->system);
}

static bool ReadField(ProtoField& field, SamplerParameters* message) {
  return field.Is(1, &message->type) || field.Is(2, &message->k) || field.Is(3, &message->p) ||
         field.Is(4, &message->temperature) || field.Is(5, &message->seed) ||
         field.Is(6, &message->backend) || field.Is(7, &message->compute_exact_log_probs);
}

static bool ReadField(ProtoField& field, Channel* message) {
  return field.Is(1, &message->channel_name) || field.Is(2, &message->start) ||
         field.Is(3, &message->end) || field.Is(4, &message->is_reasoning_channel);
}

static bool ReadField(ProtoField& field, LlmMetadata* message) {
  SuppressTokens suppress_tokens{&message->suppress_tokens};
  return field.Is(1, &message->start_token) || field.Is(2, &message->stop_tokens) ||
         field.Is(3, &message->prompt_templates) || field.Is(4, &message->sampler_params) ||
         field.Is(5, &message->max_num_tokens) || field.Is(6, &message->llm_model_type) ||
         field.Is(7, &message->jinja_prompt_template) || field.Is(8, &message->channels) ||
         field.Is(9, &suppress_tokens) || field.Is(10, &message->kv_cache_init_value) ||
         field.Is(11, &message->supports_thinking) ||
         field.Is(12, &message->supports_function_calling) || field.Is(13, &message->pad_token) ||
         field.Is(14, &message->min_runtime_version);
}

absl::StatusOr<LlmMetadata> ParseLlmMetadata(absl::Span<const uint8_t> bytes) {
  int unknown_fields = 0;
  ET_ASSIGN_OR_RETURN(LlmMetadata metadata,
                      ParseProto<LlmMetadata>(bytes, "LlmMetadata", &unknown_fields));
  metadata.unknown_fields = unknown_fields;
  metadata.raw = bytes;
  return metadata;
}

}  // namespace edgetasks::model
