// What a session can do beside answering: other options for a call, stop strings, overflow, going
// back, scoring, files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "core/base/error.h"
#include "tasks/llm_inference/llm_session_task.h"
#include "tests/support/fake_llm_executor.h"
#include "tests/support/letter_tokenizer.h"

namespace edgetasks::tasks {
namespace {

namespace fs = std::filesystem;
using ::edgetasks::testing::FakeLlmExecutor;
using ::edgetasks::testing::kA;
using ::edgetasks::testing::kSpace;
using ::edgetasks::testing::LetterTokenizer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// After a letter comes the next one, after z a.
int32_t NextLetter(const std::vector<int32_t>& tokens) {
  return tokens.back() == kA + 25 ? kA : tokens.back() + 1;
}

class SessionFeaturesTest : public ::testing::Test {
 protected:
  SessionFeaturesTest() : identity_(absl::Span<const uint8_t>(model_), *tokenizer_) {}

  static LlmInferenceSessionOptions Greedy(int max_output_tokens) {
    LlmInferenceSessionOptions options;
    options.temperature = 0.0f;
    options.max_output_tokens = max_output_tokens;
    return options;
  }

  LlmSessionParts Parts(int max_tokens) {
    auto executor = std::make_unique<FakeLlmExecutor>(400, 64, NextLetter);
    executor_ = executor.get();
    LlmSessionParts parts;
    parts.conversation.tokenizer = tokenizer_;
    parts.conversation.executor = std::move(executor);
    parts.conversation.special.start = {1};
    parts.conversation.special.stop = {{2}};
    parts.conversation.max_tokens = max_tokens;
    parts.idle = &idle_;
    parts.identity = &identity_;
    parts.constraints = &constraints_;
    return parts;
  }

  std::unique_ptr<LlmSessionTask> Open(const LlmInferenceSessionOptions& options,
                                       int max_tokens = 64) {
    auto session = LlmSessionTask::Create(Parts(max_tokens), options);
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *std::move(session) : nullptr;
  }

  // What the executor of the session opened last holds, as letters.
  std::string Context() const {
    std::string text;
    for (const int32_t id : executor_->tokens()) {
      text += id == 1 ? '^' : id == kSpace ? '_' : static_cast<char>('a' + id - kA);
    }
    return text;
  }

  const std::shared_ptr<const text::Tokenizer> tokenizer_ = LetterTokenizer();
  const std::vector<uint8_t> model_ = {1, 2, 3};
  LazySessionIdentity identity_;
  IdleContexts idle_{1};
  ConstraintCompiler constraints_{tokenizer_, {1, 2}};
  FakeLlmExecutor* executor_ = nullptr;
};

TEST_F(SessionFeaturesTest, OptionsOfACallAreOfThatCallOnly) {
  auto session = Open(Greedy(2));
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  const LlmInferenceSessionOptions longer = Greedy(4);
  EXPECT_EQ(session->GenerateResponse(&longer)->text, "bcde");
  EXPECT_EQ(session->GenerateResponse()->text, "fg");
  LlmInferenceSessionOptions wrong;
  wrong.min_p = 2.0f;
  EXPECT_EQ(GetErrorDetail(session->GenerateResponse(&wrong).status()),
            ErrorDetail::kInvalidOption);
}

TEST_F(SessionFeaturesTest, RandomNumbersGoOnThroughACallWithTheSameSeed) {
  LlmInferenceSessionOptions options;
  options.top_k = 300;
  options.temperature = 10.0f;
  options.max_output_tokens = 8;
  LlmInferenceSessionOptions half = options;
  half.max_output_tokens = 4;
  auto one = Open(options);
  ASSERT_TRUE(one->AddQueryChunk("a").ok());
  const std::string whole = one->GenerateResponse()->text;
  auto two = Open(options);
  ASSERT_TRUE(two->AddQueryChunk("a").ok());
  const std::string first = two->GenerateResponse(&half)->text;
  EXPECT_EQ(first + two->GenerateResponse(&half)->text, whole);
}

TEST_F(SessionFeaturesTest, StopStringsEndTheTextAndNoPartOfThemIsStreamed) {
  LlmInferenceSessionOptions options = Greedy(0);
  options.stop_strings = {"xyz", "def"};
  auto session = Open(options);
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  std::vector<std::string> parts;
  auto future = session->GenerateResponseAsync(
      [&](absl::string_view part, bool) { parts.emplace_back(part); });
  const auto response = future->Get();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->text, "bc");
  EXPECT_EQ(response->finish_reason, FinishReason::kStopString);
  EXPECT_EQ(response->output_tokens, 5);
  EXPECT_THAT(parts, ElementsAre("b", "c", ""));
  EXPECT_EQ(session->GenerateResponse()->text, "ghijklmnopqrstuvw");  // the next one still holds
}

TEST_F(SessionFeaturesTest, StopTokensEndTheResponse) {
  LlmInferenceSessionOptions options = Greedy(0);
  options.stop_tokens = {kA + 3};
  auto session = Open(options);
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  const auto response = session->GenerateResponse();
  EXPECT_EQ(response->text, "bc");
  EXPECT_EQ(response->finish_reason, FinishReason::kStopToken);
}

TEST_F(SessionFeaturesTest, ADeadlineEndsTheResponseWithWhatThereIs) {
  LlmInferenceSessionOptions options = Greedy(0);
  options.timeout_ms = 30;
  auto session = Open(options);
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  executor_->before_token = [] { std::this_thread::sleep_for(std::chrono::milliseconds(5)); };
  const auto response = session->GenerateResponse();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->finish_reason, FinishReason::kDeadline);
  EXPECT_LT(response->output_tokens, 7);
  executor_->before_token = nullptr;
  const LlmInferenceSessionOptions more = Greedy(1);
  EXPECT_EQ(session->GenerateResponse(&more)->output_tokens, 1);
}

