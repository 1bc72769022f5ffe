// How sessions choose tokens, held against Hugging Face transformers (record_sampling.py).
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tasks/llm_inference/llm_inference_task.h"
#include "tests/golden/golden_data.h"
#include "tests/support/testdata.h"

namespace edgetasks::tasks {
namespace {

using nlohmann::json;

constexpr int kDraws = 1500;

LlmInferenceSessionOptions ToOptions(const json& o) {
  LlmInferenceSessionOptions options;
  options.max_output_tokens = 1;
  options.num_logprobs = 0;
  options.temperature = o.value("temperature", 1.0f);
  options.top_k = o.value("top_k", 512);
  options.top_p = o.value("top_p", 1.0f);
  options.min_p = o.value("min_p", 0.0f);
  options.typical_p = o.value("typical_p", 1.0f);
  options.repetition_penalty = o.value("repetition_penalty", 1.0f);
  options.no_repeat_ngram_size = o.value("no_repeat_ngram_size", 0);
  options.suppressed_tokens = o.value("suppress_tokens", std::vector<int>{});
  for (const json& bias : o.value("sequence_bias", json::array())) {
    options.logit_bias.push_back({bias[0][0], bias[1]});
  }
  return options;
}

// Pearson's statistic of `counts` against the probabilities, and its degrees of freedom. Tokens of
// which fewer than five are expected are one class.
std::pair<double, int> ChiSquare(const json& probabilities, const std::map<int, int>& counts) {
  double statistic = 0.0, rare = 0.0;
  int classes = 0, rare_count = kDraws;
  const auto add = [&](double expected, int seen) {
    statistic += (seen - expected) * (seen - expected) / expected;
    ++classes;
  };
  for (const json& entry : probabilities) {
    const double expected = entry[1].get<double>() * kDraws;
    if (expected < 5.0) {
      rare += expected;
      continue;
    }
    const auto it = counts.find(entry[0].get<int>());
    const int seen = it == counts.end() ? 0 : it->second;
    rare_count -= seen;
    add(expected, seen);
  }
  if (rare > 0.5) add(rare, rare_count);
  return {statistic, classes - 1};
}

TEST(SamplingGoldenTest, TokensComeAsOftenAsTransformersWouldDraw) {
  SKIP_WITHOUT_TESTDATA();
  const std::string model = testing::TestdataDir() + "/llm/stories260K/stories260K_f32.task";
  const json goldens = testing::ReadJson(test::SourcePath("tests/golden/data/sampling_hf.json"));
  ASSERT_TRUE(goldens.is_object());
  LlmInferenceOptions engine;
  engine.base_options.model_asset_path = model;
  engine.base_options.num_threads = 1;
  auto task = LlmInferenceTask::Create(engine);
  ASSERT_TRUE(task.ok()) << task.status();
  for (const json& golden : goldens["cases"]) {
    const std::string name = golden["prompt"].get<std::string>() + golden["options"].dump();
    auto session = (*task)->CreateSession(ToOptions(golden["options"]));
    ASSERT_TRUE(session.ok()) << session.status();
    ASSERT_TRUE((*session)->AddQueryChunk(golden["prompt"].get<std::string>()).ok());
    ASSERT_EQ((*session)->context_used(), golden["ids"].size()) << name;
    std::map<int, int> counts;
    for (int i = 0; i < kDraws; ++i) {
      const auto response = (*session)->GenerateResponse();
      ASSERT_TRUE(response.ok()) << response.status();
      ++counts[response->tokens[0].chosen.id];
      ASSERT_TRUE((*session)->Rewind(static_cast<int>(golden["ids"].size())).ok());
    }
    // No token that transformers rules out.
    std::map<int, double> possible;
    for (const json& entry : golden["probabilities"]) possible[entry[0]] = entry[1];
    for (const auto& [id, count] : counts) {
      EXPECT_TRUE(possible.count(id) == 1) << name << " chose token " << id;
    }
    const auto [statistic, freedom] = ChiSquare(golden["probabilities"], counts);
    // By Laurent and Massart (2000, lemma 1) a chi-square variable of k degrees exceeds
    // k + 2 sqrt(k x) + 2 x with probability e^-x at most; x = 12: less than once in 160,000.
    const double bound = freedom + 2 * std::sqrt(freedom * 12.0) + 2 * 12.0;
    EXPECT_LE(statistic, bound) << name << ": " << freedom << " degrees of freedom";
  }
}

}  // namespace
}  // namespace edgetasks::tasks
