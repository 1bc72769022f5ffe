// Contexts that hold more tokens than the file's caches do (max_tokens): up to the file's limit
// they are what they were, beyond it they are what the checkpoint's own network computes there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "tasks/llm_inference/language_model.h"
#include "tests/golden/golden_data.h"

namespace edgetasks {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<tasks::LanguageModel> Load(const std::string& path, int max_tokens,
                                          KvCacheType type = KvCacheType::kFloat32) {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = path;
  options.max_tokens = max_tokens;
  options.kv_cache_type = type;
  return tasks::LoadLanguageModel(options);
}

std::string Stories(const std::string& name) {
  return testing::TestdataDir() + "/llm/stories260K/" + name;
}

// The logits after a prompt of `prompt` tokens and after some more.
std::vector<float> LogitsOf(const tasks::LanguageModel& model, int prompt) {
  const int vocab_size = model.model->graph().vocab_size;
  std::vector<int32_t> ids(prompt);
  for (int i = 0; i < prompt; ++i) ids[i] = 1 + i * 37 % (vocab_size - 1);
  auto context = *model.model->NewContext();
  EXPECT_TRUE(context->Prefill(ids, nullptr).ok());
  std::vector<float> all;
  for (int32_t id = 3; id < 9; ++id) {
    const auto logits = context->Decode(id, nullptr);
    EXPECT_TRUE(logits.ok()) << logits.status();
    if (!logits.ok()) return all;
    all.insert(all.end(), logits->begin(), logits->end());
  }
  return all;
}

// Of the same tokens, with room for three times as many, bit for bit.
void ExpectTheSameBelowTheLimit(const std::string& path, KvCacheType type) {
  const auto model = Load(path, 0, type);
  ASSERT_TRUE(model.ok()) << model.status();
  const int capacity = model->model->graph().capacity;
  const auto larger = Load(path, 3 * capacity, type);
  ASSERT_TRUE(larger.ok()) << larger.status();
  EXPECT_EQ(larger->model->graph().capacity, 3 * capacity);
  EXPECT_EQ((*larger->model->NewContext())->capacity(), 3 * capacity);
  for (const int prompt : {1, 45, capacity - 6}) {
    const std::vector<float> expected = LogitsOf(*model, prompt), got = LogitsOf(*larger, prompt);
    ASSERT_EQ(got.size(), expected.size());
    EXPECT_EQ(std::memcmp(got.data(), expected.data(), got.size() * sizeof(float)), 0) << prompt;
  }
}

class LargerContextTest : public ::testing::TestWithParam<const char*> {};

TEST_P(LargerContextTest, ChangesNothingBelowTheFilesLimit) {
  SKIP_WITHOUT_TESTDATA();
  ExpectTheSameBelowTheLimit(testing::TestdataDir() + "/llm/" + GetParam(), KvCacheType::kFloat32);
}
INSTANTIATE_TEST_SUITE_P(Models, LargerContextTest,
                         ::testing::Values("stories260K/stories260K_mask_q8_ekv512.tflite",
                                           "stories260K/stories260K_q4_block32_ekv512.tflite",
                                           "stories260K/stories260K_hfexport_default.litertlm",
                                           "stories260K/stories260K_hfexport_wo8.litertlm",
                                           "zoo/deepseek_mask_tr_q8_ekv128.tflite",
                                           "zoo/gemma2_mask_tr_mask_tr_f32_ekv128.tflite"));

TEST(LargerContextStoryTest, ChangesNothingBelowTheFilesLimit) {
  for (const char* file : {"story.task", "story.litertlm"}) {
    for (const KvCacheType type : {KvCacheType::kFloat32, KvCacheType::kInt8}) {
      ExpectTheSameBelowTheLimit(std::string(EDGETASKS_SOURCE_DIR) + "/models/story/" + file, type);
    }
  }
}

// Hugging Face's Llama on the same checkpoint (record_larger_context.py). The file's weights are
// rounded to 8 bits, which shows at every position alike: so beyond the file's 512 tokens we may be
// as far from the checkpoint as before them. (Measured, RMS: 0.036 before and
// 0.046 beyond with float activations, 0.053 and 0.056 with 8-bit ones.)
TEST(LargerContextHfTest, BeyondTheFilesLimitItIsTheCheckpointsText) {
  SKIP_WITHOUT_TESTDATA();
  const auto golden = testing::ReadJson(std::string(EDGETASKS_SOURCE_DIR) +
                                        "/tests/golden/data/larger_context.json");
  const std::vector<int32_t> ids = golden["ids"];
  const std::vector<double> expected = golden["logprobs"];
  constexpr int kFileTokens = 512;
  for (const char* file :
       {"stories260K_hfexport_wo8.litertlm", "stories260K_hfexport_q8.litertlm"}) {
    const auto model = Load(Stories(file), static_cast<int>(ids.size()));
    ASSERT_TRUE(model.ok()) << model.status();
    auto context = *model->model->NewContext();
    double before = 0.0, beyond = 0.0;
    for (size_t i = 0; i < expected.size(); ++i) {
      const auto logits = context->Decode(ids[i], nullptr);
      ASSERT_TRUE(logits.ok()) << logits.status();
      double sum = 0.0;
      for (const float logit : *logits) sum += std::exp(static_cast<double>(logit));
      const double logprob = (*logits)[ids[i + 1]] - std::log(sum);
      const double difference = logprob - expected[i];
      (i < kFileTokens ? before : beyond) += difference * difference;
    }
    before = std::sqrt(before / kFileTokens);
    beyond = std::sqrt(beyond / static_cast<double>(expected.size() - kFileTokens));
    // The two are means of 512 and 187 squares: half as much again is chance.
    EXPECT_LT(beyond, 1.5 * before) << file << " before " << before;
    EXPECT_LT(before, 0.1) << file;
    // Prompts go through runs that write beyond the old limit as well.
    auto fed = *model->model->NewContext();
    ASSERT_TRUE(fed->Prefill(absl::MakeConstSpan(ids).subspan(0, 690), nullptr).ok());
    const auto after = fed->Decode(ids[690], nullptr);
    ASSERT_TRUE(after.ok()) << after.status();
    double sum = 0.0;
    for (const float logit : *after) sum += std::exp(static_cast<double>(logit));
    EXPECT_NEAR((*after)[ids[691]] - std::log(sum), expected[690], 4 * before) << file;
  }
}

// These make the mask of a constant, or look rotations up.
TEST(LargerContextRefusalTest, SaysWhatIsInTheWay) {
  SKIP_WITHOUT_TESTDATA();
  for (const char* file : {"stories260K_f32.task", "stories260K_q8.task",
                           "stories260K_tr_q8.litertlm", "stories260K_fp16_ekv512.tflite"}) {
    const auto model = Load(Stories(file), 600);
    EXPECT_EQ(GetErrorDetail(model.status()), ErrorDetail::kInvalidOption);
    EXPECT_THAT(std::string(model.status().message()),
                HasSubstr("max_tokens is 600, but the model's caches hold 512 tokens and cannot be "
                          "made larger: its graphs make the mask themselves"));
  }
  const auto huge = Load(Stories("stories260K_hfexport_q8.litertlm"), 1 << 30);
  EXPECT_EQ(GetErrorDetail(huge.status()), ErrorDetail::kInvalidOption);
  EXPECT_THAT(std::string(huge.status().message()), HasSubstr("more than 16777216 tokens"));
}

}  // namespace
}  // namespace edgetasks
