// LlmModelType: the family that a .litertlm says its model is of, and what that family needs beside
// the graph. Source: message litert.lm.proto.LlmModelType; members carry its field names, and are
// optional where the message tells "absent" from zero.
#ifndef CORE_MODEL_LLM_MODEL_TYPE_H_
#define CORE_MODEL_LLM_MODEL_TYPE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/model/token_spec.h"

namespace edgetasks::model {

class ProtoField;

enum class ConstraintMode { kUnspecified = 0, kTextAndOr = 1, kFunctionCallOnly = 2 };

enum class FftPaddingType { kUnspecified = 0, kRight = 1, kCenter = 2 };

struct GenericModel {
  std::optional<bool> image_enabled, audio_enabled;
  std::optional<std::string> delimiter_regex, image_token_regex, audio_token_regex;
  std::optional<int32_t> image_tensor_height, image_tensor_width;
  std::optional<int32_t> patch_width, patch_height, max_num_patches, pooling_kernel_size;
  std::optional<TokenSpec> start_of_image_token, end_of_image_token;
  std::optional<std::string> image_prefix, image_suffix;
  std::optional<bool> add_image_end;
  std::optional<bool> skip_mel_spectrogram_extraction;
  std::optional<int32_t> audio_sample_rate_hz, audio_num_channels;
  std::optional<int32_t> audio_frame_length, audio_hop_length, audio_fft_length;
  std::optional<float> audio_input_scale, audio_pre_emphasis_factor;
  std::optional<int32_t> audio_num_mel_bins;
  std::optional<float> audio_mel_low_hz, audio_mel_high_hz, audio_mel_floor;
  std::optional<bool> audio_normalize_mel, audio_add_floor_to_mel_before_log;
  std::optional<bool> audio_semicausal_padding, audio_non_zero_hanning, audio_periodic_hanning;
  std::optional<FftPaddingType> audio_fft_padding_type;
  std::optional<TokenSpec> start_of_audio_token, end_of_audio_token;
  std::optional<std::string> audio_prefix, audio_suffix;
  std::optional<bool> add_audio_end;
};

struct Gemma3N {
  std::optional<TokenSpec> start_of_image_token, end_of_image_token;
  int32_t image_tensor_height = 0, image_tensor_width = 0;
  std::optional<TokenSpec> start_of_audio_token, end_of_audio_token;
};

// How the model writes a function call.
struct FunctionCallSyntax {
  std::string code_fence_start, code_fence_end, syntax_type;
  bool escape_fence_strings = false;
  std::string tool_code_regex, open_quote, close_quote, function_response_start;
  ConstraintMode constraint_mode = ConstraintMode::kUnspecified;
};

struct FunctionGemma {
  FunctionCallSyntax function_call;  // its fields stand in the message itself
  bool use_template_for_fc_format = false;
};

struct Gemma3 {
  std::optional<TokenSpec> start_of_image_token, end_of_image_token;
  int32_t image_tensor_height = 0, image_tensor_width = 0;
};

struct CodeFences {
  std::optional<std::string> code_fence_start, code_fence_end;
  std::optional<bool> escape_fence_strings;
  std::optional<std::string> tool_code_regex;
};

struct Qwen3 : CodeFences {};
struct Qwen2p5 : CodeFences {};
struct MiniCpm5 : CodeFences {};

struct Gemma4 {
  std::optional<TokenSpec> start_of_image_token, end_of_image_token;
  int32_t patch_width = 0, patch_height = 0, max_num_patches = 0, pooling_kernel_size = 0;
  bool merge_patches = false;
  std::optional<TokenSpec> start_of_audio_token, end_of_audio_token;
  bool skip_mel_spectrogram_extraction = false;
  FunctionCallSyntax function_call;  // its fields stand in the message itself
};

struct FastVlm {
  int32_t image_tensor_height = 0, image_tensor_width = 0;
};

struct Lfm2 {
  std::optional<TokenSpec> start_of_image_token, end_of_image_token;
  int32_t patch_width = 0, patch_height = 0, max_num_patches = 0, pooling_kernel_size = 0;
  int32_t image_tensor_height = 0, image_tensor_width = 0;
  std::vector<float> normalization_mean, normalization_std;
  float normalization_rescale_factor = 0.0f;
  std::optional<std::string> code_fence_start, code_fence_end;
  std::optional<bool> escape_fence_strings;
};

struct MiniCpmV4 {};

struct LlmModelType {
  std::variant<std::monostate, GenericModel, Gemma3N, FunctionGemma, Gemma3, Qwen3, Qwen2p5, Gemma4,
               FastVlm, Lfm2, MiniCpm5, MiniCpmV4>
      family;

  // "gemma3", "generic_model", ...: the field's name; "" if none is set.
  absl::string_view name() const;
};

bool ReadField(ProtoField& field, TokenSpec* message);
bool ReadField(ProtoField& field, LlmModelType* message);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_LLM_MODEL_TYPE_H_