TEST_F(SessionFeaturesTest, LogprobsComeWithTheirTokens) {
  LlmInferenceSessionOptions options = Greedy(2);
  options.num_logprobs = 2;
  auto session = Open(options);
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  std::vector<std::string> streamed;
  auto future = session->GenerateResponseStream([&](const LlmResponseEvent& event) {
    for (const LlmResponseToken& token : event.tokens) streamed.push_back(token.chosen.bytes);
  });
  const auto response = future->Get();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(streamed, ElementsAre("b", "c"));
  ASSERT_EQ(response->tokens.size(), 2);
  const LlmResponseToken& first = response->tokens[0];
  EXPECT_EQ(first.chosen.id, kA + 1);
  // One logit is 1, the other 399 are 0.
  EXPECT_NEAR(first.chosen.logprob, 1 - std::log(std::exp(1.0) + 399), 1e-6);
  ASSERT_EQ(first.top.size(), 2);
  EXPECT_EQ(first.top[0].id, kA + 1);
  EXPECT_EQ(first.top[1].id, 0);
  options.num_logprobs = -1;
  EXPECT_TRUE(session->GenerateResponse(&options)->tokens.empty());
}

TEST_F(SessionFeaturesTest, AResponseIsHeldToItsFormat) {
  LlmInferenceSessionOptions options = Greedy(0);
  options.response_format = {LlmResponseFormat::Kind::kRegex, "[xyz]{2}c|bbb", {}};
  auto session = Open(options);
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  const auto response = session->GenerateResponse();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->text, "bbb");
  EXPECT_EQ(response->finish_reason, FinishReason::kStopToken);
  options.response_format.source = "(";
  EXPECT_EQ(GetErrorDetail(session->UpdateOptions(options)), ErrorDetail::kInvalidOption);
}

TEST_F(SessionFeaturesTest, AListenerThatThrowsEndsTheResponseOnly) {
  auto session = Open(Greedy(4));
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  auto future = session->GenerateResponseAsync(
      [](absl::string_view, bool) { throw std::runtime_error("no more"); });
  const auto response = future->Get();
  EXPECT_EQ(GetErrorDetail(response.status()), ErrorDetail::kListenerFailed);
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("no more"));
  future = session->GenerateResponseAsync([](absl::string_view, bool done) {
    if (done) throw 1;
  });
  EXPECT_EQ(GetErrorDetail(future->Get().status()), ErrorDetail::kListenerFailed);
  EXPECT_TRUE(session->GenerateResponse().ok());
}

TEST_F(SessionFeaturesTest, TellsHowFullTheContextIs) {
  auto session = Open(Greedy(2));
  EXPECT_EQ(session->context_used(), 1);
  EXPECT_EQ(*session->PromptSizeInTokens("ab"), 3);
  ASSERT_TRUE(session->AddQueryChunk("ab").ok());
  EXPECT_EQ(session->context_used(), 4);
  EXPECT_EQ(*session->PromptSizeInTokens("c"), 1);
  EXPECT_EQ(session->context_remaining(), 60);
  ASSERT_TRUE(session->GenerateResponse().ok());
  EXPECT_EQ(session->context_used(), 6);
}

