// Language models give the same bits with every instruction set that this processor has: same file,
// same options, same text.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "core/base/cpu_features.h"
#include "tasks/llm_inference/language_model.h"
#include "tasks/llm_inference/llm_inference_task.h"
#include "tests/golden/golden_data.h"
#include "tests/support/same_bits.h"

namespace edgetasks {
namespace {

using testing::SameBits;
using testing::TestdataDir;

constexpr int kDecoded = 24;

LlmInferenceOptions OptionsFor(const std::string& file, KvCacheType cache, int threads) {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = TestdataDir() + "/llm/" + file;
  options.base_options.num_threads = threads;
  options.kv_cache_type = cache;
  return options;
}

// The logits of a prompt of 40 tokens, which goes through prefill, and of some tokens after it: at
// the level that is chosen.
std::vector<float> Logits(const LlmInferenceOptions& options) {
  auto model = tasks::LoadLanguageModel(options);
  EXPECT_TRUE(model.ok()) << model.status();
  if (!model.ok()) return {};
  auto context = model->model->NewContext();
  EXPECT_TRUE(context.ok()) << context.status();
  if (!context.ok()) return {};
  const int vocabulary = (*context)->vocab_size();
  std::vector<int32_t> prompt;
  for (int i = 0; i < 40; ++i) prompt.push_back((17 + 31 * i) % vocabulary);
  EXPECT_TRUE((*context)->Prefill(prompt, nullptr).ok());
  std::vector<float> all;
  for (int i = 0; i < kDecoded; ++i) {
    const auto logits = (*context)->Decode((5 + 13 * i) % vocabulary, nullptr);
    EXPECT_TRUE(logits.ok()) << logits.status();
    if (logits.ok()) all.insert(all.end(), logits->begin(), logits->end());
  }
  EXPECT_EQ(all.size(), static_cast<size_t>(kDecoded * vocabulary));
  return all;
}

class EveryLevelTest : public ::testing::TestWithParam<const char*> {
 protected:
  // The level of engines that are created from now on.
  static void UseLevel(CpuLevel level) {
    setenv("EDGETASKS_CPU", std::string(NameOf(level)).c_str(), 1);
  }

  void SetUp() override {
    const char* level = std::getenv("EDGETASKS_CPU");
    before_ = level == nullptr ? "" : level;
  }
  void TearDown() override { setenv("EDGETASKS_CPU", before_.c_str(), 1); }

  static void ExpectSameLogits(KvCacheType cache) {
    std::vector<float> expected;
    for (const CpuLevel level : SupportedCpuLevels()) {
      UseLevel(level);
      for (const int threads : {1, 3}) {
        const std::vector<float> logits = Logits(OptionsFor(GetParam(), cache, threads));
        if (expected.empty()) expected = logits;
        EXPECT_TRUE(SameBits(expected, logits))
            << GetParam() << " at level " << NameOf(level) << " with " << threads << " threads";
      }
    }
  }

 private:
  std::string before_;
};

TEST_P(EveryLevelTest, HasTheSameLogits) {
  SKIP_WITHOUT_TESTDATA();
  ExpectSameLogits(KvCacheType::kFloat32);
}

INSTANTIATE_TEST_SUITE_P(
    Files, EveryLevelTest,
    ::testing::Values(
        "stories260K/stories260K_f32_ekv512.tflite", "stories260K/stories260K_fp16_ekv512.tflite",
        "stories260K/stories260K_q8_ekv512.tflite", "stories260K/stories260K_q8_wo_ekv512.tflite",
        "stories260K/stories260K_mask_q8_ekv512.tflite",
        "stories260K/stories260K_tr_q8_ekv512.tflite",
        "stories260K/stories260K_q4_block32_ekv512.tflite", "stories260K/stories260K_q8.task",
        "stories260K/stories260K_hfexport_default.litertlm",
        "stories260K/stories260K_hfexport_q4.litertlm",
        "stories260K/stories260K_hfexport_wo8.litertlm", "zoo/amd_f32_ekv128.tflite",
        "zoo/deepseek_mask_tr_q8_ekv128.tflite", "zoo/gemma1_f32_ekv128.tflite",
        "zoo/gemma2_mask_tr_mask_tr_f32_ekv128.tflite", "zoo/llama32_fp16_fp16_ekv128.tflite",
        "zoo/phi2_f32_ekv128.tflite", "zoo/qwen25_q8_ekv128.tflite", "zoo/qwen3_q8_ekv128.tflite",
        "zoo/smollm2_f32_ekv128.tflite", "zoo/tinyllama_q4_block32_ekv128.tflite"));

// Keys and values that are kept in fewer bits.
class KvCacheAtEveryLevelTest : public EveryLevelTest {};

TEST_P(KvCacheAtEveryLevelTest, HasTheSameLogits) {
  SKIP_WITHOUT_TESTDATA();
  for (const KvCacheType cache : {KvCacheType::kFloat16, KvCacheType::kInt8}) {
    ExpectSameLogits(cache);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, KvCacheAtEveryLevelTest,
                         ::testing::Values("stories260K/stories260K_f32_ekv512.tflite",
                                           "stories260K/stories260K_q8_ekv512.tflite"));

// Texts of 80 tokens.
std::vector<std::string> Texts(const std::string& file) {
  auto task = tasks::LlmInferenceTask::Create(OptionsFor(file, KvCacheType::kFloat32, 2));
  EXPECT_TRUE(task.ok()) << task.status();
  std::vector<std::string> texts;
  for (int seed = 0; task.ok() && seed < 8; ++seed) {
    LlmInferenceSessionOptions options;
    options.random_seed = seed;
    options.temperature = 0.3f * static_cast<float>(seed);  // the first is greedy
    options.top_k = 40;
    options.typical_p = seed % 2 == 0 ? 1.0f : 0.9f;
    options.repetition_penalty = seed % 4 < 2 ? 1.0f : 1.2f;
    options.max_output_tokens = 80;
    auto session = (*task)->CreateSession(options);
    EXPECT_TRUE(session.ok()) << session.status();
    EXPECT_TRUE((*session)->AddQueryChunk("Once upon a time there was a little girl").ok());
    const auto response = (*session)->GenerateResponse();
    EXPECT_TRUE(response.ok()) << response.status();
    texts.push_back(response.ok() ? response->text : "");
  }
  return texts;
}

class SampledTextTest : public EveryLevelTest {};

TEST_P(SampledTextTest, IsTheSameAtEveryLevel) {
  SKIP_WITHOUT_TESTDATA();
  std::vector<std::string> expected;
  for (const CpuLevel level : SupportedCpuLevels()) {
    UseLevel(level);
    const std::vector<std::string> texts = Texts(GetParam());
    if (expected.empty()) expected = texts;
    EXPECT_EQ(texts, expected) << NameOf(level);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, SampledTextTest,
                         ::testing::Values("stories260K/stories260K_f32.task",
                                           "stories260K/stories260K_q8.task",
                                           "stories260K/stories260K_tr_q8.litertlm",
                                           "stories260K/stories260K_hfexport_q4.litertlm",
                                           "stories260K/stories260K_hfexport_wo8.litertlm"));

}  // namespace
}  // namespace edgetasks
