// Language models that other people's converters wrote, against LiteRT's and PyTorch's answers.
// What each number in the data is: the README.md of the test data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "tasks/llm_inference/language_model.h"
#include "tests/golden/golden_data.h"

namespace edgetasks {
namespace {

using testing::ReadFloats;
using testing::ReadJson;
using testing::TestdataDir;
using Logits = std::vector<float>;

tasks::LanguageModel Load(const std::string& path) {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = path;
  absl::StatusOr<tasks::LanguageModel> model = tasks::LoadLanguageModel(options);
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *std::move(model) : tasks::LanguageModel{};
}

int ArgMax(absl::Span<const float> logits) {
  return static_cast<int>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

// One step; the logits after it.
Logits Decode(llm::LlmExecutor* context, int32_t id) {
  const auto logits = context->Decode(id, nullptr);
  EXPECT_TRUE(logits.ok()) << logits.status();
  return logits.ok() ? Logits(logits->begin(), logits->end()) : Logits(context->vocab_size());
}

// The prompt but its last id through prefill, the rest one by one through decode: the logits after
// the last id of the prompt and after each of `next`.
std::vector<Logits> Feed(llm::LlmExecutor* context, const std::vector<int32_t>& prompt,
                         const std::vector<int32_t>& next) {
  const absl::Status status =
      context->Prefill(absl::MakeConstSpan(prompt).subspan(0, prompt.size() - 1), nullptr);
  EXPECT_TRUE(status.ok()) << status;
  std::vector<Logits> all = {Decode(context, prompt.back())};
  for (const int32_t id : next) all.push_back(Decode(context, id));
  return all;
}

std::vector<int32_t> Greedy(llm::LlmExecutor* context, const std::vector<int32_t>& prompt,
                            int count) {
  std::vector<int32_t> ids = {ArgMax(Feed(context, prompt, {})[0])};
  while (static_cast<int>(ids.size()) < count) ids.push_back(ArgMax(Decode(context, ids.back())));
  return ids;
}

double Rms(const std::vector<Logits>& a, const std::vector<Logits>& b) {
  double sum = 0;
  int64_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t v = 0; v < a[i].size(); ++v, ++count) {
      const double difference = static_cast<double>(a[i][v]) - b[i][v];
      sum += difference * difference;
    }
  }
  return std::sqrt(sum / count);
}

std::vector<double> LogSoftmax(const Logits& logits) {
  const double max = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float l : logits) sum += std::exp(l - max);
  std::vector<double> result;
  for (const float l : logits) result.push_back(l - max - std::log(sum));
  return result;
}

// Mean of KL(truth || other) over positions, in nats.
double MeanKl(const std::vector<Logits>& truth, const std::vector<Logits>& other) {
  double sum = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    const std::vector<double> p = LogSoftmax(truth[i]), q = LogSoftmax(other[i]);
    for (size_t v = 0; v < p.size(); ++v) sum += std::exp(p[v]) * (p[v] - q[v]);
  }
  return sum / static_cast<double>(truth.size());
}

std::string Stories() { return TestdataDir() + "/llm/stories260K/"; }

class GreedyStoryTest : public ::testing::TestWithParam<const char*> {};

TEST_P(GreedyStoryTest, ChoosesLiteRtsTokens) {
  SKIP_WITHOUT_TESTDATA();
  const std::string file = GetParam();
  // The bundle holds the f32 model.
  const std::string key = file == "stories260K_f32.task" ? "stories260K_f32_ekv512.tflite" : file;
  const auto goldens = ReadJson(Stories() + "goldens_litert.json");
  const tasks::LanguageModel model = Load(Stories() + file);
  ASSERT_NE(model.model, nullptr);
  ASSERT_EQ(goldens[key].size(), 5);
  for (const auto& golden : goldens[key]) {
    auto context = model.model->NewContext();
    ASSERT_TRUE(context.ok());
    EXPECT_EQ(Greedy(context->get(), golden["ids"], 64), golden["out"].get<std::vector<int32_t>>())
        << golden["prompt"];
  }
}
INSTANTIATE_TEST_SUITE_P(Files, GreedyStoryTest,
                         ::testing::Values("stories260K_f32_ekv512.tflite",
                                           "stories260K_fp16_ekv512.tflite",
                                           "stories260K_f32.task"));

// The logits of a file for each prompt, followed by the first 63 tokens of the f32 continuation,
// all fed one by one through decode.
std::vector<Logits> TeacherForced(const std::string& file) {
  const auto goldens = ReadJson(Stories() + "goldens_litert.json");
  const tasks::LanguageModel model = Load(Stories() + file);
  std::vector<Logits> all;
  if (model.model == nullptr) return all;
  for (const auto& golden : goldens["stories260K_f32_ekv512.tflite"]) {
    auto context = model.model->NewContext();
    if (!context.ok()) return {};
    const std::vector<int32_t> prompt = golden["ids"];
    std::vector<int32_t> out = golden["out"];
    out.resize(63);
    for (size_t i = 0; i + 1 < prompt.size(); ++i) Decode(context->get(), prompt[i]);
    all.push_back(Decode(context->get(), prompt.back()));
    for (const int32_t id : out) all.push_back(Decode(context->get(), id));
  }
  return all;
}

class TeacherForcedTest : public ::testing::TestWithParam<const char*> {};

