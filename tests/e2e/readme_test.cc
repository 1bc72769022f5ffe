// The chapters of README.md about language models: what they show in C++ runs, and is what stands
// here between the marks.
#include <fstream>
#include <iostream>
#include <sstream>

#include "edgetasks/llm_inference.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/testdata.h"

namespace edgetasks {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::Status Sampling(LlmInference* llm) {
  // README: Sampling
  edgetasks::LlmInferenceSessionOptions options;
  options.temperature = 0.9f;
  options.min_p = 0.05f;
  options.repetition_penalty = 1.1f;
  options.random_seed = 7;
  options.max_output_tokens = 32;
  options.num_logprobs = 3;  // tell of each token, and of the three most probable ones
  auto session = llm->CreateSession(options);
  if (!session.ok()) return session.status();
  if (auto status = (*session)->AddQueryChunk("Once upon a time"); !status.ok()) return status;
  auto response = (*session)->GenerateResponse();
  if (!response.ok()) return response.status();
  for (const edgetasks::LlmResponseToken& token : response->tokens) {
    std::cout << token.chosen.logprob << token.chosen.bytes << "\n";
  }
  // README
  return absl::OkStatus();
}

absl::Status Stopping(LlmInferenceSession* session) {
  // README: Stopping
  edgetasks::LlmInferenceSessionOptions options;
  options.temperature = 0;
  options.stop_strings = {"\n", "The end"};
  options.max_output_tokens = 100;
  options.timeout_ms = 20000;
  auto response = session->GenerateResponse(options);  // for this response only
  if (!response.ok()) return response.status();
  if (response->finish_reason == edgetasks::FinishReason::kStopString) {
    std::cout << "a paragraph:" << response->text;
  }
  // README
  return absl::OkStatus();
}

absl::Status Chat(LlmInference* llm) {
  // README: Chat
  edgetasks::LlmInferenceSessionOptions options;
  options.chat_template =  // only because this model's file has none
      "{% for m in messages %}{{ m.content }} {% endfor %}"
      "{% if add_generation_prompt %}The owl said{% endif %}";
  options.temperature = 0;
  options.stop_strings = {"."};
  auto session = llm->CreateSession(options);
  if (!session.ok()) return session.status();
  const edgetasks::LlmMessage messages[] = {{"system", "A story."}, {"user", "Lily saw an owl."}};
  for (const edgetasks::LlmMessage& message : messages) {
    if (auto status = (*session)->AddMessage(message); !status.ok()) return status;
  }
  auto prompt = (*session)->RenderPrompt();  // what the model is fed
  if (!prompt.ok()) return prompt.status();
  std::cout << *prompt << "\n";
  if (auto response = (*session)->GenerateResponse(); !response.ok()) return response.status();
  auto all = (*session)->Messages();  // the response is the last of them
  if (!all.ok()) return all.status();
  std::cout << all->back().role << ": " << all->back().content << "\n";
  // README
  return absl::OkStatus();
}

absl::Status Context(LlmInferenceSession* session) {
  // README: Context
  auto question = session->Checkpoint();
  if (!question.ok()) return question.status();
  auto likely = session->Score(" and they lived happily.");
  auto unlikely = session->Score(" and they sued the gardener.");
  if (!likely.ok() || !unlikely.ok()) return likely.ok() ? unlikely.status() : likely.status();
  std::cout << (likely->logprob > unlikely->logprob ? "a story" : "a report") << "\n";
  auto response = session->GenerateResponse();
  if (!response.ok()) return response.status();
  if (auto status = session->Rewind(*question); !status.ok()) return status;
  std::cout << session->context_used() << " used, " << session->context_remaining() << " left\n";
  // README
  return absl::OkStatus();
}

absl::Status Saving(LlmInference* llm, LlmInferenceSession* session, const std::string& path,
                    const LlmInferenceSessionOptions& options) {
  // README: Saving
  if (auto status = session->Save(path); !status.ok()) return status;
  auto loaded = llm->LoadSession(path, options);  // perhaps another day
  if (!loaded.ok()) return loaded.status();
  auto response = (*loaded)->GenerateResponse();
  // README
  if (!response.ok()) return response.status();
  std::cout << response->text;
  return absl::OkStatus();
}

absl::Status Format(LlmInferenceSession* session) {
  // README: Format
  edgetasks::LlmInferenceSessionOptions options;
  options.response_format.kind = edgetasks::LlmResponseFormat::Kind::kJsonSchema;
  options.response_format.source = R"({
      "type": "object",
      "properties": {"name": {"enum": ["Lily", "Tom"]}, "age": {"type": "integer", "maximum": 9}},
      "required": ["name", "age"]})";
  options.max_output_tokens = 60;
  auto response = session->GenerateResponse(options);
  if (!response.ok()) return response.status();
  std::cout << response->text;
  // README
  return absl::OkStatus();
}

