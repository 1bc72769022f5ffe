#include "tasks/llm_inference/special_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text/sentencepiece_tokenizer.h"
#include "tests/support/tiny_sentencepiece.h"

namespace edgetasks::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SpecialTokensTest : public ::testing::Test {
 protected:
  // "<s>" 1, "</s>" 2, "a" 259, "<turn>" 260.
  SpecialTokensTest()
      : tokenizer_(*text::SentencePieceTokenizer::Create(
            testing::AsBytes(testing::SentencePieceProto(
                testing::WithSpecials({{"a", 0}, {"<turn>", 0, testing::kUserDefined}}), false)),
            {})) {}

  std::unique_ptr<text::Tokenizer> tokenizer_;
};

TEST_F(SpecialTokensTest, AsksTheTokenizerWhereTheFileSaysNothing) {
  const auto special = ResolveSpecialTokens(std::nullopt, *tokenizer_);
  EXPECT_THAT(special->start, ElementsAre(1));
  EXPECT_THAT(special->stop, ElementsAre(ElementsAre(2), ElementsAre(1)));
  EXPECT_THAT(special->stop_texts, IsEmpty());
}

TEST_F(SpecialTokensTest, TakesIdsAndPiecesFromTheSettings) {
  model::LlmSettings settings;
  settings.start_token = model::TokenSpec{{}, "<s>"};
  settings.stop_tokens = {{{7, 8}, ""}, {{}, "<turn>"}, {{}, "User:"}};
  settings.suppress_tokens = {5};
  const auto special = ResolveSpecialTokens(settings, *tokenizer_);
  EXPECT_THAT(special->start, ElementsAre(1));
  EXPECT_THAT(special->stop, ElementsAre(ElementsAre(7, 8), ElementsAre(260)));
  EXPECT_THAT(special->stop_texts, ElementsAre("<turn>", "User:"));
  EXPECT_THAT(special->suppressed, ElementsAre(5));
}

TEST_F(SpecialTokensTest, AddsNoStartTokenThatTheSettingsDoNotName) {
  const auto special = ResolveSpecialTokens(model::LlmSettings{}, *tokenizer_);
  EXPECT_THAT(special->start, IsEmpty());
  EXPECT_THAT(special->stop, ElementsAre(ElementsAre(2)));
}

TEST_F(SpecialTokensTest, EncodesAStartTextThatIsNoPiece) {
  model::LlmSettings settings;
  settings.start_token = model::TokenSpec{{}, "aa"};
  EXPECT_THAT(ResolveSpecialTokens(settings, *tokenizer_)->start, ElementsAre(259, 259));
}

}  // namespace
}  // namespace edgetasks::tasks