TEST_F(SessionFeaturesTest, PolicyErrorRefusesWhatTheContextCouldCutOff) {
  LlmInferenceSessionOptions options = Greedy(5);
  options.overflow_policy = LlmOverflowPolicy::kError;
  auto session = Open(options, 8);
  ASSERT_TRUE(session->AddQueryChunk("ab").ok());
  const auto response = session->GenerateResponse();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->finish_reason, FinishReason::kMaxOutputTokens);
  const auto refused = session->GenerateResponse();
  EXPECT_EQ(GetErrorDetail(refused.status()), ErrorDetail::kContextFull);
  EXPECT_EQ(session->context_used(), 9 - 0);
  ASSERT_TRUE(session->Rewind(4).ok());
  EXPECT_EQ(session->GenerateResponse()->text, "cdefg");
}

TEST_F(SessionFeaturesTest, DropOldestKeepsThePrefixAndGoesOn) {
  LlmInferenceSessionOptions options = Greedy(4);
  options.overflow_policy = LlmOverflowPolicy::kDropOldest;
  options.keep_tokens = 2;
  auto session = Open(options, 24);
  for (const char* query : {"a", "k", "p"}) {
    ASSERT_TRUE(session->AddQueryChunk(query).ok());
    ASSERT_TRUE(session->GenerateResponse().ok());
  }
  EXPECT_EQ(Context(), "^_abcde_klmno_pqrs");
  // 19 and 7 more are too many: the first turn goes, but for the two tokens that stay.
  ASSERT_TRUE(session->AddQueryChunk("uvwxyz").ok());
  EXPECT_EQ(session->GenerateResponse()->text, "abcd");
  EXPECT_EQ(Context(), "^_a_pqrst_uvwxyzabc");
  EXPECT_LE(session->context_used(), 24);
}

TEST_F(SessionFeaturesTest, DropOldestCutsAResponseThatIsLongerThanTheContext) {
  LlmInferenceSessionOptions options = Greedy(100);
  options.overflow_policy = LlmOverflowPolicy::kDropOldest;
  auto session = Open(options, 16);
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  const auto response = session->GenerateResponse();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->output_tokens, 100);
  std::string expected;
  for (int i = 1; i <= 100; ++i) expected += static_cast<char>('a' + i % 26);
  EXPECT_EQ(response->text, expected);
  EXPECT_EQ(response->finish_reason, FinishReason::kMaxOutputTokens);
  EXPECT_EQ(Context()[0], '^');
  // A prompt that cannot stand beside what is kept.
  EXPECT_EQ(GetErrorDetail(session->AddQueryChunk("abcdefghijklmno")), ErrorDetail::kContextFull);
}

TEST_F(SessionFeaturesTest, GoesBackToACheckpoint) {
  auto session = Open(Greedy(3));
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  EXPECT_EQ(session->GenerateResponse()->text, "bcd");
  const auto checkpoint = session->Checkpoint();
  ASSERT_TRUE(checkpoint.ok());
  EXPECT_EQ(checkpoint->tokens, 6);
  EXPECT_EQ(session->GenerateResponse()->text, "efg");
  ASSERT_TRUE(session->AddQueryChunk("x").ok());
  ASSERT_TRUE(session->Rewind(*checkpoint).ok());
  EXPECT_EQ(session->context_used(), 6);
  EXPECT_EQ(session->GenerateResponse()->text, "efg");
  EXPECT_EQ(Context(), "^_abcdef");
  ASSERT_TRUE(session->Rewind(3).ok());  // into the prompt
  EXPECT_EQ(session->GenerateResponse()->text, "bcd");
  ASSERT_TRUE(session->Rewind(0).ok());
  ASSERT_TRUE(session->AddQueryChunk("k").ok());
  EXPECT_EQ(session->GenerateResponse()->text, "lmn");
  EXPECT_EQ(Context(), "^_klm");
  EXPECT_EQ(GetErrorDetail(session->Rewind(100)), ErrorDetail::kInvalidOption);
  EXPECT_EQ(GetErrorDetail(session->Rewind(-1)), ErrorDetail::kInvalidOption);
}

