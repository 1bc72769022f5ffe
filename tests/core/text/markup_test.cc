#include "core/text/markup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text/sentencepiece_tokenizer.h"
#include "tests/support/tiny_sentencepiece.h"

namespace edgetasks::text {
namespace {

using ::edgetasks::testing::kFirstPiece;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kSpace = kFirstPiece, kA = kFirstPiece + 1, kB = kFirstPiece + 2;

class MarkupTest : public ::testing::Test {
 protected:
  std::vector<int32_t> Encode(absl::string_view text) { return *tokenizer_->EncodeMarkup(text); }

  // <unk> 0, <s> 1, </s> 2, the bytes, then these.
  const std::unique_ptr<Tokenizer> tokenizer_ = *SentencePieceTokenizer::Create(
      testing::AsBytes(testing::SentencePieceProto(testing::WithSpecials(
          {{"\xE2\x96\x81", -1}, {"a", -2}, {"b", -2}, {"<", -3}, {"s", -3}, {">", -3}}))),
      {});
};

TEST_F(MarkupTest, SpelledControlsAreTheirIds) {
  EXPECT_THAT(Encode("<s>a</s>b"), ElementsAre(1, kSpace, kA, 2, kSpace, kB));
  EXPECT_THAT(Encode("</s></s>"), ElementsAre(2, 2));
  EXPECT_THAT(Encode(""), IsEmpty());
}

TEST_F(MarkupTest, OtherBracketsAreText) {
  EXPECT_THAT(Encode("<a"), ElementsAre(kSpace, kB + 1, kA));
  EXPECT_THAT(Encode("<<s>"), ElementsAre(kSpace, kB + 1, 1));
  // No control: a piece of a byte, a plain piece.
  EXPECT_THAT(Encode("<s >"), ElementsAre(kSpace, kB + 1, kB + 2, kSpace, kB + 3));
}

TEST_F(MarkupTest, PiecesAreSpelledAsInTheVocabulary) {
  EXPECT_EQ(tokenizer_->IdToPiece(2), "</s>");
  EXPECT_EQ(tokenizer_->IdToPiece(kA), "a");
  EXPECT_EQ(tokenizer_->IdToPiece(-1), "");
  EXPECT_EQ(tokenizer_->IdToPiece(1 << 20), "");
}

}  // namespace
}  // namespace edgetasks::text
