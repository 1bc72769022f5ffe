// LlmParameters: the METADATA entry of a .task, and what MediaPipe's bundler writes into it.
// Source: message odml.infra.proto.LlmParameters; members carry its field names and defaults.
#ifndef CORE_MODEL_LLM_PARAMETERS_H_
#define CORE_MODEL_LLM_PARAMETERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace edgetasks::model {

enum class Activation { kUnspecified = 0, kGelu = 1, kSilu = 2, kRelu = 3, kRelu1p5 = 4 };

enum class Norm { kUnspecified = 0, kNone = 1, kRms = 2, kLayer = 3, kRmsNoScale = 4 };

enum class AttentionMaskType { kUnspecified = 0, kCausal = 1, kPrefix = 2, kBidirectional = 3 };

enum class AttentionScaleType {
  kUnspecified = 0,
  kPerDimScale = 1,
  kInvSqrtHeadDim = 2,
  kInvSqrtDModelDivNumHeads = 3,
  kRescaleFactorInvHeadDim = 4,
};

enum class WhereToInterleave { kUnspecified = 0, kAll = 1, kEveryOther4 = 2 };

struct FeedForwardParameters {
  bool no_bias = false;
  Activation activation = Activation::kUnspecified;
  Norm pre_norm = Norm::kUnspecified, post_norm = Norm::kUnspecified;
};

struct FinalProjectParameters {
  bool no_bias = false;
  float soft_cap_value = 0.0f;  // <= 0: none
};

struct SelfAttentionParameters {
  bool qkv_no_bias = false, post_proj_no_bias = false;
  AttentionMaskType attention_mask_type = AttentionMaskType::kUnspecified;
  float soft_cap_value = 0.0f;  // <= 0: none
  std::optional<AttentionScaleType> attention_scale_type;
  std::optional<int32_t> sliding_window_size;
  std::optional<bool> qk_norm, qk_norm_has_scale;
};

struct ResidualAdapterParameters {
  WhereToInterleave where_to_interleave = WhereToInterleave::kUnspecified;
  int32_t bottleneck_dimension = 0;
};

struct LaurelConfig {
  std::optional<int32_t> laurel_rank;
  std::optional<float> post_laurel_norm_scale_shift;
};

struct AltupConfig {
  std::optional<int32_t> num_modalities, active_idx, num_inputs;
};

// The shape of a hand-written graph. A .task that holds a .tflite graph usually leaves all of it
// but batch_size and max_seq_length unset.
struct TransformerParameters {
  int32_t batch_size = 0, max_seq_length = 0, embedding_dim = 0, hidden_dimension = 0;
  int32_t head_dimension = 0, num_heads = 0, num_stacks = 0, num_kv_heads = 0;
  std::optional<FeedForwardParameters> feed_forward_parameters;
  std::optional<FinalProjectParameters> final_project_parameters;
  Norm pre_norm = Norm::kUnspecified, post_norm = Norm::kUnspecified;
  Norm final_norm = Norm::kUnspecified;
  std::optional<SelfAttentionParameters> self_attention_parameters;
  bool skip_absolute_positional_embeddings = false;
  int32_t num_local_layers_per_global = 0;
  std::optional<ResidualAdapterParameters> residual_adapter_parameters;
  std::optional<float> query_rescale_factor;
  int32_t vision_tokens_num = 0, num_extra_stacks = 0, max_num_images = 0;
  int32_t audio_vocab_offset = 0, audio_vocab_extra_dim = 0, audio_input_embedding_dim = 0;
  std::optional<float> global_rope_wavelength, global_rope_scaling;
  std::optional<LaurelConfig> laurel_config;
  std::optional<int32_t> kv_cache_shared_start_layer;
  std::optional<bool> gemma3_bfloat16_fix;
  std::optional<AltupConfig> altup_config;
  std::optional<float> activation_sparsity_stddev_multiplier;
  std::optional<bool> apply_srq;
  std::optional<int32_t> layer_skip_start, num_layers_skipped, matform_factor;
  std::optional<bool> scale_lora, audio_dual_norm_soft_and_hard_tokens;
};

struct PromptTemplate {
  std::string session_prefix;  // deprecated
  std::string prompt_prefix, prompt_suffix;
};

struct RolePromptTemplates {
  std::optional<PromptTemplate> user_template, model_template, system_template;
};

enum class InputOutputNormalization { kUnknown = 0, kBytesToUnicode = 1 };

struct LlmParameters {
  std::optional<TransformerParameters> transformer_parameters;
  int32_t vocab_size = 0;
  // At most one of the two.
  std::optional<int32_t> start_token_id;
  std::optional<std::string> start_token;
  std::vector<std::string> stop_tokens;
  std::vector<InputOutputNormalization> input_output_normalizations;
  std::optional<PromptTemplate> prompt_template;  // deprecated: of the user's role
  std::optional<int32_t> num_draft_tokens;
  std::optional<std::string> user_role_token, system_role_token, model_role_token, end_role_token;
  std::optional<TransformerParameters> submodel_transformer_parameters;
  std::optional<RolePromptTemplates> prompt_templates;
  std::vector<int32_t> stop_token_ids;

  int unknown_fields = 0;         // met and skipped, in nested messages too
  absl::Span<const uint8_t> raw;  // the message as it stands in the file
};

// Errors: kCorruptFile. `bytes` must outlive the result.
absl::StatusOr<LlmParameters> ParseLlmParameters(absl::Span<const uint8_t> bytes);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_LLM_PARAMETERS_H_
