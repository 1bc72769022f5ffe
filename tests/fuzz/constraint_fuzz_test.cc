// Damaged schemas, expressions and grammars: an error with a detail, or a constraint that can be
// followed to its end.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

#include "core/base/error.h"
#include "tests/support/constraint_testing.h"
#include "tests/support/fuzz_limits.h"
#include "tests/support/mutator.h"

namespace edgetasks::text {
namespace {

constexpr char kSchema[] = R"x({"type": "object", "properties": {
  "a": {"type": ["integer", "null"], "minimum": -12, "maximum": 345, "multipleOf": 3},
  "b": {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^[a-z]+\\d{1,2}$"},
  "c": {"type": "array", "prefixItems": [{"const": 1.5}], "items": {"$ref": "#/$defs/t"},
        "minItems": 1, "maxItems": 4},
  "d": {"oneOf": [{"enum": ["x", "y"]}, {"type": "number", "exclusiveMinimum": 0.25}]},
  "e": {"anyOf": [{"format": "date"}, {"allOf": [{"minLength": 2}, {"maxLength": 3}]}]}},
  "required": ["a", "d"], "additionalProperties": {"type": "boolean"}, "minProperties": 2,
  "patternProperties": {"^z": {"items": {"enum": [1, 2, 3]}, "uniqueItems": true}},
  "$defs": {"t": {"type": "array", "items": {"$ref": "#/$defs/t"}, "maxItems": 2}}})x";

constexpr char kRegex[] =
    R"x(^(?:a|[b-d\d]{2,3}(?<n>x*?y+)?|\u00e9\.[^\s"-]{1,20})+(?:\x41|(ab|a){3}|.)$)x";

constexpr char kGrammar[] = R"x(# sums
root ::= sum ("=" [0-9]{1,3})? ; sum ::= sum ("+" | '-') product | product
product : product "*" atom | atom   // left recursion
atom = [0-9a-f]+ | "(" sum ")" | /x{2,4}(y|z)?/ | '\u00e9' | .
)x";

// Follows random tokens, then the shortest way.
void Follow(const std::shared_ptr<const Constraint>& constraint, std::mt19937* random) {
  ConstraintMatcher matcher(constraint);
  for (int i = 0; i < 200 && !matcher.must_end(); ++i) {
    const absl::Span<const uint64_t> mask = i < 30 ? matcher.Allowed() : matcher.AllowedWithin(1);
    std::vector<int32_t> allowed;
    for (int32_t id = 0; id < 256; ++id) {
      if (testing::IsSet(mask, id)) allowed.push_back(id);
    }
    if (allowed.empty()) {
      ASSERT_TRUE(matcher.may_end()) << "stuck";
      return;
    }
    ASSERT_TRUE(matcher.Accept(allowed[(*random)() % allowed.size()]));
    if (i >= 30 && matcher.may_end()) return;
  }
}

void Fuzz(ResponseFormatKind kind, absl::string_view original, uint64_t seed) {
  const auto vocabulary = testing::ByteVocabulary();
  test::Mutator mutator({original.begin(), original.end()}, seed);
  std::mt19937 random(seed);
  int sound = 0;
  for (int i = 0; i < test::MutantCount(); ++i) {
    const std::vector<uint8_t> mutant = mutator.Next();
    SCOPED_TRACE(mutator.description());
    const auto start = std::chrono::steady_clock::now();
    const auto constraint =
        Constraint::Compile({kind, std::string(mutant.begin(), mutant.end()), {}}, vocabulary);
    if (constraint.ok()) {
      ++sound;
      ASSERT_NO_FATAL_FAILURE(Follow(*constraint, &random));
    } else {
      ASSERT_EQ(GetErrorDetail(constraint.status()), ErrorDetail::kInvalidOption)
          << constraint.status();
    }
    ASSERT_LT(std::chrono::steady_clock::now() - start, test::kLongestRead)
        << std::string(mutant.begin(), mutant.end());
  }
  EXPECT_GT(sound, 0) << "mutants that all die early test little";
}

TEST(ConstraintFuzzTest, Schemas) { Fuzz(ResponseFormatKind::kJsonSchema, kSchema, 41); }
TEST(ConstraintFuzzTest, RegularExpressions) { Fuzz(ResponseFormatKind::kRegex, kRegex, 42); }
TEST(ConstraintFuzzTest, Grammars) { Fuzz(ResponseFormatKind::kGrammar, kGrammar, 43); }

}  // namespace
}  // namespace edgetasks::text
