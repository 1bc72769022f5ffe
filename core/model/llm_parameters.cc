#include "core/model/llm_parameters.h"

#include "core/base/status_macros.h"
#include "core/model/proto_reader.h"

namespace edgetasks::model {

static bool ReadField(ProtoField& field, FeedForwardParameters* message) {
  return field.Is(1, &message->no_bias) || field.Is(2, &message->activation) ||
         field.Is(3, &message->pre_norm) || field.Is(4, &message->post_norm);
}

static bool ReadField(ProtoField& field, FinalProjectParameters* message) {
  return field.Is(1, &message->no_bias) || field.Is(2, &message->soft_cap_value);
}

static bool ReadField(ProtoField& field, SelfAttentionParameters* message) {
  return field.Is(1, &message->qkv_no_bias) || field.Is(2, &message->post_proj_no_bias) ||
         field.Is(3, &message->attention_mask_type) || field.Is(4, &message->soft_cap_value) ||
         field.Is(5, &message->attention_scale_type) ||
         field.Is(6, &message->sliding_window_size) || field.Is(7, &message->qk_norm) ||
         field.Is(8, &message->qk_norm_has_scale);
}

static bool ReadField(ProtoField& field, ResidualAdapterParameters* message) {
  return field.Is(1, &message->where_to_interleave) || field.Is(2, &message->bottleneck_dimension);
}

static bool ReadField(ProtoField& field, LaurelConfig* message) {
  return field.Is(1, &message->laurel_rank) || field.Is(2, &message->post_laurel_norm_scale_shift);
}

static bool ReadField(ProtoField& field, AltupConfig* message) {
  return field.Is(1, &message->num_modalities) || field.Is(2, &message->active_idx) ||
         field.Is(3, &message->num_inputs);
}

static bool ReadField(ProtoField& field, TransformerParameters* message) {
  return field.Is(1, &message->batch_size) || field.Is(2, &message->max_seq_length) ||
         field.Is(3, &message->embedding_dim) || field.Is(4, &message->hidden_dimension) ||
         field.Is(5, &message->head_dimension) || field.Is(6, &message->num_heads) ||
         field.Is(7, &message->num_stacks) || field.Is(9, &message->num_kv_heads) ||
         field.Is(11, &message->feed_forward_parameters) ||
         field.Is(12, &message->final_project_parameters) || field.Is(13, &message->pre_norm) ||
         field.Is(14, &message->post_norm) || field.Is(15, &message->final_norm) ||
         field.Is(16, &message->self_attention_parameters) ||
         field.Is(18, &message->skip_absolute_positional_embeddings) ||
         field.Is(19, &message->num_local_layers_per_global) ||
         field.Is(22, &message->residual_adapter_parameters) ||
         field.Is(25, &message->query_rescale_factor) ||
         field.Is(26, &message->vision_tokens_num) || field.Is(27, &message->num_extra_stacks) ||
         field.Is(28, &message->max_num_images) || field.Is(29, &message->audio_vocab_offset) ||
         field.Is(30, &message->audio_vocab_extra_dim) ||
         field.Is(31, &message->audio_input_embedding_dim) ||
         field.Is(32, &message->global_rope_wavelength) ||
         field.Is(33, &message->global_rope_scaling) || field.Is(34, &message->laurel_config) ||
         field.Is(35, &message->kv_cache_shared_start_layer) ||
         field.Is(36, &message->gemma3_bfloat16_fix) || field.Is(37, &message->altup_config) ||
         field.Is(38, &message->activation_sparsity_stddev_multiplier) ||
         field.Is(41, &message->apply_srq) || field.Is(42, &message->layer_skip_start) ||
         field.Is(43, &message->num_layers_skipped) || field.Is(44, &message->matform_factor) ||
         field.Is(45, &message->scale_lora) ||
         field.Is(46, &message->audio_dual_norm_soft_and_hard_tokens);
}

static bool ReadField(ProtoField& field, PromptTemplate* message) {
  return field.Is(1, &message->session_prefix) || field.Is(2, &message->prompt_prefix) ||
         field.Is(3, &message->prompt_suffix);
}

static bool ReadField(ProtoField& field, RolePromptTemplates* message) {
  return field.Is(1, &message->user_template) || field.Is(2, &message->model_template) ||
         field.Is(3, &message->system_template);
}

static bool ReadField(ProtoField& field, LlmParameters* message) {
  // A oneof: the later of the two replaces the earlier.
  if (field.Is(4, &message->start_token_id)) {
    message->start_token.reset();
    return true;
  }
  if (field.Is(6, &message->start_token)) {
    message->start_token_id.reset();
    return true;
  }
  return field.Is(1, &message->transformer_parameters) || field.Is(2, &message->vocab_size) ||
         field.Is(5, &message->stop_tokens) || field.Is(7, &message->input_output_normalizations) ||
         field.Is(8, &message->prompt_template) || field.Is(9, &message->num_draft_tokens) ||
         field.Is(11, &message->user_role_token) || field.Is(12, &message->system_role_token) ||
         field.Is(13, &message->model_role_token) || field.Is(14, &message->end_role_token) ||
         field.Is(16, &message->submodel_transformer_parameters) ||
         field.Is(17, &message->prompt_templates) || field.Is(18, &message->stop_token_ids);
}

absl::StatusOr<LlmParameters> ParseLlmParameters(absl::Span<const uint8_t> bytes) {
  int unknown_fields = 0;
  ET_ASSIGN_OR_RETURN(LlmParameters parameters,
                      ParseProto<LlmParameters>(bytes, "LlmParameters", &unknown_fields));
  parameters.unknown_fields = unknown_fields;
  parameters.raw = bytes;
  return parameters;
}

}  // namespace edgetasks::model
