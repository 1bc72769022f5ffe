// Random JSON Schemas and the shipped story model: what it says under them is JSON and valid.
//
// EDGETASKS_SCHEMAS is how many are tried. EDGETASKS_SCHEMA_DUMP names a file that gets a line of
// JSON for each, {"schema", "text"}: tests/golden/check_constrained_output.py asks PyPI's
// jsonschema, formats included, whether this test's own validator is right.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "core/llm/sampler.h"
#include "core/text/constraint/constraint.h"
#include "tasks/llm_inference/language_model.h"
#include "tasks/llm_inference/special_tokens.h"
#include "tasks/llm_inference/tokenizer_source.h"
#include "tests/support/random_schema.h"
#include "tests/support/schema_validator.h"
#include "tests/support/testdata.h"

namespace edgetasks::tasks {
namespace {

constexpr int kContextTokens = 1024;

class Storyteller {
 public:
  Storyteller() {
    LlmInferenceOptions options;
    options.base_options.model_asset_path = test::SourcePath("models/story/story.task");
    model_ = *LoadLanguageModel(options);
    tokenizer_ = *OpenTokenizer(*model_.file, "");
    std::vector<int32_t> special = {tokenizer_->start_id(), tokenizer_->end_id()};
    vocabulary_ = *text::Vocabulary::Create(*tokenizer_, special);
    context_ = *model_.model->NewContext();
    prompt_ = *tokenizer_->Encode("Once upon a time");
    prompt_.insert(prompt_.begin(), tokenizer_->start_id());
  }

  const std::shared_ptr<const text::Vocabulary>& vocabulary() const { return vocabulary_; }

  // What the model says under the constraint with `tokens` tokens; `chosen`: how many it took.
  std::string Say(const std::shared_ptr<const text::Constraint>& constraint, int tokens,
                  uint64_t seed, int* chosen) {
    llm::SamplerParams params;
    params.temperature = 1.0f;
    params.seed = seed;
    llm::Sampler sampler(params);
    text::ConstraintMatcher matcher(constraint);
    EXPECT_LE(matcher.min_tokens_to_end(), tokens);
    EXPECT_TRUE(context_->Reset().ok());
    EXPECT_TRUE(
        context_->Prefill(absl::MakeConstSpan(prompt_).first(prompt_.size() - 1), nullptr).ok());
    int32_t id = prompt_.back();
    std::string text;
    *chosen = 0;
    for (; !matcher.must_end() && *chosen < tokens; ++*chosen) {
      const absl::Span<const uint64_t> mask = matcher.AllowedWithin(tokens - *chosen);
      std::vector<uint64_t> allowed(mask.begin(), mask.end());
      const int32_t stop = tokenizer_->end_id();
      if (matcher.may_end()) allowed[stop / 64] |= uint64_t{1} << (stop % 64);
      const auto logits = context_->Decode(id, nullptr);
      EXPECT_TRUE(logits.ok()) << logits.status();
      llm::SampleContext sample;
      sample.allowed = allowed;
      const auto next = sampler.Sample(*logits, sample);
      EXPECT_TRUE(next.ok()) << next.status();
      if (!next.ok() || *next == stop) break;
      id = *next;
      if (!matcher.Accept(id)) {
        ADD_FAILURE() << "token " << id << " was allowed, but not accepted";
        break;
      }
      EXPECT_TRUE(tokenizer_->AppendIdBytes(id, &text).ok());
    }
    EXPECT_TRUE(matcher.may_end()) << text;
    return text;
  }

 private:
  LanguageModel model_;
  std::shared_ptr<const text::Tokenizer> tokenizer_;
  std::shared_ptr<const text::Vocabulary> vocabulary_;
  std::unique_ptr<llm::LlmExecutor> context_;
  std::vector<int32_t> prompt_;
};

int SchemaCount() {
  const char* count = std::getenv("EDGETASKS_SCHEMAS");
  return count == nullptr ? 2000 : std::atoi(count);
}

TEST(ConstrainedStoryTest, EveryTextUnderARandomSchemaIsValid) {
  Storyteller teller;
  testing::RandomSchema schemas(11);
  std::mt19937 random(12);
  const char* dump_path = std::getenv("EDGETASKS_SCHEMA_DUMP");
  std::ofstream dump(dump_path == nullptr ? "" : dump_path);
  int tokens = 0, cut_short = 0;
  for (int i = 0; i < SchemaCount(); ++i) {
    const nlohmann::ordered_json schema = schemas.Next();
    SCOPED_TRACE(schema.dump());
    const auto constraint = text::Constraint::Compile(
        {text::ResponseFormatKind::kJsonSchema, schema.dump(), {}}, teller.vocabulary());
    ASSERT_TRUE(constraint.ok()) << constraint.status();
    // Often hardly enough, so that the way to the end is forced.
    const int fewest = text::ConstraintMatcher(*constraint).min_tokens_to_end();
    ASSERT_LT(fewest, kContextTokens - 200);
    const int budget = fewest + static_cast<int>(random() % 100);
    int chosen = 0;
    const std::string text = teller.Say(*constraint, budget, i, &chosen);
    tokens += chosen;
    cut_short += chosen == budget;
    const auto value = nlohmann::ordered_json::parse(text, nullptr, false);
    ASSERT_FALSE(value.is_discarded()) << text;
    std::string why;
    ASSERT_TRUE(testing::IsValid(schema, schema, value, &why)) << text << "\n" << why;
    if (dump.is_open())
      dump << nlohmann::ordered_json({{"schema", schema}, {"text", text}}) << "\n";
  }
  RecordProperty("tokens", tokens);
  EXPECT_GT(tokens, SchemaCount() * 10) << "texts that are all short show little";
  EXPECT_GT(cut_short, SchemaCount() / 50) << "some must have needed all their tokens";
}

}  // namespace
}  // namespace edgetasks::tasks
