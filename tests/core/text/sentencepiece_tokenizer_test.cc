#include "core/text/sentencepiece_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "core/base/error.h"
#include "tests/support/tiny_sentencepiece.h"

namespace edgetasks::text {
namespace {

using ::edgetasks::testing::AsBytes;
using ::edgetasks::testing::kControl;
using ::edgetasks::testing::kFirstBytePiece;
using ::edgetasks::testing::kFirstPiece;
using ::edgetasks::testing::kNormal;
using ::edgetasks::testing::kUserDefined;
using ::edgetasks::testing::SentencePieceProto;
using ::edgetasks::testing::TinyPiece;
using ::edgetasks::testing::WithSpecials;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

#define SPACE "\xE2\x96\x81"

// Ids from kFirstPiece on: 259 "_", 260 "a", 261 "b", 262 "ab", 263 "_ab", 264 "<turn>".
std::vector<TinyPiece> Vocabulary() {
  return WithSpecials({{SPACE, -5},
                       {"a", -6},
                       {"b", -7},
                       {"ab", -1},
                       {SPACE "ab", -2},
                       {"<turn>", 0, kUserDefined}});
}

std::unique_ptr<Tokenizer> MakeTokenizer(const std::string& proto,
                                         SentencePieceOptions options = {}) {
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer =
      SentencePieceTokenizer::Create(AsBytes(proto), options);
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  return tokenizer.ok() ? *std::move(tokenizer) : nullptr;
}

TEST(SentencePieceTokenizerTest, EncodesWithTheLibrarysRules) {
  auto tokenizer = MakeTokenizer(SentencePieceProto(Vocabulary()));
  EXPECT_EQ(tokenizer->vocab_size(), kFirstPiece + 6);
  EXPECT_THAT(*tokenizer->Encode("ab"), ElementsAre(263));
  EXPECT_THAT(*tokenizer->Encode("abab"), ElementsAre(263, 262));
  EXPECT_THAT(*tokenizer->Encode("ab<turn>a"), ElementsAre(263, 264, 260));
  EXPECT_THAT(*tokenizer->Encode("ab\xC3\xA9"),
              ElementsAre(263, kFirstBytePiece + 0xC3, kFirstBytePiece + 0xA9));
  EXPECT_THAT(*tokenizer->Encode(""), ElementsAre());
}

TEST(SentencePieceTokenizerTest, DecodesAWholeText) {
  auto tokenizer = MakeTokenizer(SentencePieceProto(Vocabulary()));
  EXPECT_EQ(*tokenizer->Decode({1, 263, 263, 2}), "ab ab");
  EXPECT_EQ(*tokenizer->Decode({kFirstBytePiece + 0xC3, kFirstBytePiece + 0xA9}), "\xC3\xA9");
  EXPECT_EQ(*tokenizer->Decode({kFirstBytePiece + 0xC3}), "\xEF\xBF\xBD");
}

TEST(SentencePieceTokenizerTest, GivesTheBytesOfOneToken) {
  auto tokenizer = MakeTokenizer(SentencePieceProto(Vocabulary()));
  EXPECT_EQ(*tokenizer->IdToBytes(263), " ab");
  EXPECT_EQ(*tokenizer->IdToBytes(1), "");
  EXPECT_EQ(*tokenizer->IdToBytes(kFirstBytePiece + 0xC3), "\xC3");
  EXPECT_EQ(*tokenizer->IdToBytes(264), "<turn>");
  for (const int32_t id : {0, 1, 2, -1, tokenizer->vocab_size()}) {
    EXPECT_TRUE(tokenizer->IsControl(id)) << id;
  }
  for (const int32_t id : {kFirstBytePiece, 260, 264}) EXPECT_FALSE(tokenizer->IsControl(id)) << id;
}

TEST(SentencePieceTokenizerTest, KnowsItsPieces) {
  auto tokenizer = MakeTokenizer(SentencePieceProto(Vocabulary()));
  EXPECT_EQ(tokenizer->PieceToId("<turn>"), 264);
  EXPECT_EQ(tokenizer->PieceToId("</s>"), 2);
  EXPECT_EQ(tokenizer->PieceToId("<unk>"), 0);
  EXPECT_EQ(tokenizer->PieceToId("no such piece"), -1);
  EXPECT_EQ(tokenizer->start_id(), 1);
  EXPECT_EQ(tokenizer->end_id(), 2);
}

TEST(SentencePieceTokenizerTest, RefusesIdsOutsideTheVocabulary) {
  auto tokenizer = MakeTokenizer(SentencePieceProto(Vocabulary()));
  for (const int32_t id : {-1, kFirstPiece + 6, std::numeric_limits<int32_t>::max()}) {
    EXPECT_EQ(tokenizer->Decode({id}).status().code(), absl::StatusCode::kOutOfRange);
    EXPECT_EQ(GetErrorDetail(tokenizer->IdToBytes(id).status()), ErrorDetail::kBadValue);
  }
}

// A byte-level vocabulary: a space is written U+0120, "é" is the bytes C3 A9 written U+00C3 U+00A9.
TEST(SentencePieceTokenizerTest, MapsBytesToCharactersWhereTheModelSaysSo) {
  const std::string proto = SentencePieceProto(
      WithSpecials({{"a", -1}, {"\xC4\xA0", -2}, {"\xC3\x83", -3}, {"\xC2\xA9", -4}}), false);
  SentencePieceOptions options;
  options.bytes_to_unicode = true;
  auto tokenizer = MakeTokenizer(proto, options);
  EXPECT_THAT(*tokenizer->Encode("a \xC3\xA9"), ElementsAre(259, 260, 261, 262));
  EXPECT_EQ(*tokenizer->Decode({259, 260, 261, 262}), "a \xC3\xA9");
  EXPECT_EQ(*tokenizer->IdToBytes(261), "\xC3");
  EXPECT_EQ(*tokenizer->Decode({261}), "\xEF\xBF\xBD");
}

TEST(SentencePieceTokenizerTest, RefusesWhatIsNoModel) {
  const std::vector<std::string> broken = {"",
                                           "hello world, no protobuf",
                                           std::string(100, '\0'),
                                           std::string(100, '\xFF'),
                                           SentencePieceProto({}),
                                           SentencePieceProto({{"a", 0, kNormal}}),
                                           SentencePieceProto(Vocabulary()).substr(0, 1000)};
  for (const std::string& proto : broken) {
    const auto tokenizer = SentencePieceTokenizer::Create(AsBytes(proto), {});
    ASSERT_FALSE(tokenizer.ok()) << proto;
    EXPECT_EQ(GetErrorDetail(tokenizer.status()), ErrorDetail::kCorruptFile);
  }
}

void ExpectRefused(std::vector<TinyPiece> pieces, const char* reason) {
  const auto tokenizer =
      SentencePieceTokenizer::Create(AsBytes(SentencePieceProto(WithSpecials(pieces))), {});
  ASSERT_FALSE(tokenizer.ok()) << reason;
  EXPECT_THAT(std::string(tokenizer.status().message()), HasSubstr(reason));
}

TEST(SentencePieceTokenizerTest, RefusesPiecesThatWouldMisleadTheLibrary) {
  ExpectRefused({{"a", std::numeric_limits<float>::quiet_NaN()}}, "finite score");
  ExpectRefused({{std::string("a\0b", 3), 0}}, "NUL");
  ExpectRefused({{"\xC3", 0}}, "UTF-8");
  ExpectRefused({{"", 0}}, "empty");
  ExpectRefused({{"a", 0}, {"a", 0}}, "usable");  // the library's own check
  ExpectRefused({{std::string(1025, 'x'), 0}}, "1025 bytes, at most 1024");
  std::vector<TinyPiece> nested;
  for (int n = 1; n <= 65; ++n) nested.push_back({std::string(n, 'x'), 0, kUserDefined});
  ExpectRefused(nested, "begin one another");
  nested.pop_back();
  EXPECT_TRUE(
      SentencePieceTokenizer::Create(AsBytes(SentencePieceProto(WithSpecials(nested))), {}).ok());
}

}  // namespace
}  // namespace edgetasks::text
