#include "core/model/llm_model_type.h"

#include "core/model/proto_reader.h"

namespace edgetasks::model {
namespace {

// Message TokenIds.
struct TokenIds {
  std::vector<int32_t> ids;
};

bool ReadField(ProtoField& field, TokenIds* message) { return field.Is(1, &message->ids); }

// The fields that FunctionGemma and Gemma4 number alike.
bool ReadFunctionCallField(ProtoField& field, FunctionCallSyntax* message) {
  return field.Is(5, &message->code_fence_start) || field.Is(6, &message->code_fence_end) ||
         field.Is(7, &message->syntax_type) || field.Is(8, &message->escape_fence_strings) ||
         field.Is(9, &message->tool_code_regex) || field.Is(10, &message->open_quote) ||
         field.Is(11, &message->close_quote) || field.Is(12, &message->function_response_start) ||
         field.Is(14, &message->constraint_mode);
}

}  // namespace

// Message TokenUnion: a oneof, so that the later of the two replaces the earlier.
bool ReadField(ProtoField& field, TokenSpec* message) {
  TokenIds token_ids;
  if (field.Is(1, &token_ids)) {
    message->ids.insert(message->ids.end(), token_ids.ids.begin(), token_ids.ids.end());
    message->text.clear();
    return true;
  }
  if (field.Is(2, &message->text)) {
    message->ids.clear();
    return true;
  }
  return false;
}

static bool ReadField(ProtoField& field, GenericModel* message) {
  return field.Is(3, &message->image_enabled) || field.Is(4, &message->audio_enabled) ||
         field.Is(5, &message->delimiter_regex) || field.Is(6, &message->image_token_regex) ||
         field.Is(7, &message->audio_token_regex) || field.Is(8, &message->image_tensor_height) ||
         field.Is(9, &message->image_tensor_width) || field.Is(10, &message->patch_width) ||
         field.Is(11, &message->patch_height) || field.Is(12, &message->max_num_patches) ||
         field.Is(13, &message->pooling_kernel_size) ||
         field.Is(14, &message->start_of_image_token) ||
         field.Is(15, &message->end_of_image_token) || field.Is(16, &message->image_prefix) ||
         field.Is(17, &message->image_suffix) || field.Is(18, &message->add_image_end) ||
         field.Is(19, &message->skip_mel_spectrogram_extraction) ||
         field.Is(20, &message->audio_sample_rate_hz) ||
         field.Is(21, &message->audio_num_channels) || field.Is(22, &message->audio_frame_length) ||
         field.Is(23, &message->audio_hop_length) || field.Is(24, &message->audio_fft_length) ||
         field.Is(25, &message->audio_input_scale) ||
         field.Is(26, &message->audio_pre_emphasis_factor) ||
         field.Is(27, &message->audio_num_mel_bins) || field.Is(28, &message->audio_mel_low_hz) ||
         field.Is(29, &message->audio_mel_high_hz) || field.Is(30, &message->audio_mel_floor) ||
         field.Is(31, &message->audio_normalize_mel) ||
         field.Is(32, &message->audio_add_floor_to_mel_before_log) ||
         field.Is(33, &message->audio_semicausal_padding) ||
         field.Is(34, &message->audio_non_zero_hanning) ||
         field.Is(35, &message->audio_periodic_hanning) ||
         field.Is(36, &message->audio_fft_padding_type) ||
         field.Is(37, &message->start_of_audio_token) ||
         field.Is(38, &message->end_of_audio_token) || field.Is(39, &message->audio_prefix) ||
         field.Is(40, &message->audio_suffix) || field.Is(41, &message->add_audio_end);
}

static bool ReadField(ProtoField& field, Gemma3N* message) {
  return field.Is(1, &message->start_of_image_token) || field.Is(2, &message->end_of_image_token) ||
         field.Is(3, &message->image_tensor_height) || field.Is(4, &message->image_tensor_width) ||
         field.Is(5, &message->start_of_audio_token) || field.Is(6, &message->end_of_audio_token);
}

static bool ReadField(ProtoField& field, FunctionGemma* message) {
  return ReadFunctionCallField(field, &message->function_call) ||
         field.Is(13, &message->use_template_for_fc_format);
}

static bool ReadField(ProtoField& field, Gemma3* message) {
  return field.Is(1, &message->start_of_image_token) || field.Is(2, &message->end_of_image_token) ||
         field.Is(3, &message->image_tensor_height) || field.Is(4, &message->image_tensor_width);
}

static bool ReadField(ProtoField& field, CodeFences* message) {
  return field.Is(1, &message->code_fence_start) || field.Is(2, &message->code_fence_end) ||
         field.Is(3, &message->escape_fence_strings) || field.Is(4, &message->tool_code_regex);
}

static bool ReadField(ProtoField& field, Gemma4* message) {
  return field.Is(1, &message->start_of_image_token) || field.Is(2, &message->end_of_image_token) ||
         field.Is(3, &message->start_of_audio_token) || field.Is(4, &message->end_of_audio_token) ||
         ReadFunctionCallField(field, &message->function_call) ||
         field.Is(15, &message->patch_width) || field.Is(16, &message->patch_height) ||
         field.Is(17, &message->max_num_patches) || field.Is(18, &message->pooling_kernel_size) ||
         field.Is(19, &message->skip_mel_spectrogram_extraction) ||
         field.Is(20, &message->merge_patches);
}

static bool ReadField(ProtoField& field, FastVlm* message) {
  return field.Is(3, &message->image_tensor_height) || field.Is(4, &message->image_tensor_width);
}

static bool ReadField(ProtoField& field, Lfm2* message) {
  return field.Is(1, &message->start_of_image_token) || field.Is(2, &message->end_of_image_token) ||
         field.Is(3, &message->patch_width) || field.Is(4, &message->patch_height) ||
         field.Is(5, &message->max_num_patches) || field.Is(6, &message->pooling_kernel_size) ||
         field.Is(7, &message->image_tensor_height) || field.Is(8, &message->image_tensor_width) ||
         field.Is(9, &message->normalization_mean) || field.Is(10, &message->normalization_std) ||
         field.Is(11, &message->normalization_rescale_factor) ||
         field.Is(12, &message->code_fence_start) || field.Is(13, &message->code_fence_end) ||
         field.Is(14, &message->escape_fence_strings);
}

static bool ReadField(ProtoField&, MiniCpmV4*) { return false; }

// If this is field `number`, reads it into the oneof, which becomes a Family unless it is one.
template <typename Family>
static bool IsFamily(ProtoField& field, uint32_t number, LlmModelType* message) {
  if (field.number() != number) return false;
  if (!std::holds_alternative<Family>(message->family)) message->family.emplace<Family>();
  return field.Is(number, &std::get<Family>(message->family));
}

bool ReadField(ProtoField& field, LlmModelType* message) {
  return IsFamily<GenericModel>(field, 1, message) || IsFamily<Gemma3N>(field, 2, message) ||
         IsFamily<FunctionGemma>(field, 3, message) || IsFamily<Gemma3>(field, 4, message) ||
         IsFamily<Qwen3>(field, 5, message) || IsFamily<Qwen2p5>(field, 7, message) ||
         IsFamily<Gemma4>(field, 8, message) || IsFamily<FastVlm>(field, 9, message) ||
         IsFamily<Lfm2>(field, 11, message) || IsFamily<MiniCpm5>(field, 12, message) ||
         IsFamily<MiniCpmV4>(field, 13, message);
}

absl::string_view LlmModelType::name() const {
  // In the order of the variant.
  static constexpr absl::string_view kNames[] = {
      "",        "generic_model", "gemma3n",  "function_gemma", "gemma3",   "qwen3",
      "qwen2p5", "gemma4",        "fast_vlm", "lfm2",           "minicpm5", "minicpmv4"};
  static_assert(std::variant_size_v<decltype(family)> == std::size(kNames));
  return kNames[family.index()];
}

}  // namespace edgetasks::model
