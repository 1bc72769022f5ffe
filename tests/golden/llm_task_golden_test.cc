// The LlmInference task over real files: text in, text out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/error.h"
#include "tasks/llm_inference/llm_benchmark.h"
#include "tasks/llm_inference/llm_inference_task.h"
#include "tests/golden/golden_data.h"

namespace edgetasks {
namespace {

using tasks::LlmInferenceTask;
using tasks::LlmSessionTask;
using ::testing::HasSubstr;
using testing::ReadJson;
using ::testing::StartsWith;
using testing::TestdataDir;

std::string Stories() { return TestdataDir() + "/llm/stories260K/"; }

LlmInferenceOptions OptionsFor(const std::string& path, const std::string& tokenizer = "") {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = path;
  options.tokenizer_path = tokenizer;
  return options;
}

LlmInferenceSessionOptions GreedyTokens(int count) {
  LlmInferenceSessionOptions options;
  options.temperature = 0.0f;
  options.max_output_tokens = count;
  return options;
}

std::string Continue(LlmInferenceTask* task, const std::string& prompt, int tokens) {
  auto session = task->CreateSession(GreedyTokens(tokens));
  EXPECT_TRUE(session.ok()) << session.status();
  EXPECT_TRUE((*session)->AddQueryChunk(prompt).ok());
  const auto response = (*session)->GenerateResponse();
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->text : "";
}

// The golden text is the decoded ids alone, as the start of a text; ours continues the prompt, so
// it may have one space more in front. The first stop token of the f32 model comes after 64 tokens.
void ExpectGoldenTexts(LlmInferenceTask* task) {
  const auto goldens = ReadJson(Stories() + "goldens_litert.json");
  for (const auto& golden : goldens["stories260K_f32_ekv512.tflite"]) {
    const std::string text = Continue(task, golden["prompt"], 64);
    const std::string expected = golden["text"];
    EXPECT_TRUE(text == expected || text == " " + expected) << text << "\nexpected: " << expected;
  }
}

TEST(LlmTaskGoldenTest, ContinuesPromptsFromABareFileWithItsTokenizer) {
  SKIP_WITHOUT_TESTDATA();
  for (const char* file : {"stories260K_f32_ekv512.tflite", "stories260K_fp16_ekv512.tflite"}) {
    auto task =
        LlmInferenceTask::Create(OptionsFor(Stories() + file, Stories() + "hf/tokenizer.model"));
    ASSERT_TRUE(task.ok()) << task.status();
    ExpectGoldenTexts(task->get());
  }
}

TEST(LlmTaskGoldenTest, ContinuesPromptsFromATaskBundle) {
  SKIP_WITHOUT_TESTDATA();
  auto task = LlmInferenceTask::Create(OptionsFor(Stories() + "stories260K_f32.task"));
  ASSERT_TRUE(task.ok()) << task.status();
  ExpectGoldenTexts(task->get());
}

TEST(LlmTaskGoldenTest, EveryBundleTellsAStory) {
  SKIP_WITHOUT_TESTDATA();
  for (const char* file :
       {"stories260K_q8.task", "stories260K_tr_q8.litertlm",
        "stories260K_hfexport_default.litertlm", "stories260K_hfexport_q8.litertlm",
        "stories260K_hfexport_wo8.litertlm"}) {
    auto task = LlmInferenceTask::Create(OptionsFor(Stories() + file));
    ASSERT_TRUE(task.ok()) << task.status();
    EXPECT_THAT(Continue(task->get(), "Once upon a time", 64),
                StartsWith(", there was a little girl named Lily. She loved to play outside"))
        << file;
  }
}

TEST(LlmTaskGoldenTest, SessionsOfOneModelDoNotDisturbOneAnother) {
  SKIP_WITHOUT_TESTDATA();
  auto task = LlmInferenceTask::Create(OptionsFor(Stories() + "stories260K_q8.task"));
  ASSERT_TRUE(task.ok()) << task.status();
  const std::vector<std::string> prompts = {"Once upon a time", "The dog was very", "Lily and Tom"};
  std::vector<std::string> alone;
  for (const std::string& prompt : prompts) alone.push_back(Continue(task->get(), prompt, 48));
  std::vector<std::unique_ptr<LlmSessionTask>> sessions;
  std::vector<tasks::LlmResponseFuture> futures;
  for (const std::string& prompt : prompts) {
    sessions.push_back(*(*task)->CreateSession(GreedyTokens(48)));
    ASSERT_TRUE(sessions.back()->AddQueryChunk(prompt).ok());
  }
  task->reset();  // sessions keep what they need
  for (auto& session : sessions) futures.push_back(*session->GenerateResponseAsync(nullptr));
  for (size_t i = 0; i < prompts.size(); ++i) EXPECT_EQ(futures[i].Get()->text, alone[i]);
}

// Both kinds of cache: updated in place, and written beside what is read.
TEST(LlmTaskGoldenTest, ACloneTellsTheRestOfTheStory) {
  SKIP_WITHOUT_TESTDATA();
  for (const char* file : {"stories260K_q8.task", "stories260K_hfexport_default.litertlm"}) {
    auto task = LlmInferenceTask::Create(OptionsFor(Stories() + file));
    ASSERT_TRUE(task.ok()) << task.status();
    const std::string whole = Continue(task->get(), "Once upon a time", 48);
    auto session = *(*task)->CreateSession(GreedyTokens(24));
    ASSERT_TRUE(session->AddQueryChunk("Once upon a time").ok());
    const std::string half = session->GenerateResponse()->text;
    auto clone = session->Clone();
    ASSERT_TRUE(clone.ok()) << clone.status();
    EXPECT_EQ(half + session->GenerateResponse()->text, whole) << file;
    session.reset();
    EXPECT_EQ(half + (*clone)->GenerateResponse()->text, whole) << file;
  }
}

TEST(LlmTaskGoldenTest, FillsTheContextAndSaysSo) {
  SKIP_WITHOUT_TESTDATA();
  LlmInferenceOptions options = OptionsFor(Stories() + "stories260K_q8.task");
  options.max_tokens = 40;
  auto task = LlmInferenceTask::Create(options);
  ASSERT_TRUE(task.ok()) << task.status();
  auto session = (*task)->CreateSession(GreedyTokens(0));
  ASSERT_TRUE((*session)->AddQueryChunk("Once upon a time").ok());
  const auto response = (*session)->GenerateResponse();
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->finish_reason, FinishReason::kContextFull);
  EXPECT_EQ(response->prompt_tokens, 5);
  EXPECT_EQ(response->output_tokens, 36);  // 40 fed, and the last one, which is not
}

TEST(LlmTaskGoldenTest, RefusesMaxTokensBeyondTheModel) {
  SKIP_WITHOUT_TESTDATA();
  LlmInferenceOptions options = OptionsFor(Stories() + "stories260K_q8.task");
  options.max_tokens = 4096;
  const auto task = LlmInferenceTask::Create(options);
  EXPECT_EQ(GetErrorDetail(task.status()), ErrorDetail::kInvalidOption);
  EXPECT_THAT(std::string(task.status().message()),
              HasSubstr("max_tokens is 4096, but the model's caches hold 512 tokens"));
}

TEST(LlmTaskGoldenTest, AsksForTheTokenizerThatABareFileLacks) {
  SKIP_WITHOUT_TESTDATA();
  auto task = LlmInferenceTask::Create(OptionsFor(Stories() + "stories260K_q8_ekv512.tflite"));
  EXPECT_EQ(GetErrorDetail(task.status()), ErrorDetail::kMissingPart);
  EXPECT_THAT(std::string(task.status().message()), HasSubstr("set tokenizer_path"));
}

TEST(LlmTaskGoldenTest, TheTokenizerJsonTellsTheSameStory) {
  SKIP_WITHOUT_TESTDATA();
  std::vector<std::string> texts;
  for (const char* tokenizer : {"hf/tokenizer.model", "hf/tokenizer.json"}) {
    auto task = LlmInferenceTask::Create(
        OptionsFor(Stories() + "stories260K_q8_ekv512.tflite", Stories() + tokenizer));
    ASSERT_TRUE(task.ok()) << task.status();
    texts.push_back(Continue(task->get(), "Once upon a time, \xC3\xA9", 48));
  }
  EXPECT_FALSE(texts[0].empty());
  EXPECT_EQ(texts[0], texts[1]);
}

TEST(LlmTaskGoldenTest, RefusesAPictureClassifier) {
  SKIP_WITHOUT_TESTDATA();
  const auto task = LlmInferenceTask::Create(
      OptionsFor(TestdataDir() + "/vision/models/mobilenet_v2_f32_meta.tflite"));
  EXPECT_EQ(GetErrorDetail(task.status()), ErrorDetail::kNotALanguageModel);
}

// The model that ships. The text is LiteRT-LM 0.18.1's (greedy).
TEST(StoryModelTest, TellsTheStoryThatLiteRtLmTells) {
  for (const char* file : {"story.litertlm", "story.task"}) {
    const std::string path = std::string(EDGETASKS_SOURCE_DIR) + "/models/story/" + file;
    auto task = LlmInferenceTask::Create(OptionsFor(path));
    ASSERT_TRUE(task.ok()) << task.status();
    EXPECT_EQ((*task)->max_tokens(), 1024);
    EXPECT_THAT(Continue(task->get(), "Once upon a time", 48),
                StartsWith(", there was a little girl named Lily. She loved to play outside in the "
                           "park. One day, she saw a big, red ball. She wanted to play with it,"))
        << file;
  }
}

TEST(LlmTaskGoldenTest, MeasuresWithoutATokenizer) {
  SKIP_WITHOUT_TESTDATA();
  LlmInferenceOptions options;
  options.base_options.model_asset_path = Stories() + "stories260K_q8_ekv512.tflite";
  const auto benchmark = tasks::RunLlmBenchmark(options, 40, 8);
  ASSERT_TRUE(benchmark.ok()) << benchmark.status();
  EXPECT_GT(benchmark->prefill_tokens_per_s, 0);
  EXPECT_GT(benchmark->decode_tokens_per_s, 0);
  EXPECT_FALSE(tasks::RunLlmBenchmark(options, 500, 13).ok());
}

}  // namespace
}  // namespace edgetasks
