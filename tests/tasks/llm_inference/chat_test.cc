#include "tasks/llm_inference/chat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tasks/llm_inference/llm_session_task.h"
#include "tests/support/fake_llm_executor.h"
#include "tests/support/letter_tokenizer.h"

namespace edgetasks::tasks {
namespace {

using ::edgetasks::testing::FakeLlmExecutor;
using ::edgetasks::testing::kA;
using ::edgetasks::testing::kSpace;
using ::edgetasks::testing::LetterTokenizer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kJinja[] =
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' and not loop.first %}"
    "{{ raise_exception('system comes first') }}{% endif %}"
    "{{ m.role[0] }}{{ m.content }}{{ eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}a{% endif %}";

class ChatTest : public ::testing::Test {
 protected:
  std::unique_ptr<LlmSessionTask> Open(LlmInferenceSessionOptions options, int max_tokens = 64,
                                       const model::LlmSettings* settings = nullptr) {
    auto executor = std::make_unique<FakeLlmExecutor>(
        400, 64, [](const std::vector<int32_t>& t) { return t.back() < kA ? kA : t.back() + 1; });
    executor_ = executor.get();
    LlmSessionParts parts;
    parts.conversation.tokenizer = LetterTokenizer();
    parts.conversation.executor = std::move(executor);
    parts.conversation.special.start = {1};
    parts.conversation.special.stop = {{2}};
    parts.conversation.max_tokens = max_tokens;
    parts.settings = settings;
    options.temperature = 0.0f;
    if (options.max_output_tokens == 0) options.max_output_tokens = 2;
    auto session = LlmSessionTask::Create(std::move(parts), options);
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *std::move(session) : nullptr;
  }

  static LlmInferenceSessionOptions Jinja() {
    LlmInferenceSessionOptions options;
    options.chat_template = kJinja;
    return options;
  }

  // The context as letters; ^ and $ are the start and the end token.
  std::string Context() const {
    std::string text;
    for (const int32_t id : executor_->tokens()) {
      text += id == 1 ? '^' : id == 2 ? '$' : id == kSpace ? '_' : static_cast<char>('a' + id - kA);
    }
    return text;
  }

  FakeLlmExecutor* executor_ = nullptr;
};

TEST_F(ChatTest, WritesMessagesAsTheTemplateSays) {
  auto session = Open(Jinja());
  ASSERT_TRUE(session->AddMessage({"system", "x"}).ok());
  ASSERT_TRUE(session->AddMessage({"user", "k"}).ok());
  EXPECT_EQ(*session->RenderPrompt(), "<s>sx</s>uk</s>a");
  const auto response = session->GenerateResponse();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->text, "bc");
  EXPECT_EQ(Context(), "^_sx$_uk$_ab");
  ASSERT_TRUE(session->AddMessage({"user", "q"}).ok());
  EXPECT_EQ(*session->RenderPrompt(), "<s>sx</s>uk</s>abc</s>uq</s>a");
  const auto next = session->GenerateResponse();
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(Context(), "^_sx$_uk$_abc$_uq$_ab");
  EXPECT_EQ(next->prompt_tokens, 8);  // c, which was not fed, and what follows it
  EXPECT_EQ(session->Messages()->size(), 5);
  EXPECT_EQ(session->Messages()->back().content, "bc");
}

TEST_F(ChatTest, AResponseThatGoesOnIsOneMessage) {
  auto session = Open(Jinja());
  ASSERT_TRUE(session->AddMessage({"user", "k"}).ok());
  EXPECT_EQ(session->GenerateResponse()->text, "bc");
  EXPECT_EQ(session->GenerateResponse()->text, "de");
  EXPECT_EQ(session->Messages()->size(), 2);
  EXPECT_EQ(session->Messages()->back().content, "bcde");
}

TEST_F(ChatTest, WhatTheTemplateRefusesLeavesTheMessages) {
  auto session = Open(Jinja());
  ASSERT_TRUE(session->AddMessage({"user", "k"}).ok());
  const absl::Status status = session->AddMessage({"system", "x"});
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidOption);
  EXPECT_THAT(std::string(status.message()), HasSubstr("system comes first"));
  EXPECT_EQ(session->Messages()->size(), 1);
  LlmInferenceSessionOptions broken = Jinja();
  broken.chat_template = "{% for %}";
  EXPECT_THAT(std::string(session->UpdateOptions(broken).message()), HasSubstr("chat_template"));
}

TEST_F(ChatTest, GoesBackWithTheContext) {
  auto session = Open(Jinja());
  ASSERT_TRUE(session->AddMessage({"user", "k"}).ok());
  ASSERT_TRUE(session->GenerateResponse().ok());
  const auto checkpoint = session->Checkpoint();
  ASSERT_TRUE(session->AddMessage({"user", "q"}).ok());
  ASSERT_TRUE(session->GenerateResponse().ok());
  ASSERT_TRUE(session->Rewind(*checkpoint).ok());
  EXPECT_EQ(session->Messages()->size(), 2);
  ASSERT_TRUE(session->AddMessage({"user", "z"}).ok());
  ASSERT_TRUE(session->GenerateResponse().ok());
  EXPECT_EQ(Context(), "^_uk$_abc$_uz$_ab");
}

TEST_F(ChatTest, WithoutJinjaPrefixesAndSuffixesDoIt) {
  model::LlmSettings settings;
  settings.user = {"u", "v"};
  settings.model = {"m", "n"};
  settings.system = {"s", "t"};
  auto session = Open({}, 64, &settings);
  ASSERT_TRUE(session->AddMessage({"system", "x"}).ok());
  ASSERT_TRUE(session->AddMessage({"user", "k"}).ok());
  EXPECT_EQ(*session->RenderPrompt(), "sxtukvm");
  EXPECT_EQ(GetErrorDetail(session->AddMessage({"tool", "k"})), ErrorDetail::kInvalidOption);
  session = Open({});
  EXPECT_EQ(GetErrorDetail(session->AddMessage({"user", "k"})), ErrorDetail::kMissingPart);
}

TEST_F(ChatTest, MessagesAndPlainTextDoNotMixInATurn) {
  auto session = Open(Jinja());
  ASSERT_TRUE(session->AddQueryChunk("a").ok());
  EXPECT_EQ(GetErrorDetail(session->AddMessage({"user", "k"})), ErrorDetail::kInvalidOption);
}

TEST_F(ChatTest, DropsTheOldestMessagesButTheSystemPrompt) {
  LlmInferenceSessionOptions options = Jinja();
  auto session = Open(options, 24);
  ASSERT_TRUE(session->AddMessage({"system", "x"}).ok());
  ASSERT_TRUE(session->AddMessage({"user", "abcdef"}).ok());
  ASSERT_TRUE(session->GenerateResponse().ok());
  EXPECT_EQ(GetErrorDetail(session->AddMessage({"user", "klmnop"})), ErrorDetail::kContextFull);
  options.overflow_policy = LlmOverflowPolicy::kDropOldest;
  options.temperature = 0.0f;
  options.max_output_tokens = 2;
  ASSERT_TRUE(session->UpdateOptions(options).ok());
  ASSERT_TRUE(session->AddMessage({"user", "klmnop"}).ok());
  EXPECT_EQ(*session->RenderPrompt(), "<s>sx</s>uklmnop</s>a");
  const auto response = session->GenerateResponse();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(Context(), "^_sx$_uklmnop$_ab");
}

}  // namespace
}  // namespace edgetasks::tasks
