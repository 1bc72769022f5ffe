#include "core/model/llm_metadata.h"

#include <protozero/pbf_writer.hpp>

#include "core/model/executor_metadata.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/read_tflite.h"

namespace edgetasks::model {
namespace {

using ::edgetasks::test::Bytes;
using ::edgetasks::test::BytesOf;
using ::edgetasks::test::IsError;
using ::edgetasks::test::IsOk;
using ::testing::ElementsAre;

// Writes a message by `fill`.
template <typename Fill>
std::string Message(const Fill& fill) {
  std::string message;
  protozero::pbf_writer writer(message);
  fill(writer);
  return message;
}

std::string Ids(const std::vector<int32_t>& ids) {
  return Message([&](auto& w) { w.add_packed_int32(1, ids.begin(), ids.end()); });
}
std::string TokenOfIds(const std::vector<int32_t>& ids) {
  return Message([&](auto& w) { w.add_message(1, Ids(ids)); });
}
std::string TokenOfText(const std::string& text) {
  return Message([&](auto& w) { w.add_string(2, text); });
}
std::string Affixes(const std::string& prefix, const std::string& suffix) {
  return Message([&](auto& w) {
    w.add_string(1, prefix);
    w.add_string(2, suffix);
  });
}

LlmMetadata Parse(const std::string& message) {
  auto metadata = ParseLlmMetadata(BytesOf(message));
  EXPECT_THAT(metadata.status(), IsOk());
  return metadata.ok() ? *metadata : LlmMetadata();
}

TEST(LlmMetadataTest, EveryFieldIsRead) {
  const std::string message = Message([](auto& w) {
    w.add_message(1, TokenOfText("<bos>"));
    w.add_message(2, TokenOfIds({1}));
    w.add_message(2, TokenOfText("<end>"));
    w.add_message(3, Message([](auto& t) {
                    t.add_message(1, Affixes("u<", ">u"));
                    t.add_message(2, Affixes("m<", ">m"));
                    t.add_message(3, Affixes("s<", ">s"));
                  }));
    w.add_message(4, Message([](auto& s) {
                    s.add_enum(1, 2);
                    s.add_int32(2, 64);
                    s.add_float(3, 0.95f);
                    s.add_float(4, 1.25f);
                    s.add_int32(5, 7);
                    s.add_enum(6, 1);
                    s.add_bool(7, true);
                  }));
    w.add_int32(5, 4096);
    w.add_message(6, Message([](auto& t) { t.add_message(4, std::string("")); }));
    w.add_string(7, "{{ messages }}");
    w.add_message(8, Message([](auto& c) {
                    c.add_string(1, "thought");
                    c.add_string(2, "<think>");
                    c.add_string(3, "</think>");
                    c.add_bool(4, true);
                  }));
    w.add_message(9, Ids({5, 6}));
    w.add_int64(10, -1);
    w.add_bool(11, true);
    w.add_bool(12, false);
    w.add_message(13, TokenOfIds({0}));
    w.add_string(14, "0.9.0");
    w.add_string(77, "unknown");
  });
  const Bytes bytes = BytesOf(message);
  const auto parsed = ParseLlmMetadata(bytes);
  ASSERT_THAT(parsed.status(), IsOk());
  const LlmMetadata& m = *parsed;
  EXPECT_EQ(m.start_token->text, "<bos>");
  ASSERT_EQ(m.stop_tokens.size(), 2u);
  EXPECT_THAT(m.stop_tokens[0].ids, ElementsAre(1));
  EXPECT_EQ(m.stop_tokens[1].text, "<end>");
  EXPECT_EQ(m.prompt_templates->user->prefix, "u<");
  EXPECT_EQ(m.prompt_templates->user->suffix, ">u");
  EXPECT_EQ(m.prompt_templates->model->prefix, "m<");
  EXPECT_EQ(m.prompt_templates->model->suffix, ">m");
  EXPECT_EQ(m.prompt_templates->system->prefix, "s<");
  EXPECT_EQ(m.prompt_templates->system->suffix, ">s");
  EXPECT_EQ(m.sampler_params->type, SamplerType::kTopP);
  EXPECT_EQ(m.sampler_params->k, 64);
  EXPECT_EQ(m.sampler_params->p, 0.95f);
  EXPECT_EQ(m.sampler_params->temperature, 1.25f);
  EXPECT_EQ(m.sampler_params->seed, 7);
  EXPECT_EQ(m.sampler_params->backend, SamplerBackend::kCpu);
  EXPECT_TRUE(m.sampler_params->compute_exact_log_probs);
  EXPECT_EQ(m.max_num_tokens, 4096);
  EXPECT_EQ(m.llm_model_type->name(), "gemma3");
  EXPECT_EQ(m.jinja_prompt_template, "{{ messages }}");
  ASSERT_EQ(m.channels.size(), 1u);
  EXPECT_EQ(m.channels[0].channel_name, "thought");
  EXPECT_EQ(m.channels[0].start, "<think>");
  EXPECT_EQ(m.channels[0].end, "</think>");
  EXPECT_EQ(m.channels[0].is_reasoning_channel, true);
  EXPECT_THAT(m.suppress_tokens, ElementsAre(5, 6));
  EXPECT_EQ(m.kv_cache_init_value, -1);
  EXPECT_EQ(m.supports_thinking, true);
  EXPECT_EQ(m.supports_function_calling, false);
  EXPECT_THAT(m.pad_token->ids, ElementsAre(0));
  EXPECT_EQ(m.min_runtime_version, "0.9.0");
  EXPECT_EQ(m.unknown_fields, 1);
  EXPECT_EQ(m.raw.data(), bytes.data());
}

TEST(LlmMetadataTest, FieldsThatAreNotThereStayAbsent) {
  const LlmMetadata m = Parse("");
  EXPECT_FALSE(m.start_token || m.prompt_templates || m.sampler_params || m.llm_model_type ||
               m.jinja_prompt_template || m.kv_cache_init_value || m.supports_thinking ||
               m.supports_function_calling || m.pad_token || m.min_runtime_version);
}

TEST(LlmMetadataTest, ATokenIsIdsOrTextWhicheverComesLater) {
  const LlmMetadata m = Parse(Message([](auto& w) {
    w.add_message(1, Message([](auto& t) {
                    t.add_string(2, "text");
                    t.add_message(1, Ids({3, 4}));
                  }));
    w.add_message(13, Message([](auto& t) {
                    t.add_message(1, Ids({3, 4}));
                    t.add_string(2, "text");
                  }));
  }));
  EXPECT_THAT(m.start_token->ids, ElementsAre(3, 4));
  EXPECT_EQ(m.start_token->text, "");
  EXPECT_TRUE(m.pad_token->ids.empty());
  EXPECT_EQ(m.pad_token->text, "text");
}

TEST(LlmMetadataTest, OtherBytesAreCorrupt) {
  EXPECT_THAT(ParseLlmMetadata(BytesOf("not a message")).status(),
              IsError(ErrorDetail::kCorruptFile, "LlmMetadata message"));
}

// The family in field `number` of LlmModelType, with the contents `fill` writes.
template <typename Family, typename Fill>
Family ParseFamily(uint32_t number, absl::string_view name, const Fill& fill) {
  const LlmMetadata m = Parse(Message([&](auto& w) {
    w.add_message(6, Message([&](auto& t) { t.add_message(number, Message(fill)); }));
  }));
  EXPECT_EQ(m.llm_model_type->name(), name);
  EXPECT_EQ(m.unknown_fields, 0);
  EXPECT_TRUE(std::holds_alternative<Family>(m.llm_model_type->family));
  return std::get<Family>(m.llm_model_type->family);
}

TEST(LlmModelTypeTest, GenericModelHasAllItsFields) {
  const auto g = ParseFamily<GenericModel>(1, "generic_model", [](auto& w) {
    for (const uint32_t n : {3, 4, 18, 19, 31, 32, 33, 34, 35, 41}) w.add_bool(n, true);
    for (const uint32_t n : {5, 6, 7, 16, 17, 39, 40}) w.add_string(n, "s" + std::to_string(n));
    for (const uint32_t n : {8, 9, 10, 11, 12, 13, 20, 21, 22, 23, 24, 27}) {
      w.add_int32(n, static_cast<int32_t>(n));
    }
    for (const uint32_t n : {25, 26, 28, 29, 30}) w.add_float(n, static_cast<float>(n));
    for (const uint32_t n : {14, 15, 37, 38}) {
      w.add_message(n, TokenOfIds({static_cast<int32_t>(n)}));
    }
    w.add_enum(36, 2);
  });
  for (const auto& flag :
       {g.image_enabled, g.audio_enabled, g.add_image_end, g.skip_mel_spectrogram_extraction,
        g.audio_normalize_mel, g.audio_add_floor_to_mel_before_log, g.audio_semicausal_padding,
        g.audio_non_zero_hanning, g.audio_periodic_hanning, g.add_audio_end}) {
    EXPECT_EQ(flag, true);
  }
  EXPECT_THAT((std::vector<std::string>{*g.delimiter_regex, *g.image_token_regex,
                                        *g.audio_token_regex, *g.image_prefix, *g.image_suffix,
                                        *g.audio_prefix, *g.audio_suffix}),
              ElementsAre("s5", "s6", "s7", "s16", "s17", "s39", "s40"));
  EXPECT_THAT((std::vector<int>{*g.image_tensor_height, *g.image_tensor_width, *g.patch_width,
                                *g.patch_height, *g.max_num_patches, *g.pooling_kernel_size}),
              ElementsAre(8, 9, 10, 11, 12, 13));
  EXPECT_THAT(
      (std::vector<int>{*g.audio_sample_rate_hz, *g.audio_num_channels, *g.audio_frame_length,
                        *g.audio_hop_length, *g.audio_fft_length, *g.audio_num_mel_bins}),
      ElementsAre(20, 21, 22, 23, 24, 27));
  EXPECT_THAT((std::vector<float>{*g.audio_input_scale, *g.audio_pre_emphasis_factor,
                                  *g.audio_mel_low_hz, *g.audio_mel_high_hz, *g.audio_mel_floor}),
              ElementsAre(25, 26, 28, 29, 30));
  EXPECT_THAT(g.start_of_image_token->ids, ElementsAre(14));
  EXPECT_THAT(g.end_of_image_token->ids, ElementsAre(15));
  EXPECT_THAT(g.start_of_audio_token->ids, ElementsAre(37));
  EXPECT_THAT(g.end_of_audio_token->ids, ElementsAre(38));
  EXPECT_EQ(g.audio_fft_padding_type, FftPaddingType::kCenter);
}

TEST(LlmModelTypeTest, GemmaFamiliesHaveAllTheirFields) {
  const auto n3 = ParseFamily<Gemma3N>(2, "gemma3n", [](auto& w) {
    for (const uint32_t n : {1, 2, 5, 6}) w.add_message(n, TokenOfIds({static_cast<int32_t>(n)}));
    w.add_int32(3, 33);
    w.add_int32(4, 44);
  });
  EXPECT_THAT(n3.start_of_image_token->ids, ElementsAre(1));
  EXPECT_THAT(n3.end_of_image_token->ids, ElementsAre(2));
  EXPECT_EQ(n3.image_tensor_height, 33);
  EXPECT_EQ(n3.image_tensor_width, 44);
  EXPECT_THAT(n3.start_of_audio_token->ids, ElementsAre(5));
  EXPECT_THAT(n3.end_of_audio_token->ids, ElementsAre(6));

  const auto g3 = ParseFamily<Gemma3>(4, "gemma3", [](auto& w) {
    for (const uint32_t n : {1, 2}) w.add_message(n, TokenOfIds({static_cast<int32_t>(n)}));
    w.add_int32(3, 33);
    w.add_int32(4, 44);
  });
  EXPECT_THAT(g3.start_of_image_token->ids, ElementsAre(1));
  EXPECT_THAT(g3.end_of_image_token->ids, ElementsAre(2));
  EXPECT_EQ(g3.image_tensor_height, 33);
  EXPECT_EQ(g3.image_tensor_width, 44);
}

void WriteFunctionCall(protozero::pbf_writer& w) {
  for (const uint32_t n : {5, 6, 7, 9, 10, 11, 12}) w.add_string(n, "s" + std::to_string(n));
  w.add_bool(8, true);
  w.add_enum(14, 2);
}

void ExpectFunctionCall(const FunctionCallSyntax& f) {
  EXPECT_THAT((std::vector<std::string>{f.code_fence_start, f.code_fence_end, f.syntax_type,
                                        f.tool_code_regex, f.open_quote, f.close_quote,
                                        f.function_response_start}),
              ElementsAre("s5", "s6", "s7", "s9", "s10", "s11", "s12"));
  EXPECT_TRUE(f.escape_fence_strings);
  EXPECT_EQ(f.constraint_mode, ConstraintMode::kFunctionCallOnly);
}

TEST(LlmModelTypeTest, FunctionCallingFamiliesHaveAllTheirFields) {
  const auto f = ParseFamily<FunctionGemma>(3, "function_gemma", [](auto& w) {
    WriteFunctionCall(w);
    w.add_bool(13, true);
  });
  ExpectFunctionCall(f.function_call);
  EXPECT_TRUE(f.use_template_for_fc_format);

  const auto g4 = ParseFamily<Gemma4>(8, "gemma4", [](auto& w) {
    WriteFunctionCall(w);
    for (const uint32_t n : {1, 2, 3, 4}) w.add_message(n, TokenOfIds({static_cast<int32_t>(n)}));
    for (const uint32_t n : {15, 16, 17, 18}) w.add_int32(n, static_cast<int32_t>(n));
    w.add_bool(19, true);
    w.add_bool(20, true);
  });
  ExpectFunctionCall(g4.function_call);
  EXPECT_THAT(g4.start_of_image_token->ids, ElementsAre(1));
  EXPECT_THAT(g4.end_of_image_token->ids, ElementsAre(2));
  EXPECT_THAT(g4.start_of_audio_token->ids, ElementsAre(3));
  EXPECT_THAT(g4.end_of_audio_token->ids, ElementsAre(4));
  EXPECT_THAT((std::vector<int>{g4.patch_width, g4.patch_height, g4.max_num_patches,
                                g4.pooling_kernel_size}),
              ElementsAre(15, 16, 17, 18));
  EXPECT_TRUE(g4.skip_mel_spectrogram_extraction);
  EXPECT_TRUE(g4.merge_patches);
}

TEST(LlmModelTypeTest, FamiliesWithCodeFencesHaveAllTheirFields) {
  const auto write = [](auto& w) {
    w.add_string(1, "start");
    w.add_string(2, "end");
    w.add_bool(3, true);
    w.add_string(4, "regex");
  };
  const CodeFences all[] = {ParseFamily<Qwen3>(5, "qwen3", write),
                            ParseFamily<Qwen2p5>(7, "qwen2p5", write),
                            ParseFamily<MiniCpm5>(12, "minicpm5", write)};
  for (const CodeFences& fences : all) {
    EXPECT_EQ(fences.code_fence_start, "start");
    EXPECT_EQ(fences.code_fence_end, "end");
    EXPECT_EQ(fences.escape_fence_strings, true);
    EXPECT_EQ(fences.tool_code_regex, "regex");
  }
}

TEST(LlmModelTypeTest, VisionFamiliesHaveAllTheirFields) {
  const auto vlm = ParseFamily<FastVlm>(9, "fast_vlm", [](auto& w) {
    w.add_int32(3, 33);
    w.add_int32(4, 44);
  });
  EXPECT_EQ(vlm.image_tensor_height, 33);
  EXPECT_EQ(vlm.image_tensor_width, 44);
  ParseFamily<MiniCpmV4>(13, "minicpmv4", [](auto&) {});

  const auto lfm2 = ParseFamily<Lfm2>(11, "lfm2", [](auto& w) {
    for (const uint32_t n : {1, 2}) w.add_message(n, TokenOfIds({static_cast<int32_t>(n)}));
    for (const uint32_t n : {3, 4, 5, 6, 7, 8}) w.add_int32(n, static_cast<int32_t>(n));
    const std::vector<float> mean = {0.1f, 0.2f, 0.3f}, std = {0.4f};
    w.add_packed_float(9, mean.begin(), mean.end());
    w.add_packed_float(10, std.begin(), std.end());
    w.add_float(11, 0.5f);
    w.add_string(12, "start");
    w.add_string(13, "end");
    w.add_bool(14, true);
  });
  EXPECT_THAT(lfm2.start_of_image_token->ids, ElementsAre(1));
  EXPECT_THAT(lfm2.end_of_image_token->ids, ElementsAre(2));
  EXPECT_THAT((std::vector<int>{lfm2.patch_width, lfm2.patch_height, lfm2.max_num_patches,
                                lfm2.pooling_kernel_size, lfm2.image_tensor_height,
                                lfm2.image_tensor_width}),
              ElementsAre(3, 4, 5, 6, 7, 8));
  EXPECT_THAT(lfm2.normalization_mean, ElementsAre(0.1f, 0.2f, 0.3f));
  EXPECT_THAT(lfm2.normalization_std, ElementsAre(0.4f));
  EXPECT_EQ(lfm2.normalization_rescale_factor, 0.5f);
  EXPECT_EQ(lfm2.code_fence_start, "start");
  EXPECT_EQ(lfm2.code_fence_end, "end");
  EXPECT_EQ(lfm2.escape_fence_strings, true);
}

TEST(LlmModelTypeTest, TheLaterFamilyReplacesTheEarlier) {
  const LlmMetadata m = Parse(Message([](auto& w) {
    w.add_message(6, Message([](auto& t) {
                    t.add_message(1, std::string(""));
                    t.add_message(5, std::string(""));
                  }));
  }));
  EXPECT_EQ(m.llm_model_type->name(), "qwen3");
  EXPECT_EQ(LlmModelType().name(), "");
}

TEST(ExecutorMetadataTest, EveryFieldIsRead) {
  const std::string message = Message([](auto& w) {
    w.add_message(1, Message([](auto& e) {
                    e.add_int32(1, 512);
                    e.add_message(2, Message([](auto& b) {
                                    b.add_string(1, "pi");
                                    b.add_string(2, "po");
                                    b.add_string(3, "di");
                                    b.add_string(4, "do");
                                    b.add_enum(5, 0);
                                    b.add_enum(6, 4);
                                    b.add_int32(7, 2);
                                    b.add_int32(8, 16);
                                    b.add_int32(9, 512);
                                  }));
                    e.add_message(2, std::string(""));
                    e.add_message(3, Message([](auto& a) {
                                    a.add_enum(1, 1);
                                    a.add_enum(2, 3);
                                    a.add_int32(3, 128);
                                  }));
                  }));
  });
  const auto metadata = ParseExecutorMetadata(BytesOf(message));
  ASSERT_THAT(metadata.status(), IsOk());
  EXPECT_EQ(metadata->max_history_size, 512);
  ASSERT_EQ(metadata->state_buffers.size(), 2u);
  const StateBuffer& buffer = metadata->state_buffers[0];
  EXPECT_EQ(buffer.prefill_input_name, "pi");
  EXPECT_EQ(buffer.prefill_output_name, "po");
  EXPECT_EQ(buffer.decode_input_name, "di");
  EXPECT_EQ(buffer.decode_output_name, "do");
  EXPECT_EQ(buffer.policy, 0);
  EXPECT_EQ(buffer.type, StateBufferType::kLocalValue);
  EXPECT_EQ(buffer.sequence_axis, 2);
  EXPECT_EQ(buffer.minimum_sequence_length, 16);
  EXPECT_EQ(buffer.maximum_sequence_length, 512);
  EXPECT_FALSE(metadata->state_buffers[1].sequence_axis.has_value());
  EXPECT_EQ(metadata->attention_mask->attention_mask_type, 1);
  EXPECT_EQ(metadata->attention_mask->local_attention_mask_type, 3);
  EXPECT_EQ(metadata->attention_mask->sliding_window_size, 128);
}

TEST(ExecutorMetadataTest, NegativeSizesAreCorrupt) {
  const auto parse = [](const std::string& contents) {
    return ParseExecutorMetadata(BytesOf(Message([&](auto& w) { w.add_message(1, contents); })))
        .status();
  };
  EXPECT_THAT(parse(Message([](auto& e) { e.add_int32(1, -1); })),
              IsError(ErrorDetail::kCorruptFile, "max_history_size is -1"));
  for (const uint32_t field : {7, 8, 9}) {
    const std::string buffer = Message([&](auto& b) {
      b.add_string(3, "kv");
      b.add_int32(field, -1);
    });
    EXPECT_THAT(parse(Message([&](auto& e) { e.add_message(2, buffer); })),
                IsError(ErrorDetail::kCorruptFile, "state buffer 'kv' has a negative"));
  }
  EXPECT_THAT(ParseExecutorMetadata(BytesOf("not a message")).status(),
              IsError(ErrorDetail::kCorruptFile, "ExecutorMetadata message"));
}

}  // namespace
}  // namespace edgetasks::model
