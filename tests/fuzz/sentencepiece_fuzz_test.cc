// Damaged SentencePiece models: an error with a detail, or a tokenizer that answers.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/text/sentencepiece_tokenizer.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/fuzz_limits.h"
#include "tests/support/mutator.h"
#include "tests/support/tiny_sentencepiece.h"

namespace edgetasks::text {
namespace {

// Words, a merge of several steps, a user's piece and all bytes.
std::vector<uint8_t> Original() {
  const std::string proto =
      testing::SentencePieceProto(testing::WithSpecials({{"\xE2\x96\x81", -1.0f},
                                                         {"a", -2.0f},
                                                         {"b", -3.0f},
                                                         {"ab", -0.5f},
                                                         {"\xE2\x96\x81"
                                                          "ab",
                                                          -0.25f},
                                                         {"<turn>", 0.0f, testing::kUserDefined},
                                                         {"\xC3\xA9", -4.0f}}));
  return {proto.begin(), proto.end()};
}

// Every call returns, and ids and pieces stay inside the vocabulary.
void Use(const Tokenizer& tokenizer) {
  for (const std::string text : {"ab abba <turn> \xC3\xA9\xE2\x82\xAC", "", "\xFF\xFE", "  a\nb"}) {
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
  for (const int id : {0, 1, 5, tokenizer.vocab_size() - 1, tokenizer.vocab_size()}) {
    (void)tokenizer.IdToBytes(id);
  }
}

TEST(SentencePieceFuzzTest, MutantsAreErrorsOrAnswer) {
  const std::vector<uint8_t> original = Original();
  int sound = 0;
  test::Mutator mutator(original, 31);
  for (int i = 0; i < test::MutantCount(); ++i) {
    const std::vector<uint8_t> mutant = mutator.Next();
    SCOPED_TRACE(mutator.description());
    const auto start = std::chrono::steady_clock::now();
    const test::AllocationPeak peak;
    const auto tokenizer = SentencePieceTokenizer::Create(mutant, {});
    ASSERT_LE(peak.bytes(), test::AllocationLimit(mutant.size()));
    if (tokenizer.ok()) {
      ++sound;
      ASSERT_NO_FATAL_FAILURE(Use(**tokenizer));
    } else {
      ASSERT_NE(GetErrorDetail(tokenizer.status()), ErrorDetail::kNone) << tokenizer.status();
    }
    ASSERT_LT(std::chrono::steady_clock::now() - start, test::kLongestRead);
  }
  EXPECT_GT(sound, 0) << "mutants that all die early test little";
}

}  // namespace
}  // namespace edgetasks::text
