#include "tasks/llm_inference/llm_session_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <limits>

#include "core/base/error.h"
#include "tests/support/fake_llm_executor.h"
#include "tests/support/letter_tokenizer.h"

namespace edgetasks::tasks {
namespace {

using ::edgetasks::testing::FakeLlmExecutor;
using ::edgetasks::testing::kA;
using ::edgetasks::testing::kFirstBytePiece;
using ::edgetasks::testing::kSpace;
using ::edgetasks::testing::LetterTokenizer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

// After a letter comes the next one, after z the end token.
int32_t NextLetter(const std::vector<int32_t>& tokens) {
  return tokens.back() == kA + 25 ? 2 : tokens.back() + 1;
}

class LlmSessionTaskTest : public ::testing::Test {
 protected:
  void Open(LlmInferenceSessionOptions options = Greedy(0), int max_tokens = 64,
            FakeLlmExecutor::NextFn next = NextLetter) {
    auto executor = std::make_unique<FakeLlmExecutor>(400, 64, std::move(next));
    executor_ = executor.get();
    LlmSessionParts parts;
    parts.conversation.tokenizer = LetterTokenizer();
    parts.conversation.executor = std::move(executor);
    parts.conversation.special.start = {1};
    parts.conversation.special.stop = {{2}};
    parts.conversation.special.stop_texts = {"xyz"};
    parts.conversation.max_tokens = max_tokens;
    auto session = LlmSessionTask::Create(std::move(parts), options);
    ASSERT_TRUE(session.ok()) << session.status();
    session_ = *std::move(session);
  }

  static LlmInferenceSessionOptions Greedy(int max_output_tokens) {
    LlmInferenceSessionOptions options;
    options.temperature = 0.0f;
    options.max_output_tokens = max_output_tokens;
    return options;
  }

  // Once: the executor stops before the token at which it holds `tokens`, until `go` is ready.
  void BlockAt(int tokens, std::shared_future<void> go, std::promise<void>* reached) {
    auto blocked = std::make_shared<bool>(false);
    executor_->before_token = [=] {
      if (executor_->position() != tokens || *blocked) return;
      *blocked = true;
      reached->set_value();
      go.wait();
    };
  }

  std::unique_ptr<LlmSessionTask> session_;
  FakeLlmExecutor* executor_ = nullptr;
};

TEST_F(LlmSessionTaskTest, ContinuesItsPrompt) {
  Open(Greedy(3));
  ASSERT_TRUE(session_->AddQueryChunk("ab").ok());
  const auto response = session_->GenerateResponse();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->text, "cde");
  EXPECT_EQ(response->finish_reason, FinishReason::kMaxOutputTokens);
  EXPECT_EQ(response->prompt_tokens, 4);
  EXPECT_EQ(response->output_tokens, 3);
  EXPECT_THAT(executor_->tokens(), ElementsAre(1, kSpace, kA, kA + 1, kA + 2, kA + 3));
}

TEST_F(LlmSessionTaskTest, TokenizesChunksTogether) {
  Open(Greedy(1));
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  ASSERT_TRUE(session_->AddQueryChunk("b").ok());
  EXPECT_EQ(session_->GenerateResponse()->text, "c");
  EXPECT_THAT(executor_->tokens(), ElementsAre(1, kSpace, kA, kA + 1));
}

TEST_F(LlmSessionTaskTest, KeepsWhatItSaidInTheContext) {
  Open(Greedy(2));
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  EXPECT_EQ(session_->GenerateResponse()->text, "bc");
  ASSERT_TRUE(session_->AddQueryChunk("k").ok());
  const auto response = session_->GenerateResponse();
  EXPECT_EQ(response->text, "lm");
  EXPECT_EQ(response->prompt_tokens, 3);  // the last token of the first response, "_", "k"
  EXPECT_THAT(executor_->tokens(),
              ElementsAre(1, kSpace, kA, kA + 1, kA + 2, kSpace, kA + 10, kA + 11));
}

TEST_F(LlmSessionTaskTest, GoesOnWithoutANewPrompt) {
  Open(Greedy(2));
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  EXPECT_EQ(session_->GenerateResponse()->text, "bc");
  EXPECT_EQ(session_->GenerateResponse()->text, "de");
}

TEST_F(LlmSessionTaskTest, EndsAtTheStopTokenAndHidesIt) {
  Open();
  ASSERT_TRUE(session_->AddQueryChunk("y").ok());
  const auto response = session_->GenerateResponse();
  EXPECT_EQ(response->text, "z");
  EXPECT_EQ(response->finish_reason, FinishReason::kStopToken);
  EXPECT_EQ(response->output_tokens, 2);
}

TEST_F(LlmSessionTaskTest, EndsAtAStopTextAndHidesIt) {
  Open();
  ASSERT_TRUE(session_->AddQueryChunk("u").ok());
  const auto response = session_->GenerateResponse();
  EXPECT_EQ(response->text, "vw");
  EXPECT_EQ(response->finish_reason, FinishReason::kStopToken);
}

TEST_F(LlmSessionTaskTest, EndsWhenTheContextIsFull) {
  Open(Greedy(0), 6);
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  const auto response = session_->GenerateResponse();
  EXPECT_EQ(response->text, "bcde");
  EXPECT_EQ(response->finish_reason, FinishReason::kContextFull);
  EXPECT_EQ(GetErrorDetail(session_->AddQueryChunk("b")), ErrorDetail::kContextFull);
  EXPECT_EQ(GetErrorDetail(session_->GenerateResponse().status()), ErrorDetail::kContextFull);
}

TEST_F(LlmSessionTaskTest, RefusesATooLongPromptAndKeepsTheOneBefore) {
  Open(Greedy(1), 6);
  ASSERT_TRUE(session_->AddQueryChunk("abc").ok());
  const absl::Status status = session_->AddQueryChunk("de");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kContextFull);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("the prompt has 6 tokens, but only 5 of the context's 6 are free"));
  EXPECT_EQ(session_->GenerateResponse()->text, "d");
}