std::string ReadFile(const std::string& name) {
  std::ifstream file(test::SourcePath(name));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class ReadmeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    LlmInferenceOptions options;
    options.base_options.model_asset_path = test::SourcePath("models/story/story.task");
    auto llm = LlmInference::Create(options);
    ASSERT_TRUE(llm.ok()) << llm.status();
    llm_ = *std::move(llm);
    options_.temperature = 0;
    options_.max_output_tokens = 40;
    auto session = llm_->CreateSession(options_);
    ASSERT_TRUE(session.ok()) << session.status();
    session_ = *std::move(session);
    ASSERT_TRUE(session_->AddQueryChunk("Once upon a time").ok());
  }

  // What an example says, and that it is in README.md.
  template <typename Example>
  static std::string Run(const std::string& chapter, Example example) {
    const std::string source = ReadFile("tests/e2e/readme_test.cc");
    const std::string mark = "  // README: " + chapter + "\n";
    const size_t begin = source.find(mark) + mark.size();
    std::istringstream lines(source.substr(begin, source.find("  // README\n", begin) - begin));
    std::string shown, line;
    while (std::getline(lines, line)) shown += line.substr(line.empty() ? 0 : 2) + "\n";
    EXPECT_THAT(ReadFile("README.md"), HasSubstr("```cpp\n" + shown + "```\n"));

    ::testing::internal::CaptureStdout();
    const absl::Status status = example();
    const std::string said = ::testing::internal::GetCapturedStdout();
    EXPECT_TRUE(status.ok()) << status;
    return said;
  }

  std::unique_ptr<LlmInference> llm_;
  std::unique_ptr<LlmInferenceSession> session_;
  LlmInferenceSessionOptions options_;
};

TEST_F(ReadmeTest, Sampling) {
  const std::string said = Run("Sampling", [&] { return Sampling(llm_.get()); });
  std::istringstream lines(said);
  int logarithms = 0;  // none of them is above 0
  for (std::string line; std::getline(lines, line);) logarithms += line.rfind('-', 0) == 0;
  EXPECT_EQ(logarithms, 32) << said;
}

TEST_F(ReadmeTest, Stopping) {
  EXPECT_THAT(Run("Stopping", [&] { return Stopping(session_.get()); }),
              StartsWith("a paragraph:, there was a little girl named Lily."));
}

TEST_F(ReadmeTest, Chat) {
  EXPECT_THAT(Run("Chat", [&] { return Chat(llm_.get()); }),
              ContainsRegex("^A story. Lily saw an owl. The owl said\nassistant: [^.]+\n$"));
}

TEST_F(ReadmeTest, Context) {
  EXPECT_THAT(Run("Context", [&] { return Context(session_.get()); }),
              ContainsRegex("a story\n[0-9]+ used, [0-9]+ left\n"));
}

TEST_F(ReadmeTest, Saving) {
  const std::string path = ::testing::TempDir() + "readme.session";
  const std::string said =
      Run("Saving", [&] { return Saving(llm_.get(), session_.get(), path, options_); });
  EXPECT_EQ(said, session_->GenerateResponse()->text);
}

TEST_F(ReadmeTest, Format) {
  EXPECT_THAT(Run("Format", [&] { return Format(session_.get()); }),
              ContainsRegex("\\{.*\"name\": ?\"(Lily|Tom)\".*\"age\": ?-?[0-9]+.*\\}"));
}

}  // namespace
}  // namespace edgetasks
