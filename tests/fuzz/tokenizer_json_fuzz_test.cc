// Damaged tokenizer.json files: an error with a detail, or a tokenizer that answers.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/text/tokenizer_json/json_tokenizer.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/fuzz_limits.h"
#include "tests/support/mutator.h"

namespace edgetasks::text {
namespace {

constexpr absl::string_view kBpe = R"({"version": "1.0", "truncation": null, "padding": null,
"added_tokens": [
 {"id": 9, "content": "<s>", "single_word": false, "lstrip": true, "rstrip": true,
  "normalized": false, "special": true},
 {"id": 10, "content": "ab c", "single_word": true, "lstrip": false, "rstrip": false,
  "normalized": true, "special": false}],
"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"},
 {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}, {"type": "Strip",
 "strip_left": true, "strip_right": false}, {"type": "Prepend", "prepend": "_"}]},
"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
 {"type": "Split", "pattern": {"Regex": "(?i:'s)|[^\\r\\n\\p{L}&&[^q]]?\\p{L}+|\\p{N}{1,3}|\\s+(?!\\S)|."},
  "behavior": "MergedWithNext", "invert": false}, {"type": "Digits", "individual_digits": true},
 {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}]},
"post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel"},
 {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
 {"Sequence": {"id": "A", "type_id": 0}}], "special_tokens": {"<s>": {"id": "<s>", "ids": [9],
 "tokens": ["<s>"]}}}]},
"decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
"model": {"type": "BPE", "dropout": null, "unk_token": "?", "continuing_subword_prefix": null,
 "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true, "ignore_merges": true,
 "vocab": {"?": 0, "a": 1, "b": 2, "c": 3, "\u0120": 4, "ab": 5, "abc": 6, "<0x41>": 7, "_": 8},
 "merges": [["a", "b"], ["ab", "c"]]}})";

constexpr absl::string_view kUnigram = R"({"version": "1.0", "added_tokens": [],
"normalizer": {"type": "Sequence", "normalizers": [{"type": "Nmt"}, {"type": "NFD"},
 {"type": "StripAccents"}, {"type": "BertNormalizer", "clean_text": true,
 "handle_chinese_chars": true, "strip_accents": null, "lowercase": true}]},
"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "UnicodeScripts"},
 {"type": "Punctuation", "behavior": "Contiguous"}, {"type": "CharDelimiterSplit",
 "delimiter": "|"}, {"type": "FixedLength", "length": 7}, {"type": "Metaspace",
 "replacement": "\u2581", "prepend_scheme": "first", "split": true}]},
"post_processor": {"type": "BertProcessing", "sep": ["b", 2], "cls": ["a", 1]},
"decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "\u2581"},
 "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ",
 "start": 1, "stop": 1}]},
"model": {"type": "Unigram", "unk_id": 0, "byte_fallback": true, "vocab": [["<unk>", 0.0],
 ["a", -1.5], ["b", -2.5], ["\u2581", -3], ["\u2581ab", -1e-3], ["<0xE2>", -9.25]]}})";

constexpr absl::string_view kWordPiece = R"({"added_tokens": [{"content": "[MASK]"}],
"normalizer": {"type": "Precompiled", "precompiled_charsmap": ""},
"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "BertPreTokenizer"},
 {"type": "Whitespace"}, {"type": "WhitespaceSplit"}]},
"decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
"model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
 "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "ab": 1, "##c": 2, "a": 3, "##b": 4}}})";

// Every call returns, and ids stay inside the vocabulary.
void Use(const Tokenizer& tokenizer) {
  for (const std::string text :
       {"abc ABBA <s>  ab c \xC3\xA9\xE2\x82\xAC|12", "", "\xFF\xFE", "  a\nb\xCC\x81 [MASK]"}) {
    const auto ids = tokenizer.Encode(text);
    if (!ids.ok()) {
      ASSERT_NE(GetErrorDetail(ids.status()), ErrorDetail::kNone) << ids.status();
      continue;
    }
    for (const int32_t id : *ids) {
      ASSERT_GE(id, 0);
      ASSERT_LT(id, tokenizer.vocab_size());
    }
    (void)tokenizer.Decode(*ids);
  }
  for (const int id : {-1, 0, 1, 5, tokenizer.vocab_size() - 1, tokenizer.vocab_size()}) {
    ASSERT_EQ(tokenizer.IdToBytes(id).ok(), id >= 0 && id < tokenizer.vocab_size());
    (void)tokenizer.IsControl(id);
  }
}

// Whether it was a tokenizer after all.
bool Try(const std::string& json) {
  const auto start = std::chrono::steady_clock::now();
  const test::AllocationPeak peak;
  const auto tokenizer =
      JsonTokenizer::Create({reinterpret_cast<const uint8_t*>(json.data()), json.size()});
  EXPECT_LE(peak.bytes(), test::AllocationLimit(json.size()));
  if (tokenizer.ok()) {
    Use(**tokenizer);
  } else {
    EXPECT_NE(GetErrorDetail(tokenizer.status()), ErrorDetail::kNone) << tokenizer.status();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, test::kLongestRead);
  return tokenizer.ok();
}

TEST(TokenizerJsonFuzzTest, DamagedBytesAreErrorsOrAnswer) {
  int sound = 0;
  for (const absl::string_view original : {kBpe, kUnigram, kWordPiece}) {
    ASSERT_TRUE(Try(std::string(original)));
    test::Mutator mutator({original.begin(), original.end()}, 32);
    for (int i = 0; i < test::MutantCount() / 3; ++i) {
      const std::vector<uint8_t> mutant = mutator.Next();
      SCOPED_TRACE(mutator.description());
      sound += Try({mutant.begin(), mutant.end()});
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(sound, 0) << "mutants that all die early test little";
}

// Still JSON: one value is another one.
TEST(TokenizerJsonFuzzTest, OtherValuesAreErrorsOrAnswer) {
  constexpr absl::string_view kValues[] = {"null",
                                           "true",
                                           "-1",
                                           "0",
                                           "1",
                                           "4194303",
                                           "4194304",
                                           "2147483648",
                                           "1e999",
                                           "-1.5",
                                           "[]",
                                           "{}",
                                           "\"\"",
                                           "\"a\"",
                                           "\"\\u0000\"",
                                           "\"((((((a+)+)+)+)+)+$\"",
                                           "\"[a-z&&[^\"",
                                           "\"\\\\p{Nothing}\"",
                                           "\"(?<=a*)b\"",
                                           "\"(a{1000}){1000}\"",
                                           "\"\\uFFFF\\u2581\"",
                                           "[[\"a\", 1]]",
                                           "[[\"a\", \"b\"]]",
                                           "{\"type\": \"Sequence\"}",
                                           "{\"String\": \"\"}",
                                           "{\"Regex\": \"\"}",
                                           "{\"Regex\": \"(a*)*b|\\\\s*\"}"};
  int sound = 0;
  std::mt19937 random(33);
  for (const absl::string_view original : {kBpe, kUnigram, kWordPiece}) {
    for (int i = 0; i < test::MutantCount() / 3; ++i) {
      std::string json(original);
      // The value after one of the colons, up to what ends it.
      size_t colon = json.find(": ", random() % json.size());
      if (colon == std::string::npos) continue;
      const size_t end = json.find_first_of(",}]\n", colon + 3);
      const absl::string_view value = kValues[random() % std::size(kValues)];
      json.replace(colon + 2, end - colon - 2, value.data(), value.size());
      SCOPED_TRACE(json);
      sound += Try(json);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(sound, 0) << "mutants that all die early test little";
}

}  // namespace
}  // namespace edgetasks::text
