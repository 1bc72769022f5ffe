// What sessions promise, with a real model: the text with a feature is the text without it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <vector>

#include "core/base/error.h"
#include "tasks/llm_inference/llm_inference_task.h"
#include "tests/support/testdata.h"

namespace edgetasks::tasks {
namespace {

constexpr char kPrompt[] = "Once upon a time there was a little dog";

class SessionStoryTest : public ::testing::Test {
 protected:
  SessionStoryTest() { Load(1); }

  void Load(int max_idle_contexts, int num_threads = 1) {
    LlmInferenceOptions options;
    options.base_options.model_asset_path = test::SourcePath("models/story/story.task");
    options.base_options.num_threads = num_threads;
    options.max_idle_contexts = max_idle_contexts;
    auto task = LlmInferenceTask::Create(options);
    ASSERT_TRUE(task.ok()) << task.status();
    task_ = *std::move(task);
  }

  // Chance makes every difference show.
  static LlmInferenceSessionOptions Options(int max_output_tokens) {
    LlmInferenceSessionOptions options;
    options.temperature = 1.0f;
    options.random_seed = 7;
    options.max_output_tokens = max_output_tokens;
    return options;
  }

  std::unique_ptr<LlmSessionTask> Open(const LlmInferenceSessionOptions& options,
                                       absl::string_view prompt = kPrompt) {
    auto session = task_->CreateSession(options);
    EXPECT_TRUE(session.ok()) << session.status();
    EXPECT_TRUE((*session)->AddQueryChunk(prompt).ok());
    return *std::move(session);
  }

  // The text of so many tokens without any feature.
  std::string Plain(int tokens) { return Open(Options(tokens))->GenerateResponse()->text; }

