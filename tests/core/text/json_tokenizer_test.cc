#include "core/text/tokenizer_json/json_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/text/tokenizer_json/pattern_syntax.h"

namespace edgetasks::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr absl::string_view kModel =
    R"("model": {"type": "BPE", "unk_token": "?", "vocab": {"?": 0, "a": 1, "b": 2, "ab": 3, "</s>": 4},
       "merges": [["a", "b"]]})";

absl::StatusOr<std::unique_ptr<Tokenizer>> Make(absl::string_view members,
                                                absl::string_view model = kModel) {
  const std::string json = absl::StrCat("{", members, members.empty() ? "" : ",", model, "}");
  return JsonTokenizer::Create({reinterpret_cast<const uint8_t*>(json.data()), json.size()});
}

std::string MessageOf(absl::string_view members, absl::string_view model = kModel) {
  return std::string(Make(members, model).status().message());
}

std::string Split(absl::string_view regex) {
  return absl::StrCat(R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": ")", regex,
                      R"("}, "behavior": "Isolated", "invert": false})");
}

TEST(JsonTokenizerTest, KnowsItsSpecialTokens) {
  const auto tokenizer = Make(
      R"("added_tokens": [{"content": "</s>", "special": true}, {"content": "<user>"}],
         "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "S"}},
           {"Sequence": {"id": "A"}}], "special_tokens": {"S": {"ids": [5]}}})");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  const auto& t = static_cast<const JsonTokenizer&>(**tokenizer);
  EXPECT_EQ(t.vocab_size(), 6);
  EXPECT_EQ(t.start_id(), 5);
  EXPECT_EQ(t.end_id(), 4);  // by its name: the file does not say
  EXPECT_THAT(*t.Encode("ab<user>a</s>"), ElementsAre(3, 5, 1, 4));
  EXPECT_THAT(*t.EncodeWithSpecialTokens("ab"), ElementsAre(5, 3));
  for (const int32_t id : {-1, 0, 4, 6}) EXPECT_TRUE(t.IsControl(id)) << id;
  for (const int32_t id : {1, 2, 3, 5}) EXPECT_FALSE(t.IsControl(id)) << id;
  EXPECT_EQ(*t.IdToBytes(4), "");
  EXPECT_EQ(*t.IdToBytes(5), "<user>");
  EXPECT_EQ(t.PieceToId("<user>"), 5);
  EXPECT_EQ(t.PieceToId("c"), -1);
  EXPECT_EQ(GetErrorDetail(t.Decode({6}).status()), ErrorDetail::kBadValue);
}

TEST(JsonTokenizerTest, TakesBytesThatAreNoTextAsReplacementCharacters) {
  const auto tokenizer = Make("");
  EXPECT_THAT(*(*tokenizer)->Encode("ab\xFF"), ElementsAre(3, 0));
}

TEST(JsonTokenizerTest, NamesThePlaceOfWhatIsWrong) {
  EXPECT_THAT(
      MessageOf("", R"("model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "b"]]})"),
      HasSubstr("model.merges[0]: \"b\" is not in the vocabulary"));
  EXPECT_THAT(MessageOf("", R"("model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b c"]})"),
              HasSubstr("model.merges[0]: expected two pieces"));
  EXPECT_THAT(MessageOf("", R"("model": {"type": "Unigram", "vocab": [["a", 0], ["b"]]})"),
              HasSubstr("model.vocab[1]: expected a piece with its score"));
  EXPECT_THAT(MessageOf(R"("normalizer": {"type": "Sequence", "normalizers": [{"type": "Odd"}]})"),
              HasSubstr("normalizer.normalizers[0].type: EdgeTasks knows no normalizer \"Odd\""));
  EXPECT_THAT(MessageOf(R"("decoder": {"type": "Strip", "content": "xy"})"),
              HasSubstr("decoder.content: expected one character"));
  EXPECT_THAT(MessageOf(Split("[a")), HasSubstr("pre_tokenizer.pattern.Regex"));
  const auto dropout =
      Make("", R"("model": {"type": "BPE", "dropout": 0.1, "vocab": {"a": 0}, "merges": []})");
  EXPECT_EQ(GetErrorDetail(dropout.status()), ErrorDetail::kUnsupportedFormat);
}

TEST(JsonTokenizerTest, NoPatternHangs) {
  const std::string as(20000, 'a');
  for (const char* regex : {"(a+)+b", "(a|aa)+c", "(.*)*d", "(a?){60}a{60}b"}) {
    const auto tokenizer = Make(Split(regex));
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
    const auto start = std::chrono::steady_clock::now();
    const auto ids = (*tokenizer)->Encode(as);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << regex;
    if (!ids.ok()) {
      EXPECT_EQ(ids.status().code(), absl::StatusCode::kResourceExhausted) << ids.status();
    }
  }
}

// A word of a million letters, which a quadratic loop would take hours for.
TEST(JsonTokenizerTest, TakesLongTextsInReasonableTime) {
  std::string text;
  for (int i = 0; i < 500000; ++i) text += "ab";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(*(*Make(""))->Encode(text), SizeIs(500000));
  EXPECT_THAT(*(*Make(Split("[ab]{1,3}|\\\\s+(?!\\\\S)")))->Encode(text),
              SizeIs(::testing::Gt(333333)));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST(PatternSyntaxTest, RewritesWhatPcre2ReadsOtherwise) {
  const auto translated = [](absl::string_view pattern) {
    return *tokenizer_json::TranslatePattern(pattern);
  };
  EXPECT_EQ(translated("a\\h(?m:.)x{,3}"), "a[0-9A-Fa-f](?s:.)x{0,3}");
  EXPECT_EQ(translated("[a&&[^b]]c"), "(?:(?=(?:[^b]))(?:[a]))c");
  EXPECT_EQ(translated("ab{2,3}+"), "a(?:b{2,3})+");
  EXPECT_EQ(translated("x|(?i)a|b"), "x|(?i:a|b)");
  for (const char* unknown : {"(?~a)", "\\g<a>", "(?{x})"}) {
    EXPECT_EQ(GetErrorDetail(tokenizer_json::TranslatePattern(unknown).status()),
              ErrorDetail::kUnsupportedFormat);
  }
}

}  // namespace
}  // namespace edgetasks::text