TEST_F(LlmSessionTaskTest, NeverSplitsACharacter) {
  // The euro sign, byte by byte, then the end.
  Open(Greedy(0), 64, [](const std::vector<int32_t>& tokens) -> int32_t {
    switch (tokens.back()) {
      case kFirstBytePiece + 0xE2:
        return kFirstBytePiece + 0x82;
      case kFirstBytePiece + 0x82:
        return kFirstBytePiece + 0xAC;
      case kFirstBytePiece + 0xAC:
        return 2;
      default:
        return kFirstBytePiece + 0xE2;
    }
  });
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  std::vector<std::string> parts;
  auto future = session_->GenerateResponseAsync(
      [&](absl::string_view part, bool) { parts.emplace_back(part); });
  EXPECT_EQ(future->Get()->text, "\xE2\x82\xAC");
  EXPECT_THAT(parts, ElementsAre("\xE2\x82\xAC", ""));
}

TEST_F(LlmSessionTaskTest, StreamsPartsThatJoinToTheText) {
  Open(Greedy(5));
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  std::string joined;
  int done = 0;
  auto future = session_->GenerateResponseAsync([&](absl::string_view part, bool is_done) {
    joined += std::string(part);
    done += is_done;
  });
  ASSERT_TRUE(future.ok());
  EXPECT_EQ(future->Get()->text, "bcdef");
  EXPECT_TRUE(future->IsDone());
  EXPECT_EQ(joined, "bcdef");
  EXPECT_EQ(done, 1);
}

TEST_F(LlmSessionTaskTest, CallsOnABusySessionAreRefusedAndHarmless) {
  Open(Greedy(3));
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  std::promise<void> go, reached;
  BlockAt(3, go.get_future().share(), &reached);
  auto future = session_->GenerateResponseAsync(nullptr);
  reached.get_future().wait();
  EXPECT_EQ(GetErrorDetail(session_->AddQueryChunk("b")), ErrorDetail::kBusy);
  EXPECT_EQ(GetErrorDetail(session_->GenerateResponse().status()), ErrorDetail::kBusy);
  EXPECT_EQ(GetErrorDetail(session_->GenerateResponseAsync(nullptr).status()), ErrorDetail::kBusy);
  EXPECT_EQ(*session_->SizeInTokens("abc"), 4);
  EXPECT_FALSE(future->IsDone());
  EXPECT_FALSE(future->WaitFor(1ms));
  go.set_value();
  EXPECT_EQ(future->Get()->text, "bcd");
  EXPECT_TRUE(session_->AddQueryChunk("b").ok());
}

TEST_F(LlmSessionTaskTest, CancelCompletesWithWhatThereIsAndTheSessionGoesOn) {
  Open();
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  std::promise<void> go, reached;
  BlockAt(5, go.get_future().share(), &reached);
  auto future = session_->GenerateResponseAsync(nullptr);
  reached.get_future().wait();
  session_->Cancel();
  go.set_value();
  const auto response = future->Get();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->finish_reason, FinishReason::kCancelled);
  EXPECT_EQ(response->text, "bcd");
  future->Cancel();  // too late for this one, and none of the next one's business
  ASSERT_TRUE(session_->AddQueryChunk("j").ok());
  EXPECT_EQ(session_->GenerateResponse()->text.substr(0, 3), "klm");
}

