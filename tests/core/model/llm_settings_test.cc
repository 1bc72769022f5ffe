#include "core/model/llm_settings.h"

#include <limits>

#include "tests/support/read_tflite.h"

namespace edgetasks::model {
namespace {

using ::edgetasks::test::IsError;
using ::edgetasks::test::IsOk;
using ::testing::ElementsAre;

TEST(LlmSettingsTest, ParametersOfATaskBecomeSettings) {
  LlmParameters parameters;
  parameters.start_token = "<s>";
  parameters.stop_tokens = {"</s>", ""};
  parameters.stop_token_ids = {106};
  parameters.input_output_normalizations = {InputOutputNormalization::kBytesToUnicode};
  parameters.prompt_templates = RolePromptTemplates{PromptTemplate{"", "u<", ">u"},
                                                    PromptTemplate{"", "m<", ">m"}, std::nullopt};
  const auto settings = SettingsOf(parameters);
  ASSERT_THAT(settings.status(), IsOk());
  EXPECT_EQ(settings->start_token->text, "<s>");
  ASSERT_EQ(settings->stop_tokens.size(), 2u);
  EXPECT_EQ(settings->stop_tokens[0].text, "</s>");
  EXPECT_THAT(settings->stop_tokens[1].ids, ElementsAre(106));
  EXPECT_TRUE(settings->bytes_to_unicode);
  EXPECT_EQ(settings->user.prefix, "u<");
  EXPECT_EQ(settings->user.suffix, ">u");
  EXPECT_EQ(settings->model.prefix, "m<");
  EXPECT_EQ(settings->system.prefix, "");
  EXPECT_TRUE(settings->parameters.has_value());
  EXPECT_FALSE(settings->metadata.has_value());
}

TEST(LlmSettingsTest, TheDeprecatedPromptTemplateIsTheUsers) {
  LlmParameters parameters;
  parameters.start_token_id = 2;
  parameters.prompt_template = PromptTemplate{"", "before", "after"};
  const auto settings = SettingsOf(parameters);
  ASSERT_THAT(settings.status(), IsOk());
  EXPECT_THAT(settings->start_token->ids, ElementsAre(2));
  EXPECT_EQ(settings->user.prefix, "before");
  EXPECT_EQ(settings->user.suffix, "after");
}

TEST(LlmSettingsTest, AnEmptyStartTokenIsNone) {
  LlmParameters parameters;
  parameters.start_token = "";
  EXPECT_FALSE(SettingsOf(parameters)->start_token.has_value());
  LlmMetadata metadata;
  metadata.start_token = TokenSpec{};
  metadata.stop_tokens = {TokenSpec{}};
  EXPECT_FALSE(SettingsOf(metadata)->start_token.has_value());
  EXPECT_TRUE(SettingsOf(metadata)->stop_tokens.empty());
}

TEST(LlmSettingsTest, MetadataOfALitertlmBecomesSettings) {
  LlmMetadata metadata;
  metadata.start_token = TokenSpec{{1}, ""};
  metadata.stop_tokens = {TokenSpec{{1, 2}, ""}, TokenSpec{{}, "<end>"}};
  metadata.pad_token = TokenSpec{{0}, ""};
  PromptTemplates prompts;
  prompts.user = PromptAffixes{"u<", ">u"};
  metadata.prompt_templates = prompts;
  metadata.sampler_params = SamplerParameters{SamplerType::kTopP, 40, 0.9f, 0.7f, 11};
  metadata.max_num_tokens = 512;
  metadata.llm_model_type.emplace().family = Gemma3();
  metadata.jinja_prompt_template = "{{ x }}";
  metadata.suppress_tokens = {4};
  const auto settings = SettingsOf(metadata);
  ASSERT_THAT(settings.status(), IsOk());
  EXPECT_THAT(settings->start_token->ids, ElementsAre(1));
  EXPECT_THAT(settings->stop_tokens[0].ids, ElementsAre(1, 2));
  EXPECT_EQ(settings->stop_tokens[1].text, "<end>");
  EXPECT_THAT(settings->pad_token->ids, ElementsAre(0));
  EXPECT_EQ(settings->user.prefix, "u<");
  EXPECT_EQ(settings->sampler->k, 40);
  EXPECT_EQ(settings->sampler->seed, 11);
  EXPECT_EQ(settings->max_num_tokens, 512);
  EXPECT_EQ(settings->model_type, "gemma3");
  EXPECT_EQ(settings->jinja_prompt_template, "{{ x }}");
  EXPECT_THAT(settings->suppress_tokens, ElementsAre(4));
  EXPECT_TRUE(settings->metadata.has_value());
}

TEST(LlmSettingsTest, NumbersOutsideTheirRangesAreRefused) {
  const auto status = [](auto change) {
    LlmMetadata metadata;
    metadata.sampler_params.emplace();
    change(metadata);
    return SettingsOf(metadata).status();
  };
  const auto kind = ErrorDetail::kInvalidMetadata;
  EXPECT_THAT(status([](auto& m) {
                m.start_token = TokenSpec{{-1}, ""};
              }),
              IsError(kind, "start_token holds token id -1"));
  EXPECT_THAT(status([](auto& m) {
                m.stop_tokens = {TokenSpec{{-2}, ""}};
              }),
              IsError(kind, "stop_tokens holds token id -2"));
  EXPECT_THAT(status([](auto& m) {
                m.pad_token = TokenSpec{{-3}, ""};
              }),
              IsError(kind, "pad_token holds token id -3"));
  EXPECT_THAT(status([](auto& m) { m.suppress_tokens = {-4}; }),
              IsError(kind, "suppress_tokens holds token id -4"));
  EXPECT_THAT(status([](auto& m) { m.max_num_tokens = -5; }),
              IsError(kind, "max_num_tokens is -5"));
  EXPECT_THAT(status([](auto& m) { m.sampler_params->k = -6; }),
              IsError(kind, "sampler_params.k is -6"));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const float p : {-0.1f, 1.1f, nan}) {
    EXPECT_THAT(status([&](auto& m) { m.sampler_params->p = p; }),
                IsError(kind, "sampler_params.p is"));
  }
  for (const float t : {-0.1f, std::numeric_limits<float>::infinity(), nan}) {
    EXPECT_THAT(status([&](auto& m) { m.sampler_params->temperature = t; }),
                IsError(kind, "sampler_params.temperature is"));
  }
}

}  // namespace
}  // namespace edgetasks::model
