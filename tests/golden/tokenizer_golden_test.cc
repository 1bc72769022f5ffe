// tokenizer.json against what the tokenizers package makes of 10,000 lines (record_tokenizers.py).
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "core/text/streaming_detokenizer.h"
#include "core/text/tokenizer_json/json_tokenizer.h"
#include "tests/golden/golden_data.h"

namespace edgetasks::text {
namespace {

constexpr int kRandomSequences = 500;  // as in the script
constexpr uint64_t kRandomSeed = 7;
constexpr size_t kDigestBytes = 8;

std::string ReadGzip(const std::string& name) {
  const std::string path = std::string(EDGETASKS_GOLDEN_DATA) + "/tokenizers/" + name;
  const gzFile file = gzopen(path.c_str(), "rb");
  EXPECT_NE(file, nullptr) << path;
  if (file == nullptr) return "";
  std::string all;
  char part[1 << 16];
  for (int got; (got = gzread(file, part, sizeof(part))) > 0;) all.append(part, got);
  EXPECT_EQ(gzclose(file), Z_OK) << path;
  return all;
}

// Each with its length before it: 4 bytes, the lowest first.
const std::vector<std::string>& Corpus() {
  static const auto* const lines = [] {
    auto* all = new std::vector<std::string>;
    const std::string text = ReadGzip("corpus.gz");
    for (size_t at = 0; at + 4 <= text.size();) {
      size_t length = 0;
      for (int i = 3; i >= 0; --i) length = length << 8 | static_cast<uint8_t>(text[at + i]);
      all->push_back(text.substr(at + 4, length));
      at += 4 + length;
    }
    return all;
  }();
  return *lines;
}

class Digest {
 public:
  void Update(const std::string& data) {
    crc_ = crc32(crc_, reinterpret_cast<const Bytef*>(data.data()), data.size());
    adler_ = adler32(adler_, reinterpret_cast<const Bytef*>(data.data()), data.size());
  }
  std::string Bytes() const { return Word(crc_) + Word(adler_); }
  static std::string Word(uint64_t value) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
    return bytes;
  }

 private:
  uLong crc_ = 0, adler_ = 1;
};

std::string IdsBytes(const std::vector<int32_t>& ids) {
  std::string bytes = Digest::Word(ids.size());
  for (const int32_t id : ids) bytes += Digest::Word(static_cast<uint32_t>(id));
  return bytes;
}

std::string TextBytes(const std::string& text) { return Digest::Word(text.size()) + text; }

// splitmix64, as tokenizer_corpus.py has it.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Below(uint64_t limit) {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) % limit;
  }

 private:
  uint64_t state_;
};

// How the text of a stream may differ from that of a whole: JsonTokenizer::AppendIdBytes says why.
enum class Stream { kSame, kFirstSpace, kFirstPiece, kLastSpace, kNoSpaces, kNotCompared };

struct Case {
  const char* name;
  Stream stream;
};

std::string StreamOf(const Tokenizer& tokenizer, absl::Span<const int32_t> ids) {
  StreamingDetokenizer detokenizer(&tokenizer);
  std::string text;
  for (const int32_t id : ids) {
    const auto part = detokenizer.Push(id);
    EXPECT_TRUE(part.ok()) << part.status();
    if (part.ok()) text += std::string(*part);
  }
  return text + std::string(detokenizer.Flush());
}

void RemoveSpaces(std::string* text) {
  text->erase(std::remove(text->begin(), text->end(), ' '), text->end());
}

// The first piece as a whole of its own, and a stream from there on.
std::string StreamAfterFirst(const Tokenizer& tokenizer, absl::Span<const int32_t> ids) {
  size_t first = 0;
  while (first < ids.size() && tokenizer.IdToBytes(ids[first])->empty()) ++first;
  first = std::min(first + 1, ids.size());
  return *tokenizer.Decode(ids.subspan(0, first)) + StreamOf(tokenizer, ids.subspan(first));
}

::testing::AssertionResult StreamFits(Stream rule, const Tokenizer& tokenizer,
                                      const std::vector<int32_t>& ids, std::string whole) {
  std::string stream = StreamOf(tokenizer, ids);
  if (rule == Stream::kNotCompared || stream == whole) return ::testing::AssertionSuccess();
  if (rule == Stream::kFirstSpace) whole = " " + whole;
  if (rule == Stream::kLastSpace) whole += " ";
  if (rule == Stream::kFirstPiece) stream = StreamAfterFirst(tokenizer, ids);
  if (rule == Stream::kNoSpaces) {
    RemoveSpaces(&stream);
    RemoveSpaces(&whole);
  }
  if (stream == whole) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "stream " << ::testing::PrintToString(stream)
                                       << "\nwhole  " << ::testing::PrintToString(whole);
}

class TokenizerGoldenTest : public ::testing::TestWithParam<Case> {
 protected:
  static std::unique_ptr<Tokenizer> Make(const std::string& json) {
    auto tokenizer =
        JsonTokenizer::Create({reinterpret_cast<const uint8_t*>(json.data()), json.size()});
    EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
    return tokenizer.ok() ? *std::move(tokenizer) : nullptr;
  }

