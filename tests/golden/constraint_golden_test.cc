// Constrained output against Python's re and PyPI's jsonschema: tests/golden/record_constraints.py.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/text/constraint/automaton.h"
#include "core/text/constraint/constraint.h"
#include "core/text/constraint/network.h"
#include "core/text/constraint/regex.h"
#include "tests/golden/golden_data.h"
#include "tests/support/constraint_testing.h"

namespace edgetasks::text {
namespace {

nlohmann::ordered_json Recorded(const std::string& name) {
  const auto data = nlohmann::ordered_json::parse(
      testing::ReadFile(std::string(EDGETASKS_SOURCE_DIR) + "/tests/golden/data/" + name), nullptr,
      false);
  EXPECT_TRUE(data.is_object()) << name;
  return data["cases"];
}

bool Accepts(Automaton* automaton, const std::string& text) {
  Automaton::StateId state = automaton->start();
  for (const char c : text) {
    if (state != Automaton::kDead) state = automaton->Step(state, static_cast<uint8_t>(c));
  }
  return state != Automaton::kDead && automaton->Accepts(state);
}

TEST(ConstraintGoldenTest, RegularExpressionsMatchWhatPythonMatches) {
  int accepted = 0, rejected = 0;
  for (const auto& recorded : Recorded("constraint_regex.json")) {
    const std::string pattern = recorded["pattern"];
    SCOPED_TRACE(pattern);
    RegexOptions options;
    options.search = recorded["search"];
    const auto expr = ParseRegex(pattern, options);
    ASSERT_TRUE(expr.ok()) << expr.status();
    Grammar grammar;
    grammar.AddRule("expression", *expr);
    std::array<bool, 256> all_bytes;
    all_bytes.fill(true);
    const auto network = BuildNetwork(grammar, all_bytes);
    ASSERT_TRUE(network.ok()) << network.status();
    Automaton automaton(&*network);
    for (const std::string text : recorded["accept"]) {
      EXPECT_TRUE(Accepts(&automaton, text)) << text;
      ++accepted;
    }
    for (const std::string text : recorded["reject"]) {
      EXPECT_FALSE(Accepts(&automaton, text)) << text;
      ++rejected;
    }
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(rejected, 3000);
}

TEST(ConstraintGoldenTest, SchemasAcceptWhatJsonschemaDoes) {
  int accepted = 0, rejected = 0;
  for (const auto& recorded : Recorded("constraint_schemas.json")) {
    const std::string schema = recorded["schema"].dump();
    SCOPED_TRACE(schema);
    const auto constraint = Constraint::Compile({ResponseFormatKind::kJsonSchema, schema, {}},
                                                testing::ByteVocabulary());
    ASSERT_TRUE(constraint.ok()) << constraint.status();
    for (const std::string text : recorded["accept"]) {
      EXPECT_TRUE(testing::Matches(*constraint, text)) << text;
      ++accepted;
    }
    for (const std::string text : recorded["reject"]) {
      EXPECT_FALSE(testing::Matches(*constraint, text)) << text;
      ++rejected;
    }
  }
  EXPECT_GT(accepted, 800);
  EXPECT_GT(rejected, 1500);
}

}  // namespace
}  // namespace edgetasks::text
