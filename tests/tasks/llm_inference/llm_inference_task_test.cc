#include "tasks/llm_inference/llm_inference_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/base/error.h"
#include "tasks/llm_inference/tokenizer_source.h"
#include "tests/support/tiny_sentencepiece.h"

namespace edgetasks::tasks {
namespace {

using ::testing::HasSubstr;

TEST(LlmInferenceTaskTest, NamesAMissingFile) {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = "/no/such/model.task";
  const auto task = LlmInferenceTask::Create(options);
  EXPECT_EQ(GetErrorDetail(task.status()), ErrorDetail::kFileNotFound);
  EXPECT_THAT(std::string(task.status().message()), HasSubstr("/no/such/model.task"));
}

TEST(LlmInferenceTaskTest, WantsOneModel) {
  EXPECT_EQ(GetErrorDetail(LlmInferenceTask::Create({}).status()), ErrorDetail::kInvalidOption);
}

class TokenizerSourceTest : public ::testing::Test {
 protected:
  TokenizerSourceTest() {
    file_.file = *MappedFile::FromMemory(absl::MakeConstSpan(storage_));
    proto_ = testing::SentencePieceProto(testing::WithSpecials({{"a", 0}}));
  }
  void Add(model::TokenizerKind kind, const std::string& bytes,
           const std::string& model_type = "") {
    model::TokenizerPart part;
    part.kind = kind;
    part.model_type = model_type;
    part.bytes = testing::AsBytes(bytes);
    file_.tokenizers.push_back(part);
  }

  alignas(8) uint8_t storage_[8] = {};
  model::ModelFile file_;
  std::string proto_;
};

TEST_F(TokenizerSourceTest, PrefersTheSentencePieceModelOfABundle) {
  const std::string json = "{}";
  Add(model::TokenizerKind::kHuggingFaceJson, json);
  Add(model::TokenizerKind::kSentencePiece, proto_);
  const auto tokenizer = OpenTokenizer(file_, "");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ((*tokenizer)->vocab_size(), 260);
}

TEST_F(TokenizerSourceTest, PrefersTheTokenizerOfTheLanguageModel) {
  const std::string other =
      testing::SentencePieceProto(testing::WithSpecials({{"a", 0}, {"b", 0}, {"c", 0}}));
  Add(model::TokenizerKind::kSentencePiece, other, "tf_lite_mtp_drafter");
  EXPECT_EQ((*OpenTokenizer(file_, ""))->vocab_size(), 262);  // better than none
  Add(model::TokenizerKind::kSentencePiece, proto_);
  EXPECT_EQ((*OpenTokenizer(file_, ""))->vocab_size(), 260);
  Add(model::TokenizerKind::kSentencePiece, other, "TF_LITE_PREFILL_DECODE");
  EXPECT_EQ((*OpenTokenizer(file_, ""))->vocab_size(), 262);
}

constexpr char kWords[] =
    R"({"model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "a": 1, "b": 2}}})";

TEST_F(TokenizerSourceTest, ReadsATokenizerJson) {
  const std::string json = kWords;
  Add(model::TokenizerKind::kHuggingFaceJson, json);
  const auto tokenizer = OpenTokenizer(file_, "");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ((*tokenizer)->vocab_size(), 3);
}

TEST_F(TokenizerSourceTest, PrefersATokenizerJsonThatIsTheLanguageModels) {
  const std::string json = kWords;
  Add(model::TokenizerKind::kSentencePiece, proto_, "tf_lite_mtp_drafter");
  Add(model::TokenizerKind::kHuggingFaceJson, json, "tf_lite_prefill_decode");
  EXPECT_EQ((*OpenTokenizer(file_, ""))->vocab_size(), 3);
}

TEST_F(TokenizerSourceTest, NamesThePlaceInABrokenTokenizerJson) {
  const std::string json = R"({"model": {"type": "BPE", "vocab": {"a": "b"}, "merges": []}})";
  Add(model::TokenizerKind::kHuggingFaceJson, json);
  const auto tokenizer = OpenTokenizer(file_, "");
  EXPECT_EQ(GetErrorDetail(tokenizer.status()), ErrorDetail::kCorruptFile);
  EXPECT_THAT(
      std::string(tokenizer.status().message()),
      HasSubstr("the tokenizer inside: tokenizer.json: model.vocab[\"a\"]: expected an id"));
}

TEST_F(TokenizerSourceTest, TellsTheWayOutOfNoTokenizer) {
  const auto tokenizer = OpenTokenizer(file_, "");
  EXPECT_EQ(GetErrorDetail(tokenizer.status()), ErrorDetail::kMissingPart);
  EXPECT_THAT(std::string(tokenizer.status().message()), HasSubstr("holds no tokenizer"));
}

TEST_F(TokenizerSourceTest, NamesABrokenTokenizer) {
  const std::string broken = "no protobuf";
  Add(model::TokenizerKind::kSentencePiece, broken);
  EXPECT_EQ(GetErrorDetail(OpenTokenizer(file_, "").status()), ErrorDetail::kCorruptFile);
  EXPECT_EQ(GetErrorDetail(OpenTokenizer(file_, "/no/tokenizer.model").status()),
            ErrorDetail::kFileNotFound);
}

}  // namespace
}  // namespace edgetasks::tasks