// No further from the f32 model than LiteRT is, with 5 % for rounding that falls the other way.
TEST_P(TeacherForcedTest, StaysAsCloseToTheFloatModelAsLiteRt) {
  SKIP_WITHOUT_TESTDATA();
  static const std::vector<Logits> truth = TeacherForced("stories260K_f32_ekv512.tflite");
  ASSERT_EQ(truth.size(), 5 * 64);
  const std::vector<Logits> ours = TeacherForced(GetParam());
  ASSERT_EQ(ours.size(), truth.size());
  const auto reference = ReadJson(Stories() + "teacher_forced_litert.json")[GetParam()];
  const double rms = Rms(ours, truth), kl = MeanKl(truth, ours);
  EXPECT_LE(rms, 1.05 * reference["rms"].get<double>());
  EXPECT_LE(kl, 1.05 * reference["kl"].get<double>());
  RecordProperty("rms", std::to_string(rms));
  RecordProperty("kl", std::to_string(kl));
}
INSTANTIATE_TEST_SUITE_P(
    Files, TeacherForcedTest,
    ::testing::Values("stories260K_fp16_ekv512.tflite", "stories260K_q8_ekv512.tflite",
                      "stories260K_q8_wo_ekv512.tflite", "stories260K_mask_q8_ekv512.tflite",
                      "stories260K_tr_q8_ekv512.tflite", "stories260K_q4_block32_ekv512.tflite",
                      "stories260K_hfexport_default.litertlm", "stories260K_hfexport_q8.litertlm",
                      "stories260K_hfexport_wo8.litertlm", "stories260K_hfexport_q4.litertlm"));

class PrefillGoldenTest : public ::testing::TestWithParam<const char*> {};

// A prompt through prefill gives the logits that it gives one token at a time, whatever signatures
// it is cut into, up to the last slot of the context. The two differ in the order of float sums
// only: 1e-4 of the logits' range (about 20) is some 100 roundings of the largest logit.
TEST_P(PrefillGoldenTest, EqualsDecodingTokenByToken) {
  SKIP_WITHOUT_TESTDATA();
  const tasks::LanguageModel model = Load(Stories() + GetParam());
  ASSERT_NE(model.model, nullptr);
  const int capacity = model.model->graph().capacity;
  std::vector<int32_t> ids(capacity);
  for (int i = 0; i < capacity; ++i) ids[i] = 3 + (i * 7919) % 500;
  auto slow = model.model->NewContext();
  ASSERT_TRUE(slow.ok());
  std::vector<Logits> expected;
  for (const int32_t id : ids) expected.push_back(Decode(slow->get(), id));
  // Below, at and above the lengths of the signatures (16 and 128), and the end of the context.
  for (const int length : {2, 16, 17, 20, 129, 150, 300, capacity - 17, capacity - 2, capacity}) {
    auto context = model.model->NewContext();
    ASSERT_TRUE(context.ok());
    const std::vector<int32_t> prompt(ids.begin(), ids.begin() + length);
    const Logits logits = Feed(context->get(), prompt, {})[0];
    double worst = 0;
    for (size_t v = 0; v < logits.size(); ++v) {
      worst = std::max(worst, std::abs(static_cast<double>(logits[v]) - expected[length - 1][v]));
    }
    EXPECT_LT(worst, 2e-3) << "a prompt of " << length << " tokens";
  }
}
INSTANTIATE_TEST_SUITE_P(Files, PrefillGoldenTest,
                         ::testing::Values("stories260K_f32_ekv512.tflite",
                                           "stories260K_fp16_ekv512.tflite",
                                           "stories260K_q8_wo_ekv512.tflite",
                                           "stories260K_hfexport_wo8.litertlm"));

class ZooTest : public ::testing::TestWithParam<const char*> {};

// Float files: within 2e-3 of the range of LiteRT's logits. Quantized ones: within 3 % of it (RMS),
// and no further from the unquantized PyTorch model than 1.1 times LiteRT is.
TEST_P(ZooTest, AgreesWithLiteRtAndPyTorch) {
  SKIP_WITHOUT_TESTDATA();
  const std::string name = GetParam();
  const std::string base = TestdataDir() + "/llm/zoo/" + name;
  const auto golden = ReadJson(base + ".json");
  const std::vector<float> litert = ReadFloats(base + ".logits.f32");
  const tasks::LanguageModel model = Load(base + ".tflite");
  ASSERT_NE(model.model, nullptr);
  auto context = model.model->NewContext();
  ASSERT_TRUE(context.ok());
  std::vector<int32_t> next = golden["greedy_ids"];
  next.pop_back();
  Logits ours;
  for (const Logits& row : Feed(context->get(), golden["prompt_ids"], next)) {
    ours.insert(ours.end(), row.begin(), row.end());
  }
  ASSERT_EQ(ours.size(), litert.size());
  const auto [min, max] = std::minmax_element(litert.begin(), litert.end());
  const double range = *max - *min;
  const bool quantized = name.find("_q8") != name.npos || name.find("_q4") != name.npos;
  if (quantized) {
    EXPECT_LE(Rms({ours}, {litert}), 0.03 * range);
    const std::vector<float> torch = ReadFloats(base + ".torch.f32");
    ASSERT_EQ(torch.size(), ours.size());
    EXPECT_LE(Rms({ours}, {torch}), 1.1 * Rms({litert}, {torch}));
  } else {
    double worst = 0;
    for (size_t i = 0; i < ours.size(); ++i) {
      worst = std::max(worst, std::abs(static_cast<double>(ours[i]) - litert[i]));
    }
    EXPECT_LE(worst, 2e-3 * range);
  }
}
INSTANTIATE_TEST_SUITE_P(Models, ZooTest,
                         ::testing::Values("amd_f32_ekv128", "deepseek_mask_tr_q8_ekv128",
                                           "gemma1_f32_ekv128", "gemma2_mask_tr_mask_tr_f32_ekv128",
                                           "llama32_fp16_fp16_ekv128", "phi2_f32_ekv128",
                                           "qwen25_q8_ekv128", "qwen3_q8_ekv128",
                                           "smollm2_f32_ekv128", "tinyllama_q4_block32_ekv128"));

}  // namespace
}  // namespace edgetasks