TEST_F(LlmSessionTaskTest, CancelDuringThePromptLosesNothing) {
  Open(Greedy(2));
  ASSERT_TRUE(session_->AddQueryChunk("abc").ok());
  std::promise<void> go, reached;
  BlockAt(2, go.get_future().share(), &reached);
  auto future = session_->GenerateResponseAsync(nullptr);
  reached.get_future().wait();
  future->Cancel();
  go.set_value();
  EXPECT_EQ(future->Get()->finish_reason, FinishReason::kCancelled);
  EXPECT_EQ(session_->GenerateResponse()->text, "de");
  EXPECT_THAT(executor_->tokens(), ElementsAre(1, kSpace, kA, kA + 1, kA + 2, kA + 3));
}

TEST_F(LlmSessionTaskTest, TheCallbackMayCancelButNotWait) {
  Open();
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  std::promise<LlmResponseFuture> handle;
  std::shared_future<LlmResponseFuture> shared = handle.get_future().share();
  absl::Status waited;
  auto future = session_->GenerateResponseAsync([&](absl::string_view part, bool done) {
    if (done || part != "c") return;
    session_->Cancel();
    waited = shared.get().Get().status();
  });
  ASSERT_TRUE(future.ok());
  handle.set_value(*future);
  EXPECT_EQ(future->Get()->text, "bc");
  EXPECT_EQ(future->Get()->finish_reason, FinishReason::kCancelled);
  EXPECT_EQ(GetErrorDetail(waited), ErrorDetail::kBusy);
}

TEST_F(LlmSessionTaskTest, DestructionCancelsAndCompletes) {
  Open();
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  std::promise<void> go, reached;
  BlockAt(5, go.get_future().share(), &reached);
  auto future = session_->GenerateResponseAsync(nullptr);
  reached.get_future().wait();
  std::thread opener([&] {
    std::this_thread::sleep_for(20ms);
    go.set_value();
  });
  session_.reset();
  opener.join();
  EXPECT_TRUE(future->IsDone());
  EXPECT_EQ(future->Get()->finish_reason, FinishReason::kCancelled);
}

TEST_F(LlmSessionTaskTest, AnErrorReachesTheFutureAndTheCallback) {
  Open();
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  executor_->fail_decode = absl::InternalError("broken");
  int done = 0;
  auto future =
      session_->GenerateResponseAsync([&](absl::string_view, bool is_done) { done += is_done; });
  EXPECT_EQ(future->Get().status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(done, 1);
  EXPECT_EQ(session_->GenerateResponse()->text.substr(0, 3), "bcd");
}

TEST_F(LlmSessionTaskTest, NeverChoosesTokensThatTheTokenizerLacks) {
  // The vocabulary of the model is larger; its favourite is a token without a text.
  Open(Greedy(1), 64, [](const std::vector<int32_t>&) { return 399; });
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  const auto response = session_->GenerateResponse();
  ASSERT_TRUE(response.ok()) << response.status();
}

TEST_F(LlmSessionTaskTest, TheSameSeedTellsTheSameStory) {
  std::vector<std::string> texts;
  for (const uint32_t seed : {7u, 7u, 8u}) {
    LlmInferenceSessionOptions options = Greedy(30);
    options.temperature = 5.0f;
    options.random_seed = seed;
    Open(options);
    ASSERT_TRUE(session_->AddQueryChunk("a").ok());
    texts.push_back(session_->GenerateResponse()->text);
  }
  EXPECT_EQ(texts[0], texts[1]);
  EXPECT_NE(texts[0], texts[2]);
}

TEST_F(LlmSessionTaskTest, ChecksItsOptions) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  std::vector<LlmInferenceSessionOptions> wrong(7);
  wrong[0].top_k = 0;
  wrong[1].top_p = -0.1f;
  wrong[2].top_p = 1.1f;
  wrong[3].top_p = kNan;
  wrong[4].temperature = -1.0f;
  wrong[5].temperature = kNan;
  wrong[6].max_output_tokens = -1;
  for (const LlmInferenceSessionOptions& options : wrong) {
    LlmSessionParts parts;
    parts.conversation.tokenizer = LetterTokenizer();
    EXPECT_EQ(GetErrorDetail(LlmSessionTask::Create(std::move(parts), options).status()),
              ErrorDetail::kInvalidOption);
  }
}