  std::unique_ptr<LlmInferenceTask> task_;
};

TEST_F(SessionStoryTest, CancelledAtEveryTokenTheTextIsTheSame) {
  const std::string expected = Plain(64);
  for (int at = 1; at < 64; ++at) {
    auto session = Open(Options(64));
    int tokens = 0;
    LlmInferenceSessionOptions watched = Options(64);
    watched.num_logprobs = 0;
    auto future = session->GenerateResponseStream(
        [&](const LlmResponseEvent& event) {
          tokens += static_cast<int>(event.tokens.size());
          if (tokens == at) session->Cancel();
        },
        &watched);
    const auto first = future->Get();
    ASSERT_TRUE(first.ok()) << first.status();
    EXPECT_EQ(first->finish_reason, FinishReason::kCancelled);
    EXPECT_EQ(first->output_tokens, at);
    const LlmInferenceSessionOptions rest = Options(64 - at);
    EXPECT_EQ(first->text + session->GenerateResponse(&rest)->text, expected) << at;
  }
}

TEST_F(SessionStoryTest, ACloneAndItsOriginalGoOnAlike) {
  const std::string expected = Plain(60);
  auto session = Open(Options(30));
  const std::string first = session->GenerateResponse()->text;
  auto clone = session->Clone();
  ASSERT_TRUE(clone.ok()) << clone.status();
  auto second = (*clone)->Clone();
  EXPECT_EQ(first + (*clone)->GenerateResponse()->text, expected);
  EXPECT_EQ(first + session->GenerateResponse()->text, expected);
  session.reset();
  clone->reset();
  EXPECT_EQ(first + (*second)->GenerateResponse()->text, expected);
}

TEST_F(SessionStoryTest, GoesBackToWhereItWas) {
  auto session = Open(Options(20));
  session->GenerateResponse().IgnoreError();
  const auto checkpoint = session->Checkpoint();
  const std::string expected = session->GenerateResponse()->text;
  ASSERT_TRUE(session->AddQueryChunk("The end. And then").ok());
  session->GenerateResponse().IgnoreError();
  ASSERT_TRUE(session->Rewind(*checkpoint).ok());
  EXPECT_EQ(session->GenerateResponse()->text, expected);
}

TEST_F(SessionStoryTest, SavedAndLoadedElsewhereItGoesOn) {
  const std::string path = std::filesystem::path(::testing::TempDir()) / "session_story_test";
  auto session = Open(Options(20));
  const std::string first = session->GenerateResponse()->text;
  ASSERT_TRUE(session->Save(path).ok());
  const std::string second = session->GenerateResponse()->text;
  session.reset();
  Load(1);  // another engine
  auto loaded = task_->LoadSession(path, Options(20));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->GenerateResponse()->text, second);
  std::filesystem::remove(path);
}

TEST_F(SessionStoryTest, APrefixThatWasThereIsNotFedAgain) {
  LlmInferenceSessionOptions greedy = Options(30);
  greedy.temperature = 0.0f;
  const std::string other = std::string(kPrompt) + " who wanted a cat";
  Load(0);
  const std::string expected = Open(greedy, other)->GenerateResponse()->text;
  Load(1);
  Open(greedy)->GenerateResponse().IgnoreError();
  const auto response = Open(greedy, other)->GenerateResponse();
  EXPECT_EQ(response->text, expected);
  EXPECT_LE(response->prompt_tokens, 8);
}

TEST_F(SessionStoryTest, DroppingTurnsEqualsNeverHavingHadThem) {
  LlmInferenceSessionOptions greedy = Options(40);
  greedy.temperature = 0.0f;
  greedy.overflow_policy = LlmOverflowPolicy::kDropOldest;
  auto session = Open(greedy);
  // Until a turn was dropped.
  int before = 0;
  do {
    before = session->context_used();
    ASSERT_TRUE(session->GenerateResponse().ok());
    ASSERT_TRUE(session->AddQueryChunk(" Lily had a red ball.").ok());
  } while (session->context_used() > before);
  // The same tokens in a fresh session.
  auto copy = session->Clone();
  ASSERT_TRUE(copy.ok());
  const std::string text = session->GenerateResponse()->text;
  EXPECT_EQ((*copy)->GenerateResponse()->text, text);
  EXPECT_LE(session->context_used(), task_->max_tokens() + 1);
}

TEST_F(SessionStoryTest, ThreadsDoNotChangeTheText) {
  const std::string expected = Plain(60);
  Load(1, 2);
  EXPECT_EQ(Plain(60), expected);
}

// The same tokens, chosen one by one because a bias leaves nothing else: what the model held of
// them is what Score tells.
TEST_F(SessionStoryTest, ScoresATextAsIfItHadSaidIt) {
  auto session = Open(Options(1));
  const auto score = session->Score("The dog saw a big tree.");
  ASSERT_TRUE(score.ok()) << score.status();
  ASSERT_GE(score->tokens.size(), 6);
  double sum = 0.0;
  for (const LlmTokenLogprob& token : score->tokens) {
    LlmInferenceSessionOptions forced = Options(1);
    forced.logit_bias = {{token.id, 1e4f}};
    forced.num_logprobs = 3;
    const auto response = session->GenerateResponse(&forced);
    ASSERT_TRUE(response.ok()) << response.status();
    ASSERT_EQ(response->tokens.size(), 1);
    const LlmResponseToken& said = response->tokens[0];
    EXPECT_EQ(said.chosen.id, token.id);
    EXPECT_EQ(said.chosen.logprob, token.logprob);
    ASSERT_EQ(said.top.size(), 3);
    EXPECT_GE(said.top[0].logprob, said.top[1].logprob);
    EXPECT_GE(said.top[0].logprob, said.chosen.logprob);
    sum += token.logprob;
  }
  EXPECT_DOUBLE_EQ(score->logprob, sum);
}

TEST_F(SessionStoryTest, AHundredSessionsOfOneEngine) {
  const std::string expected = Plain(12);
  std::vector<std::unique_ptr<LlmSessionTask>> sessions;
  std::vector<LlmResponseFuture> futures;
  for (int i = 0; i < 100; ++i) sessions.push_back(Open(Options(6)));
  for (auto& session : sessions) {
    auto future = session->GenerateResponseAsync(nullptr);
    ASSERT_TRUE(future.ok()) << future.status();
    futures.push_back(*future);
  }
  for (int i = 0; i < 100; ++i) {
    const auto first = futures[i].Get();
    ASSERT_TRUE(first.ok()) << first.status();
    // Free again a little after its future completes.
    EXPECT_EQ(first->text + sessions[i]->GenerateResponse()->text, expected) << i;
  }
}

TEST_F(SessionStoryTest, AConstrainedResponseIsComplete) {
  LlmInferenceSessionOptions options = Options(40);
  options.response_format = {
      LlmResponseFormat::Kind::kRegex, " (yes|no), (a|the) [a-z]{3,8}\\.", {}};
  auto session = Open(options);
  const auto response = session->GenerateResponse();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->text, ::testing::MatchesRegex(" (yes|no), (a|the) [a-z]+\\."));
  EXPECT_EQ(response->finish_reason, FinishReason::kStopToken);
  options.response_format = {LlmResponseFormat::Kind::kChoice, "", {" one", " another one"}};
  const std::string choice = session->GenerateResponse(&options)->text;
  EXPECT_TRUE(choice == " one" || choice == " another one") << choice;
}

}  // namespace
}  // namespace edgetasks::tasks
