#include "core/model/llm_parameters.h"

#include <protozero/pbf_writer.hpp>

#include "tests/support/bundle_builder.h"
#include "tests/support/read_tflite.h"

namespace edgetasks::model {
namespace {

using ::edgetasks::test::Bytes;
using ::edgetasks::test::BytesOf;
using ::edgetasks::test::IsError;
using ::edgetasks::test::IsOk;
using ::testing::ElementsAre;

std::string Message(std::initializer_list<std::pair<uint32_t, int32_t>> numbers) {
  std::string message;
  protozero::pbf_writer writer(message);
  for (const auto& [field, value] : numbers) writer.add_int32(field, value);
  return message;
}

std::string Strings(std::initializer_list<std::pair<uint32_t, const char*>> strings) {
  std::string message;
  protozero::pbf_writer writer(message);
  for (const auto& [field, value] : strings) writer.add_string(field, value);
  return message;
}

// Every field, with a value that no other has where the type allows it.
std::string Transformer() {
  std::string message;
  protozero::pbf_writer writer(message);
  for (const uint32_t field :
       {1, 2, 3, 4, 5, 6, 7, 9, 19, 26, 27, 28, 29, 30, 31, 35, 42, 43, 44}) {
    writer.add_int32(field, static_cast<int32_t>(100 + field));
  }
  for (const uint32_t field : {25, 32, 33, 38}) {
    writer.add_float(field, static_cast<float>(field) + 0.5f);
  }
  for (const uint32_t field : {18, 36, 41, 45, 46}) writer.add_bool(field, true);
  writer.add_message(11, Message({{1, 1}, {2, 1}, {3, 2}, {4, 3}}));
  std::string final_project = Message({{1, 1}});
  protozero::pbf_writer(final_project).add_float(2, 30.0f);
  writer.add_message(12, final_project);
  writer.add_enum(13, 2);
  writer.add_enum(14, 3);
  writer.add_enum(15, 4);
  std::string attention = Message({{1, 1}, {2, 1}, {3, 2}, {5, 4}, {6, 512}, {7, 1}, {8, 1}});
  protozero::pbf_writer(attention).add_float(4, 50.0f);
  writer.add_message(16, attention);
  writer.add_message(22, Message({{1, 2}, {2, 16}}));
  std::string laurel = Message({{1, 64}});
  protozero::pbf_writer(laurel).add_float(2, 0.25f);
  writer.add_message(34, laurel);
  writer.add_message(37, Message({{1, 4}, {2, 5}, {3, 6}}));
  return message;
}

LlmParameters Parse(const Bytes& bytes) {
  auto parameters = ParseLlmParameters(bytes);
  EXPECT_THAT(parameters.status(), IsOk());
  return parameters.ok() ? *parameters : LlmParameters();
}

TEST(LlmParametersTest, EveryScalarOfTheTransformerIsRead) {
  std::string message;
  protozero::pbf_writer(message).add_message(1, Transformer());
  const LlmParameters parameters = Parse(BytesOf(message));
  EXPECT_EQ(parameters.unknown_fields, 0);
  ASSERT_TRUE(parameters.transformer_parameters.has_value());
  const TransformerParameters& t = *parameters.transformer_parameters;
  EXPECT_THAT((std::vector<int>{t.batch_size, t.max_seq_length, t.embedding_dim, t.hidden_dimension,
                                t.head_dimension, t.num_heads, t.num_stacks, t.num_kv_heads}),
              ElementsAre(101, 102, 103, 104, 105, 106, 107, 109));
  EXPECT_THAT((std::vector<int>{t.num_local_layers_per_global, t.vision_tokens_num,
                                t.num_extra_stacks, t.max_num_images, t.audio_vocab_offset,
                                t.audio_vocab_extra_dim, t.audio_input_embedding_dim}),
              ElementsAre(119, 126, 127, 128, 129, 130, 131));
  EXPECT_EQ(t.kv_cache_shared_start_layer, 135);
  EXPECT_EQ(t.layer_skip_start, 142);
  EXPECT_EQ(t.num_layers_skipped, 143);
  EXPECT_EQ(t.matform_factor, 144);
  EXPECT_EQ(t.query_rescale_factor, 25.5f);
  EXPECT_EQ(t.global_rope_wavelength, 32.5f);
  EXPECT_EQ(t.global_rope_scaling, 33.5f);
  EXPECT_EQ(t.activation_sparsity_stddev_multiplier, 38.5f);
  EXPECT_TRUE(t.skip_absolute_positional_embeddings);
  EXPECT_EQ(t.gemma3_bfloat16_fix, true);
  EXPECT_EQ(t.apply_srq, true);
  EXPECT_EQ(t.scale_lora, true);
  EXPECT_EQ(t.audio_dual_norm_soft_and_hard_tokens, true);
  EXPECT_EQ(t.pre_norm, Norm::kRms);
  EXPECT_EQ(t.post_norm, Norm::kLayer);
  EXPECT_EQ(t.final_norm, Norm::kRmsNoScale);
}

TEST(LlmParametersTest, EveryMessageOfTheTransformerIsRead) {
  std::string message;
  protozero::pbf_writer(message).add_message(1, Transformer());
  const TransformerParameters t = *Parse(BytesOf(message)).transformer_parameters;
  ASSERT_TRUE(t.feed_forward_parameters.has_value());
  EXPECT_TRUE(t.feed_forward_parameters->no_bias);
  EXPECT_EQ(t.feed_forward_parameters->activation, Activation::kGelu);
  EXPECT_EQ(t.feed_forward_parameters->pre_norm, Norm::kRms);
  EXPECT_EQ(t.feed_forward_parameters->post_norm, Norm::kLayer);
  ASSERT_TRUE(t.final_project_parameters.has_value());
  EXPECT_TRUE(t.final_project_parameters->no_bias);
  EXPECT_EQ(t.final_project_parameters->soft_cap_value, 30.0f);
  ASSERT_TRUE(t.self_attention_parameters.has_value());
  EXPECT_TRUE(t.self_attention_parameters->qkv_no_bias);
  EXPECT_TRUE(t.self_attention_parameters->post_proj_no_bias);
  EXPECT_EQ(t.self_attention_parameters->attention_mask_type, AttentionMaskType::kPrefix);
  EXPECT_EQ(t.self_attention_parameters->soft_cap_value, 50.0f);
  EXPECT_EQ(t.self_attention_parameters->attention_scale_type,
            AttentionScaleType::kRescaleFactorInvHeadDim);
  EXPECT_EQ(t.self_attention_parameters->sliding_window_size, 512);
  EXPECT_EQ(t.self_attention_parameters->qk_norm, true);
  EXPECT_EQ(t.self_attention_parameters->qk_norm_has_scale, true);
  ASSERT_TRUE(t.residual_adapter_parameters.has_value());
  EXPECT_EQ(t.residual_adapter_parameters->where_to_interleave, WhereToInterleave::kEveryOther4);
  EXPECT_EQ(t.residual_adapter_parameters->bottleneck_dimension, 16);
  ASSERT_TRUE(t.laurel_config.has_value());
  EXPECT_EQ(t.laurel_config->laurel_rank, 64);
  EXPECT_EQ(t.laurel_config->post_laurel_norm_scale_shift, 0.25f);
  ASSERT_TRUE(t.altup_config.has_value());
  EXPECT_EQ(t.altup_config->num_modalities, 4);
  EXPECT_EQ(t.altup_config->active_idx, 5);
  EXPECT_EQ(t.altup_config->num_inputs, 6);
}

TEST(LlmParametersTest, EveryFieldOfTheMessageIsRead) {
  std::string message;
  protozero::pbf_writer writer(message);
  writer.add_int32(2, 32000);
  writer.add_string(5, "</s>");
  writer.add_string(5, "<eos>");
  writer.add_string(6, "<s>");
  writer.add_enum(7, 1);
  writer.add_message(8, Strings({{1, "session"}, {2, "before"}, {3, "after"}}));
  writer.add_int32(9, 3);
  writer.add_string(11, "user");
  writer.add_string(12, "system");
  writer.add_string(13, "model");
  writer.add_string(14, "end");
  writer.add_message(16, Message({{1, 9}}));
  std::string templates;
  protozero::pbf_writer templates_writer(templates);
  templates_writer.add_message(1, Strings({{2, "u<"}, {3, ">u"}}));
  templates_writer.add_message(2, Strings({{2, "m<"}}));
  templates_writer.add_message(3, Strings({{3, ">s"}}));
  writer.add_message(17, templates);
  writer.add_int32(18, 106);
  writer.add_int32(99, 1);
  const Bytes bytes = BytesOf(message);
  const LlmParameters p = Parse(bytes);
  EXPECT_EQ(p.vocab_size, 32000);
  EXPECT_THAT(p.stop_tokens, ElementsAre("</s>", "<eos>"));
  EXPECT_EQ(p.start_token, "<s>");
  EXPECT_THAT(p.input_output_normalizations,
              ElementsAre(InputOutputNormalization::kBytesToUnicode));
  ASSERT_TRUE(p.prompt_template.has_value());
  EXPECT_EQ(p.prompt_template->session_prefix, "session");
  EXPECT_EQ(p.prompt_template->prompt_prefix, "before");
  EXPECT_EQ(p.prompt_template->prompt_suffix, "after");
  EXPECT_EQ(p.num_draft_tokens, 3);
  EXPECT_EQ(p.user_role_token, "user");
  EXPECT_EQ(p.system_role_token, "system");
  EXPECT_EQ(p.model_role_token, "model");
  EXPECT_EQ(p.end_role_token, "end");
  EXPECT_EQ(p.submodel_transformer_parameters->batch_size, 9);
  ASSERT_TRUE(p.prompt_templates.has_value());
  EXPECT_EQ(p.prompt_templates->user_template->prompt_prefix, "u<");
  EXPECT_EQ(p.prompt_templates->user_template->prompt_suffix, ">u");
  EXPECT_EQ(p.prompt_templates->model_template->prompt_prefix, "m<");
  EXPECT_EQ(p.prompt_templates->system_template->prompt_suffix, ">s");
  EXPECT_THAT(p.stop_token_ids, ElementsAre(106));
  EXPECT_EQ(p.unknown_fields, 1);
  EXPECT_EQ(p.raw.data(), bytes.data());
  EXPECT_EQ(p.raw.size(), bytes.size());
}

TEST(LlmParametersTest, TheLaterStartTokenReplacesTheEarlier) {
  std::string message;
  protozero::pbf_writer writer(message);
  writer.add_string(6, "<s>");
  writer.add_int32(4, 1);
  LlmParameters parameters = Parse(BytesOf(message));
  EXPECT_EQ(parameters.start_token_id, 1);
  EXPECT_FALSE(parameters.start_token.has_value());
  writer.add_string(6, "<bos>");
  parameters = Parse(BytesOf(message));
  EXPECT_EQ(parameters.start_token, "<bos>");
  EXPECT_FALSE(parameters.start_token_id.has_value());
}

TEST(LlmParametersTest, OtherBytesAreCorrupt) {
  EXPECT_THAT(ParseLlmParameters(BytesOf("not a message")).status(),
              IsError(ErrorDetail::kCorruptFile, "LlmParameters message"));
}

}  // namespace
}  // namespace edgetasks::model