TEST_F(SessionFeaturesTest, ScoresATextThatTheContextDoesNotKeep) {
  auto session = Open(Greedy(2));
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  const auto score = session->Score("bcx");
  ASSERT_TRUE(score.ok()) << score.status();
  ASSERT_EQ(score->tokens.size(), 4);  // a space first
  const double likely = 1 - std::log(std::exp(1.0) + 399), other = likely - 1;
  EXPECT_NEAR(score->tokens[0].logprob, other, 1e-6);
  // After the space the fake expects a.
  EXPECT_NEAR(score->tokens[1].logprob, other, 1e-6);
  EXPECT_NEAR(score->tokens[2].logprob, likely, 1e-6);
  EXPECT_NEAR(score->tokens[3].logprob, other, 1e-6);
  EXPECT_NEAR(score->logprob, 3 * other + likely, 1e-5);
  EXPECT_EQ(session->context_used(), 3);
  EXPECT_EQ(session->GenerateResponse()->text, "bc");
  EXPECT_EQ(GetErrorDetail(session->Score(std::string(70, 'a')).status()),
            ErrorDetail::kContextFull);
}

TEST_F(SessionFeaturesTest, ANewSessionGoesOnFromTheContextOfAnEndedOne) {
  auto session = Open(Greedy(2));
  ASSERT_TRUE(session->AddQueryChunk("abcdefghijk").ok());
  EXPECT_EQ(session->GenerateResponse()->text, "lm");
  session.reset();
  session = Open(Greedy(2));
  ASSERT_TRUE(session->AddQueryChunk("abcdefghijzz").ok());
  const auto response = session->GenerateResponse();
  EXPECT_EQ(response->text, "ab");
  EXPECT_EQ(response->prompt_tokens, 2);  // the rest was there
}

class SessionFileTest : public SessionFeaturesTest {
 protected:
  SessionFileTest() { fs::remove(path_); }
  ~SessionFileTest() override { fs::remove(path_); }

  std::string Read() {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Write(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  const std::string path_ = fs::path(::testing::TempDir()) /
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(SessionFileTest, GoesOnWhereItWasSaved) {
  LlmInferenceSessionOptions options;
  options.top_k = 300;
  options.temperature = 10.0f;
  options.max_output_tokens = 6;
  auto session = Open(options);
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  ASSERT_TRUE(session->GenerateResponse().ok());
  ASSERT_TRUE(session->AddQueryChunk("k").ok());
  ASSERT_TRUE(session->Save(path_).ok());
  const std::string expected = session->GenerateResponse()->text;
  const std::string context = Context();
  auto loaded = LlmSessionTask::Load(path_, Parts(64), options);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->GenerateResponse()->text, expected);
  EXPECT_EQ(Context(), context);
}

TEST_F(SessionFileTest, EveryCutAndEveryChangedByteIsNoticed) {
  auto session = Open(Greedy(3));
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  ASSERT_TRUE(session->GenerateResponse().ok());
  ASSERT_TRUE(session->Save(path_).ok());
  const std::string bytes = Read();
  ASSERT_TRUE(LlmSessionTask::Load(path_, Parts(64), Greedy(1)).ok());
  for (size_t n = 1; n < bytes.size(); ++n) {
    Write(bytes.substr(0, n));
    EXPECT_EQ(GetErrorDetail(LlmSessionTask::Load(path_, Parts(64), Greedy(1)).status()),
              ErrorDetail::kCorruptFile);
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    Write(changed);
    const auto detail = GetErrorDetail(LlmSessionTask::Load(path_, Parts(64), Greedy(1)).status());
    EXPECT_TRUE(detail == ErrorDetail::kCorruptFile || detail == ErrorDetail::kWrongSession) << i;
  }
}

TEST_F(SessionFileTest, IsBoundToModelTokenizerAndSize) {
  auto session = Open(Greedy(3));
  ASSERT_TRUE(session->AddQueryChunk("abcdefgh").ok());
  ASSERT_TRUE(session->Save(path_).ok());
  const std::vector<uint8_t> other_model = {1, 2, 4};
  const LazySessionIdentity other(other_model, *tokenizer_);
  LlmSessionParts parts = Parts(64);
  parts.identity = &other;
  auto loaded = LlmSessionTask::Load(path_, std::move(parts), Greedy(1));
  EXPECT_EQ(GetErrorDetail(loaded.status()), ErrorDetail::kWrongSession);
  EXPECT_THAT(std::string(loaded.status().message()), HasSubstr("another model file"));
  loaded = LlmSessionTask::Load(path_, Parts(8), Greedy(1));
  EXPECT_THAT(std::string(loaded.status().message()), HasSubstr("holds 9 tokens, but max_tokens"));
  EXPECT_EQ(GetErrorDetail(LlmSessionTask::Load("/none", Parts(8), Greedy(1)).status()),
            ErrorDetail::kFileNotFound);
  EXPECT_EQ(GetErrorDetail(session->Save("/none/at/all")), ErrorDetail::kFileUnwritable);
}

}  // namespace
}  // namespace edgetasks::tasks
