#include "core/text/constraint/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text/sentencepiece_tokenizer.h"
#include "tests/support/tiny_sentencepiece.h"

namespace edgetasks::text {
namespace {

// What the tree spells, read back from its nodes.
std::vector<std::pair<std::string, int32_t>> Spelled(const Vocabulary& vocabulary) {
  std::vector<std::pair<std::string, int32_t>> result;
  std::string path;
  for (size_t i = 0; i < vocabulary.nodes().size(); ++i) {
    const Vocabulary::Node& node = vocabulary.nodes()[i];
    path.resize(node.depth - 1);
    path.push_back(static_cast<char>(node.byte));
    for (const int32_t id : vocabulary.TokensOf(i)) result.emplace_back(path, id);
  }
  return result;
}

TEST(VocabularyTest, TheTreeSpellsEveryTokenInOrder) {
  const auto vocabulary = *Vocabulary::Create({"b", "ab", "", "a", "abc", "ab", "ba"});
  EXPECT_EQ(Spelled(*vocabulary),
            (std::vector<std::pair<std::string, int32_t>>{
                {"a", 3}, {"ab", 1}, {"ab", 5}, {"abc", 4}, {"b", 0}, {"ba", 6}}));
  EXPECT_EQ(vocabulary->size(), 7);
  EXPECT_EQ(vocabulary->mask_words(), 1);
  EXPECT_EQ(vocabulary->BytesOf(4), "abc");
  EXPECT_EQ(vocabulary->BytesOf(2), "");
  EXPECT_EQ(vocabulary->BytesOf(-1), "");
  EXPECT_EQ(vocabulary->BytesOf(7), "");
  EXPECT_TRUE(vocabulary->single_bytes()['a']);
  EXPECT_FALSE(vocabulary->single_bytes()['c']);
  EXPECT_EQ(vocabulary->longest_token(), 3);
}

TEST(VocabularyTest, EndsOfSubtreesSkipExactlyTheDescendants) {
  const auto vocabulary = *Vocabulary::Create({"abc", "abd", "ac", "b"});
  std::vector<uint32_t> ends;
  for (const Vocabulary::Node& node : vocabulary->nodes()) ends.push_back(node.end);
  // a, ab, abc, abd, ac, b
  EXPECT_THAT(ends, ::testing::ElementsAre(5, 4, 3, 4, 5, 6));
}

TEST(VocabularyTest, NodesKnowTheKindsOfCharactersBelow) {
  // a, a", a"z, C3, C3 A9, C3 A9 1
  const auto vocabulary = *Vocabulary::Create({"a", "a\"z",
                                               "\xC3\xA9"
                                               "1"});
  const auto bit = [](int kind) { return uint32_t{1} << kind; };
  const uint32_t quote = bit(Vocabulary::KindOf('"')), lower = bit(Vocabulary::KindOf('k'));
  std::vector<uint32_t> below;
  for (const Vocabulary::Node& node : vocabulary->nodes()) below.push_back(node.kinds_below);
  EXPECT_THAT(below, ::testing::ElementsAre(quote | lower, lower, 0, bit(Vocabulary::kNoCharacter),
                                            bit(Vocabulary::KindOf('5')), 0));
  EXPECT_EQ(Vocabulary::KindOf('a'), Vocabulary::KindOf('z'));
  EXPECT_NE(Vocabulary::KindOf('"'), Vocabulary::KindOf('\\'));
  EXPECT_EQ(Vocabulary::KindOf(0xC3), Vocabulary::kNotAscii);
}

TEST(VocabularyTest, OfATokenizerLeavesOutControlAndExcludedTokens) {
  const std::string proto =
      testing::SentencePieceProto(testing::WithSpecials({{"\xE2\x96\x81"
                                                          "yes",
                                                          -1.0f},
                                                         {"<turn>", 0.0f, testing::kUserDefined}}));
  const auto tokenizer = SentencePieceTokenizer::Create(testing::AsBytes(proto), {});
  ASSERT_TRUE(tokenizer.ok());
  const auto vocabulary = *Vocabulary::Create(**tokenizer, {testing::kFirstPiece + 1, 100000});
  EXPECT_EQ(vocabulary->BytesOf(1), "") << "a control token";
  EXPECT_EQ(vocabulary->BytesOf(testing::kFirstBytePiece + 'A'), "A");
  EXPECT_EQ(vocabulary->BytesOf(testing::kFirstPiece), " yes");
  EXPECT_EQ(vocabulary->BytesOf(testing::kFirstPiece + 1), "") << "excluded";
  for (const bool single : vocabulary->single_bytes()) EXPECT_TRUE(single);
}

}  // namespace
}  // namespace edgetasks::text