TEST_F(LlmSessionTaskTest, ACloneGoesOnByItself) {
  Open(Greedy(2));
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  EXPECT_EQ(session_->GenerateResponse()->text, "bc");
  ASSERT_TRUE(session_->AddQueryChunk("k").ok());
  auto clone = session_->Clone();
  ASSERT_TRUE(clone.ok()) << clone.status();
  const auto tokens = executor_->tokens();
  const std::vector<int32_t> before(tokens.begin(), tokens.end());
  EXPECT_EQ((*clone)->GenerateResponse()->text, "lm");
  EXPECT_EQ(executor_->tokens(), before);
  ASSERT_TRUE(session_->AddQueryChunk("p").ok());  // "kp": the clone took its own "k"
  EXPECT_EQ(session_->GenerateResponse()->text, "qr");
  EXPECT_EQ((*clone)->GenerateResponse()->text, "no");
}

TEST_F(LlmSessionTaskTest, ACloneDrawsTheNumbersThatTheOriginalWouldDraw) {
  LlmInferenceSessionOptions options;
  options.max_output_tokens = 8;
  options.temperature = 1e6f;  // all of the top_k are equally probable
  options.random_seed = 5;
  Open(options);
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  const std::string first = session_->GenerateResponse()->text;
  auto clone = session_->Clone();
  ASSERT_TRUE(clone.ok()) << clone.status();
  const std::string second = session_->GenerateResponse()->text;
  EXPECT_EQ((*clone)->GenerateResponse()->text, second);
  EXPECT_NE(first, second);
}

TEST_F(LlmSessionTaskTest, UpdatedOptionsHoldFromTheNextResponseOn) {
  Open(Greedy(2));
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  EXPECT_EQ(session_->GenerateResponse()->text, "bc");
  ASSERT_TRUE(session_->UpdateOptions(Greedy(4)).ok());
  EXPECT_EQ(session_->GenerateResponse()->text, "defg");
  LlmInferenceSessionOptions wrong = Greedy(1);
  wrong.top_p = 2.0f;
  EXPECT_EQ(GetErrorDetail(session_->UpdateOptions(wrong)), ErrorDetail::kInvalidOption);
  EXPECT_EQ(session_->GenerateResponse()->text, "hijk");
}

TEST_F(LlmSessionTaskTest, PutsTemplatesAroundTheUsersWords) {
  LlmInferenceSessionOptions options = Greedy(1);
  options.prompt_templates.user_prefix = "p";
  options.prompt_templates.user_suffix = "q";
  options.prompt_templates.model_prefix = "m";
  options.prompt_templates.model_suffix = "s";
  Open(options);
  ASSERT_TRUE(session_->AddQueryChunk("a").ok());
  ASSERT_TRUE(session_->AddQueryChunk("b").ok());
  EXPECT_EQ(session_->GenerateResponse()->text, "n");
  EXPECT_THAT(executor_->tokens(), ElementsAre(1, kSpace, kA + 15, kA, kA + 1, kA + 16, kA + 12));
  ASSERT_TRUE(session_->AddQueryChunk("c").ok());
  EXPECT_EQ(session_->GenerateResponse()->text, "n");
  const absl::Span<const int32_t> tokens = executor_->tokens();
  EXPECT_THAT(std::vector<int32_t>(tokens.begin() + 7, tokens.end()),
              ElementsAre(kA + 13, kSpace, kA + 18, kA + 15, kA + 2, kA + 16, kA + 12));
}

TEST_F(LlmSessionTaskTest, DoesNotSayTheStopTokenTwice) {
  // The letter tokenizer writes a space before every text, so the sequence that stops has one too.
  LlmInferenceSessionOptions options = Greedy(0);
  options.prompt_templates.model_suffix = "w";
  Open(options, 64, [](const std::vector<int32_t>& tokens) {
    return tokens.back() == kSpace ? kA + 22 : kSpace;
  });
  LlmSessionParts parts;
  parts.conversation.tokenizer = LetterTokenizer();
  parts.conversation.executor = *executor_->Clone();
  auto* executor = static_cast<FakeLlmExecutor*>(parts.conversation.executor.get());
  parts.conversation.special.stop = {{kSpace, kA + 22}};
  parts.conversation.max_tokens = 64;
  auto session = LlmSessionTask::Create(std::move(parts), options);
  ASSERT_TRUE(session.ok()) << session.status();
  ASSERT_TRUE((*session)->AddQueryChunk("a").ok());
  EXPECT_EQ((*session)->GenerateResponse()->finish_reason, FinishReason::kStopToken);
  ASSERT_TRUE((*session)->AddQueryChunk("c").ok());
  EXPECT_EQ((*session)->GenerateResponse()->finish_reason, FinishReason::kStopToken);
  EXPECT_THAT(executor->tokens(), ElementsAre(kSpace, kA, kSpace, kA + 22, kA + 2, kSpace));
}

}  // namespace
}  // namespace edgetasks::tasks