  // Lines, encoded and decoded, and random ids decoded: all as recorded.
  static void Compare(const JsonTokenizer& tokenizer, const std::string& expected, Stream rule) {
    ASSERT_EQ(expected.size(), 3 * kDigestBytes + Corpus().size());
    Digest ids_digest, text_digest, random_digest;
    int differing = 0;
    for (size_t i = 0; i < Corpus().size(); ++i) {
      const std::string& line = Corpus()[i];
      const auto plain = tokenizer.Encode(line);
      const auto framed = tokenizer.EncodeWithSpecialTokens(line);
      ASSERT_TRUE(plain.ok() && framed.ok()) << "line " << i << ": " << plain.status();
      const auto text = tokenizer.Decode(*plain);
      ASSERT_TRUE(text.ok()) << text.status();
      const std::string ids = IdsBytes(*plain) + IdsBytes(*framed), bytes = TextBytes(*text);
      ids_digest.Update(ids);
      text_digest.Update(bytes);
      Digest mark;
      mark.Update(ids + bytes);
      if (mark.Bytes()[0] != expected[3 * kDigestBytes + i]) {
        ADD_FAILURE() << "line " << i << ": " << ::testing::PrintToString(line) << "\nids "
                      << absl::StrJoin(*plain, " ") << "\ntext " << ::testing::PrintToString(*text);
        if (++differing == 5) FAIL() << "five are enough";
      }
      ASSERT_TRUE(StreamFits(rule, tokenizer, *plain, *text)) << "line " << i;
    }
    Random random(kRandomSeed);
    for (int i = 0; i < kRandomSequences; ++i) {
      std::vector<int32_t> ids(1 + random.Below(12));
      for (int32_t& id : ids) id = static_cast<int32_t>(random.Below(tokenizer.vocab_size()));
      const auto text = tokenizer.Decode(ids);
      ASSERT_TRUE(text.ok()) << text.status();
      random_digest.Update(TextBytes(*text));
    }
    EXPECT_EQ(ids_digest.Bytes(), expected.substr(0, kDigestBytes));
    EXPECT_EQ(text_digest.Bytes(), expected.substr(kDigestBytes, kDigestBytes));
    EXPECT_EQ(random_digest.Bytes(), expected.substr(2 * kDigestBytes, kDigestBytes));
  }
};

TEST_P(TokenizerGoldenTest, IdsAndTextsAreThoseOfThePackage) {
  const std::string name = GetParam().name;
  const auto tokenizer = Make(ReadGzip(name + ".json.gz"));
  ASSERT_NE(tokenizer, nullptr);
  Compare(static_cast<const JsonTokenizer&>(*tokenizer), ReadGzip(name + ".expected.gz"),
          GetParam().stream);
}

constexpr Case kCases[] = {
    {"bpe_gpt2", Stream::kSame},
    {"bpe_roberta", Stream::kSame},
    {"bpe_llama3", Stream::kSame},
    {"bpe_qwen", Stream::kSame},
    {"bpe_gpt4o", Stream::kSame},
    {"bpe_kimi", Stream::kSame},
    {"bpe_deepseek", Stream::kSame},
    {"bpe_odd_pattern", Stream::kSame},
    {"bpe_bytes_normalized", Stream::kSame},
    {"bpe_llama2", Stream::kFirstSpace},
    {"bpe_gemma", Stream::kSame},
    {"bpe_mistral", Stream::kFirstSpace},
    {"bpe_first_cut", Stream::kFirstPiece},
    {"bpe_clip", Stream::kLastSpace},
    {"bpe_continuing", Stream::kFirstPiece},
    {"bpe_drops_unknown", Stream::kNoSpaces},
    {"unigram_t5", Stream::kFirstPiece},
    {"unigram_albert", Stream::kFirstPiece},
    {"unigram_bytes", Stream::kSame},
    {"unigram_scripts", Stream::kFirstPiece},
    {"wordpiece_bert", Stream::kFirstPiece},
    {"wordpiece_cased", Stream::kFirstPiece},
    {"wordlevel", Stream::kNoSpaces},
    {"characters_ctc", Stream::kNotCompared},
    {"split_removed", Stream::kSame},
    {"split_isolated", Stream::kSame},
    {"split_merged_with_previous", Stream::kSame},
    {"split_merged_with_next", Stream::kSame},
    {"split_contiguous", Stream::kSame},
    {"split_inverted_removed", Stream::kSame},
    {"split_inverted_isolated", Stream::kSame},
    {"split_inverted_merged_with_previous", Stream::kSame},
    {"split_inverted_merged_with_next", Stream::kSame},
    {"split_inverted_contiguous", Stream::kSame},
    {"added_lowercase", Stream::kSame},
    {"added_metaspace", Stream::kFirstSpace},
    {"added_first", Stream::kFirstPiece},
    {"merges_as_strings", Stream::kSame},
};
INSTANTIATE_TEST_SUITE_P(Configurations, TokenizerGoldenTest, ::testing::ValuesIn(kCases),
                         [](const ::testing::TestParamInfo<Case>& one) {
                           return std::string(one.param.name);
                         });

// The model that ships.
TEST_F(TokenizerGoldenTest, TheShippedTokenizerIsThatOfThePackage) {
  const auto tokenizer =
      Make(testing::ReadFile(std::string(EDGETASKS_SOURCE_DIR) + "/models/story/tokenizer.json"));
  ASSERT_NE(tokenizer, nullptr);
  Compare(static_cast<const JsonTokenizer&>(*tokenizer), ReadGzip("story.expected.gz"),
          Stream::kFirstSpace);
}

TEST_F(TokenizerGoldenTest, TheStoryModelsTokenizerIsThatOfThePackage) {
  SKIP_WITHOUT_TESTDATA();
  const std::string json =
      testing::ReadFile(testing::TestdataDir() + "/llm/stories260K/hf/tokenizer.json");
  const auto tokenizer = Make(json);
  ASSERT_NE(tokenizer, nullptr);
  EXPECT_EQ(tokenizer->start_id(), 1);
  EXPECT_EQ(tokenizer->end_id(), 2);
  Compare(static_cast<const JsonTokenizer&>(*tokenizer), ReadGzip("stories260K.expected.gz"),
          Stream::kFirstSpace);
}

}  // namespace
}  // namespace edgetasks::text
