// Sessions that answer at the same time, whose steps are made together: each says what it says
// alone, whatever the others do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tasks/llm_inference/llm_inference_task.h"
#include "tests/support/testdata.h"

namespace edgetasks::tasks {
namespace {

// A session that differs from all others in what it is told and in how it answers.
struct Part {
  std::string prompt;
  LlmInferenceSessionOptions options;
};

Part PartOf(int i) {
  constexpr const char* kPrompts[] = {"Once upon a time", "Tom had a red ball. He",
                                      "The little dog was very sad because it", "Lily said:"};
  Part part;
  part.prompt = kPrompts[i % 4];
  for (int repeat = 0; repeat < i; ++repeat) part.prompt += " and then one day";
  part.options.max_output_tokens = 20 + 7 * i;
  part.options.random_seed = 100 + i;
  part.options.temperature = i % 3 == 0 ? 0.0f : 0.6f + 0.1f * static_cast<float>(i);
  if (i % 4 == 1) part.options.repetition_penalty = 1.2f;
  if (i % 4 == 2) part.options.top_p = 0.8f;
  if (i % 4 == 3) {
    part.options.response_format = {LlmResponseFormat::Kind::kRegex, "( [a-z]{1,9}){1,60}\\.", {}};
  }
  if (i % 5 == 4) part.options.num_logprobs = 2;
  return part;
}

class SessionsTogetherTest : public ::testing::TestWithParam<int> {
 protected:
  SessionsTogetherTest() {
    LlmInferenceOptions options;
    options.base_options.model_asset_path = test::SourcePath("models/story/story.task");
    options.base_options.num_threads = 2;
    options.max_idle_contexts = 0;
    auto task = LlmInferenceTask::Create(options);
    EXPECT_TRUE(task.ok()) << task.status();
    task_ = *std::move(task);
  }

  std::unique_ptr<LlmSessionTask> Open(const Part& part) {
    auto session = task_->CreateSession(part.options);
    EXPECT_TRUE(session.ok()) << session.status();
    EXPECT_TRUE((*session)->AddQueryChunk(part.prompt).ok());
    return *std::move(session);
  }

  std::string Alone(const Part& part) {
    const auto response = Open(part)->GenerateResponse();
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->text : "";
  }

  std::unique_ptr<LlmInferenceTask> task_;
};

// They begin one after the other, and end one after the other.
TEST_P(SessionsTogetherTest, EachSaysWhatItSaysAlone) {
  std::vector<std::string> expected, got(GetParam());
  for (int i = 0; i < GetParam(); ++i) expected.push_back(Alone(PartOf(i)));
  std::vector<std::thread> threads;
  for (int i = 0; i < GetParam(); ++i) {
    threads.emplace_back([&, i] { got[i] = Alone(PartOf(i)); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(got, expected);
}
INSTANTIATE_TEST_SUITE_P(Sessions, SessionsTogetherTest, ::testing::Range(2, 9));

using SessionsTogetherFaultTest = SessionsTogetherTest;

// One is cancelled at each of its tokens in turn while the others answer: they do not notice, and
// it goes on where it was.
TEST_P(SessionsTogetherFaultTest, ACancellationIsOnesOwn) {
  constexpr int kTokens = 12;
  std::vector<Part> parts;
  std::vector<std::string> expected;
  for (int i = 0; i < GetParam(); ++i) {
    parts.push_back(PartOf(4 * i + 1));  // none has a format: it ends where it is told
    parts[i].options.max_output_tokens = i == 0 ? kTokens : 3 * kTokens;
    parts[i].options.num_logprobs = 0;  // events tell of each token
    expected.push_back(Alone(parts[i]));
  }
  for (int at = 1; at < kTokens; ++at) {
    std::vector<std::string> got(GetParam());
    std::vector<std::thread> threads;
    for (int i = 1; i < GetParam(); ++i) {
      threads.emplace_back([&, i] { got[i] = Alone(parts[i]); });
    }
    auto session = Open(parts[0]);
    int tokens = 0;
    auto future = session->GenerateResponseStream([&](const LlmResponseEvent& event) {
      tokens += static_cast<int>(event.tokens.size());
      if (tokens == at) session->Cancel();
    });
    const auto first = future->Get();
    ASSERT_TRUE(first.ok()) << first.status();
    EXPECT_EQ(first->output_tokens, at);
    parts[0].options.max_output_tokens = kTokens - at;
    const auto rest = session->GenerateResponse(&parts[0].options);
    parts[0].options.max_output_tokens = kTokens;
    ASSERT_TRUE(rest.ok()) << rest.status();
    got[0] = first->text + rest->text;
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(got, expected) << at;
  }
}

// Deadlines end sessions in the middle of steps that others go on with.
TEST_P(SessionsTogetherFaultTest, ADeadlineIsOnesOwn) {
  const Part part = PartOf(5);
  const std::string expected = Alone(part);
  Part hurried = PartOf(1);
  hurried.options.max_output_tokens = 400;
  hurried.options.timeout_ms = 3;
  std::vector<std::thread> threads;
  for (int i = 1; i < GetParam(); ++i) {
    threads.emplace_back([&] {
      for (int again = 0; again < 5; ++again) Alone(hurried);
    });
  }
  for (int again = 0; again < 3; ++again) EXPECT_EQ(Alone(part), expected);
  for (std::thread& thread : threads) thread.join();
}
INSTANTIATE_TEST_SUITE_P(Sessions, SessionsTogetherFaultTest, ::testing::Values(2, 5));

}  // namespace
}  // namespace edgetasks::tasks
