#include "core/text/streaming_detokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/utf8.h"
#include "core/text/sentencepiece_tokenizer.h"
#include "tests/support/tiny_sentencepiece.h"

namespace edgetasks::text {
namespace {

using ::edgetasks::testing::AsBytes;
using ::edgetasks::testing::kFirstBytePiece;
using ::edgetasks::testing::SentencePieceProto;
using ::edgetasks::testing::WithSpecials;

class StreamingDetokenizerTest : public ::testing::Test {
 protected:
  // 259 "_ab"
  StreamingDetokenizerTest()
      : tokenizer_(
            *SentencePieceTokenizer::Create(AsBytes(SentencePieceProto(WithSpecials({{"\xE2\x96\x81"
                                                                                      "ab",
                                                                                      0}}))),
                                            {})),
        stream_(tokenizer_.get()) {}

  std::string PushByte(int byte) { return std::string(*stream_.Push(kFirstBytePiece + byte)); }

  std::unique_ptr<Tokenizer> tokenizer_;
  StreamingDetokenizer stream_;
};

TEST_F(StreamingDetokenizerTest, KeepsTheSpaceBetweenThePromptAndItsContinuation) {
  EXPECT_EQ(*stream_.Push(259), " ab");
  EXPECT_EQ(*tokenizer_->Decode({259}), "ab");
}

TEST_F(StreamingDetokenizerTest, EmitsACharacterOnlyWhenItIsWhole) {
  EXPECT_EQ(PushByte(0xF0), "");
  EXPECT_EQ(PushByte(0x9F), "");
  EXPECT_EQ(PushByte(0x9A), "");
  EXPECT_EQ(PushByte(0x80), "\xF0\x9F\x9A\x80");
  EXPECT_EQ(stream_.Flush(), "");
}

TEST_F(StreamingDetokenizerTest, ReplacesBytesThatAreNoCharacter) {
  EXPECT_EQ(PushByte(0xE2), "");
  EXPECT_EQ(*stream_.Push(259), "\xEF\xBF\xBD ab");
  EXPECT_EQ(PushByte(0xE2), "");
  EXPECT_EQ(stream_.Flush(), "\xEF\xBF\xBD");
  EXPECT_EQ(stream_.Flush(), "");
}

// Any ids, in any order: the parts joined are the text of all bytes at once, and each part is
// UTF-8.
TEST_F(StreamingDetokenizerTest, AgreesWithDecodingAllBytesAtOnce) {
  uint64_t random = 1;
  std::string streamed, bytes;
  for (int i = 0; i < 20000; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    const int32_t id = static_cast<int32_t>((random >> 33) % 260);
    const std::string part(*stream_.Push(id));
    EXPECT_EQ(ReplaceInvalidUtf8(part), part);
    streamed += part;
    bytes += *tokenizer_->IdToBytes(id);
  }
  streamed += std::string(stream_.Flush());
  EXPECT_EQ(streamed, ReplaceInvalidUtf8(bytes));
}

TEST_F(StreamingDetokenizerTest, ReportsUnknownIds) {
  EXPECT_FALSE(stream_.Push(260).ok());
  EXPECT_FALSE(stream_.Push(-1).ok());
}

}  // namespace
}  // namespace edgetasks::text
