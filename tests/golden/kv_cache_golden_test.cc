// What a model loses where its keys and values are kept in fewer bits: the text is one that the
// model itself wrote by chance with caches of float32, so that the mean of -log of its tokens'
// probabilities is lowest for these, and what others have above it is their divergence in nats.
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tasks/llm_inference/language_model.h"
#include "tests/golden/golden_data.h"

namespace edgetasks {
namespace {

using ::testing::HasSubstr;
using testing::TestdataDir;

constexpr KvCacheType kTypes[] = {KvCacheType::kFloat32, KvCacheType::kFloat16, KvCacheType::kInt8};

absl::StatusOr<tasks::LanguageModel> Load(const std::string& path, KvCacheType type) {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = path;
  options.base_options.num_threads = 1;
  options.kv_cache_type = type;
  return tasks::LoadLanguageModel(options);
}

// log of the softmax of logits at `id`.
double LogProbability(absl::Span<const float> logits, int32_t id) {
  double max = -INFINITY, sum = 0;
  for (const float logit : logits) max = std::max<double>(max, logit);
  for (const float logit : logits) sum += std::exp(logit - max);
  return logits[id] - max - std::log(sum);
}

int32_t Sample(absl::Span<const float> logits, std::mt19937* random) {
  std::vector<double> weights;
  for (const float logit : logits) weights.push_back(std::exp(logit - logits[0]));
  return std::discrete_distribution<int32_t>(weights.begin(), weights.end())(*random);
}

// `count` tokens after the first, 1, that a model writes into an empty context.
std::vector<int32_t> Write(llm::LlmModel* model, int count, uint32_t seed) {
  auto context = *model->NewContext();
  std::mt19937 random(seed);
  std::vector<int32_t> ids = {1};
  while (static_cast<int>(ids.size()) <= count) {
    const auto logits = context->Decode(ids.back(), nullptr);
    EXPECT_TRUE(logits.ok()) << logits.status();
    if (!logits.ok()) break;
    ids.push_back(Sample(*logits, &random));
  }
  return ids;
}

// The mean of -log of the probability of ids[1..] in nats. The first `prefill` through prefill.
double Loss(llm::LlmModel* model, const std::vector<int32_t>& ids, int prefill) {
  auto context = *model->NewContext();
  EXPECT_TRUE(context->Prefill(absl::MakeConstSpan(ids).subspan(0, prefill), nullptr).ok());
  double sum = 0;
  for (size_t i = prefill; i + 1 < ids.size(); ++i) {
    const auto logits = context->Decode(ids[i], nullptr);
    EXPECT_TRUE(logits.ok()) << logits.status();
    if (!logits.ok()) break;
    sum -= LogProbability(*logits, ids[i + 1]);
  }
  return sum / static_cast<double>(ids.size() - 1 - prefill);
}

struct Losses {
  double of[3] = {0, 0, 0};  // as kTypes
};

Losses LossesOf(const std::string& path, int tokens) {
  constexpr int kTexts = 4, kPrefill = 40;
  Losses losses;
  std::vector<std::vector<int32_t>> texts;
  for (const KvCacheType type : kTypes) {
    auto model = Load(path, type);
    EXPECT_TRUE(model.ok()) << model.status();
    if (!model.ok()) break;
    if (texts.empty()) {
      for (uint32_t t = 0; t < kTexts; ++t) texts.push_back(Write(model->model.get(), tokens, t));
    }
    double& loss = losses.of[static_cast<int>(type)];
    for (const auto& text : texts) loss += Loss(model->model.get(), text, kPrefill) / kTexts;
  }
  for (const KvCacheType type : kTypes) {
    ::testing::Test::RecordProperty(
        path.substr(path.rfind('/') + 1) + " " + std::to_string(static_cast<int>(type)),
        std::to_string(losses.of[static_cast<int>(type)]));
  }
  return losses;
}

// Keys and values of float16 are off by 2^-11 of themselves at most, those of int8 by half of 1/127
// of the greatest of their row. Scores of stories260K are sums of 8 products that seldom exceed 10:
// an error of 0.4 % of the greatest is some 0.02 of a score, which moves the loss in the second
// order: a few times 0.02^2 a layer; for float16 that is below 1e-5, and what is left is the chance
// of the text. Weights of integers quantize activations on the way: any change flips some of their
// roundings, which moves the loss of a token by some 0.05 either way, and the mean over 1,440 of
// them by some 0.0013; the bound is four times that.
void ExpectSmallLoss(const Losses& losses, bool float_weights = false) {
  EXPECT_NEAR(losses.of[1], losses.of[0], float_weights ? 2e-4 : 5e-3);
  EXPECT_NEAR(losses.of[2], losses.of[0], 1e-2);
  EXPECT_NE(losses.of[2], losses.of[0]) << "the cache is not what was asked for";
}

TEST(KvCacheGoldenTest, LossOfEveryFormOfTheStoryModel) {
  SKIP_WITHOUT_TESTDATA();
  for (const char* file :
       {"stories260K_f32_ekv512.tflite", "stories260K_q8_ekv512.tflite",
        "stories260K_tr_q8_ekv512.tflite", "stories260K_mask_q8_ekv512.tflite",
        "stories260K_q4_block32_ekv512.tflite", "stories260K_hfexport_q8.litertlm"}) {
    SCOPED_TRACE(file);
    ExpectSmallLoss(LossesOf(TestdataDir() + "/llm/stories260K/" + file, 400),
                    file == std::string("stories260K_f32_ekv512.tflite"));
  }
}

TEST(KvCacheGoldenTest, LossOfTheModelThatShips) {
  ExpectSmallLoss(
      LossesOf(std::string(EDGETASKS_SOURCE_DIR) + "/models/story/story.litertlm", 900));
}

TEST(KvCacheGoldenTest, CachesTakeTheBytesOfTheirType) {
  SKIP_WITHOUT_TESTDATA();
  const std::string path = TestdataDir() + "/llm/stories260K/stories260K_tr_q8_ekv512.tflite";
  int64_t bytes[3] = {0, 0, 0};
  for (const KvCacheType type : kTypes) {
    auto model = Load(path, type);
    ASSERT_TRUE(model.ok()) << model.status();
    for (const llm::CacheLayout& layout : model->model->cache_layouts()) {
      EXPECT_EQ(layout.shape.dim(layout.position_axis), 512);
      EXPECT_TRUE(layout.by_position);
      bytes[static_cast<int>(type)] += layout.bytes;
    }
  }
  EXPECT_EQ(bytes[1], bytes[0] / 2);
  EXPECT_EQ(bytes[2], bytes[0] / 4 + bytes[0] / 8);  // rows of 8 elements have a scale of 4 bytes
}

TEST(KvCacheGoldenTest, AContextCanBeClonedAndResetInEveryType) {
  SKIP_WITHOUT_TESTDATA();
  const std::string path = TestdataDir() + "/llm/stories260K/stories260K_tr_q8_ekv512.tflite";
  for (const KvCacheType type : kTypes) {
    auto model = Load(path, type);
    ASSERT_TRUE(model.ok()) << model.status();
    auto context = *model->model->NewContext();
    const std::vector<int32_t> ids = Write(model->model.get(), 60, 5);
    ASSERT_TRUE(context->Prefill(absl::MakeConstSpan(ids).subspan(0, 60), nullptr).ok());
    auto clone = *context->Clone();
    const auto logits_of = [&](llm::LlmExecutor* executor) {
      const auto logits = executor->Decode(ids[60], nullptr);
      EXPECT_TRUE(logits.ok()) << logits.status();
      return std::vector<float>(logits->begin(), logits->end());
    };
    const std::vector<float> first = logits_of(context.get());
    EXPECT_EQ(logits_of(clone.get()), first);
    ASSERT_TRUE(context->Reset().ok());
    ASSERT_TRUE(context->Prefill(absl::MakeConstSpan(ids).subspan(0, 60), nullptr).ok());
    EXPECT_EQ(logits_of(context.get()), first);
  }
}

TEST(KvCacheGoldenTest, RefusesWhatAModelDoesNotAllow) {
  SKIP_WITHOUT_TESTDATA();
  const auto refused = Load(TestdataDir() + "/ops/no_such_model.tflite", KvCacheType::kInt8);
  EXPECT_FALSE(refused.ok());
  const auto wrong = Load(TestdataDir() + "/llm/stories260K/stories260K_tr_q8_ekv512.tflite",
                          static_cast<KvCacheType>(7));
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(GetErrorDetail(wrong.status()), ErrorDetail::kInvalidOption);
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("kv_cache_type is 7"));
}

}  // namespace
}  // namespace edgetasks
