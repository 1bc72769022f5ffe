// README.md lists what a response format honours, refuses and ignores: so it is.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "core/text/constraint/constraint.h"
#include "core/text/constraint/json_format.h"
#include "tests/support/constraint_testing.h"
#include "tests/support/testdata.h"

namespace edgetasks::text {
namespace {

using testing::ByteVocabulary;
using testing::Matches;
using Words = std::vector<std::string>;

// What stands between backticks in the item of README.md that begins with `beginning`, up to the
// next one.
Words Listed(const std::string& beginning) {
  std::ifstream file(test::SourcePath("README.md"));
  std::stringstream text;
  text << file.rdbuf();
  const std::string readme = text.str();
  const size_t begin = readme.find("\n- " + beginning);
  EXPECT_NE(begin, std::string::npos) << beginning;
  if (begin == std::string::npos) return {};
  const size_t end = std::min(readme.find("\n- ", begin + 1), readme.find("\n\n", begin));
  const std::string item = readme.substr(begin, end - begin);
  Words words;
  for (size_t at = item.find('`', 0); at != std::string::npos; at = item.find('`', at)) {
    const size_t close = item.find('`', at + 1);
    if (close == std::string::npos) break;
    words.push_back(item.substr(at + 1, close - at - 1));
    at = close + 1;
  }
  EXPECT_FALSE(words.empty()) << beginning;
  return words;
}

absl::StatusOr<std::shared_ptr<const Constraint>> Compile(ResponseFormatKind kind,
                                                          const std::string& source) {
  return Constraint::Compile({kind, source, {}}, ByteVocabulary());
}

absl::StatusOr<std::shared_ptr<const Constraint>> Schema(const std::string& source) {
  return Compile(ResponseFormatKind::kJsonSchema, source);
}

// A schema in which a keyword decides that one text is valid and another is not.
struct Example {
  const char* schema;
  const char* valid;
  const char* invalid;
};

const std::map<std::string, Example>& Examples() {
  static const auto* const examples = new std::map<std::string, Example>{
      {"type", {R"({"type": "null"})", "null", "true"}},
      {"enum", {R"({"enum": [1, "a"]})", "\"a\"", "2"}},
      {"const", {R"({"const": 7})", "7", "8"}},
      {"properties", {R"({"properties": {"a": {"const": 1}}})", "{\"a\": 1}", "{\"a\": 2}"}},
      {"required",
       {R"({"properties": {"a": {"const": 1}}, "required": ["a"]})", "{\"a\": 1}", "{}"}},
      {"additionalProperties",
       {R"({"properties": {}, "additionalProperties": {"const": 1}})", "{\"b\": 1}", "{\"b\": 2}"}},
      {"patternProperties",
       {R"({"patternProperties": {"^a$": {"const": 1}}})", "{\"a\": 1}", "{\"a\": 2}"}},
      {"propertyNames",
       {R"({"propertyNames": {"enum": ["a"]}, "additionalProperties": {"const": 1}})", "{\"a\": 1}",
        "{\"b\": 1}"}},
      {"minProperties",
       {R"({"additionalProperties": {"const": 1}, "minProperties": 1})", "{\"a\": 1}", "{}"}},
      {"maxProperties",
       {R"({"additionalProperties": {"const": 1}, "maxProperties": 1})", "{\"a\": 1}",
        "{\"a\": 1, \"b\": 1}"}},
      {"prefixItems", {R"({"prefixItems": [{"const": 1}], "items": false})", "[1]", "[2]"}},
      {"items", {R"({"items": {"const": 1}})", "[1, 1]", "[1, 2]"}},
      {"minItems", {R"({"items": {"const": 1}, "minItems": 1})", "[1]", "[]"}},
      {"maxItems", {R"({"items": {"const": 1}, "maxItems": 1})", "[1]", "[1, 1]"}},
      {"uniqueItems", {R"({"items": {"enum": [1, 2]}, "uniqueItems": true})", "[1, 2]", "[1, 1]"}},
      {"minLength", {R"({"minLength": 2})", "\"ab\"", "\"a\""}},
      {"maxLength", {R"({"maxLength": 2})", "\"ab\"", "\"abc\""}},
      {"pattern", {R"({"pattern": "^[ab]+$"})", "\"ab\"", "\"c\""}},
      {"format", {R"({"format": "ipv4"})", "\"127.0.0.1\"", "\"127\""}},
      {"minimum", {R"({"type": "integer", "minimum": 3})", "3", "2"}},
      {"maximum", {R"({"type": "integer", "maximum": 3})", "3", "4"}},
      {"exclusiveMinimum", {R"({"type": "integer", "exclusiveMinimum": 3})", "4", "3"}},
      {"exclusiveMaximum", {R"({"type": "integer", "exclusiveMaximum": 3})", "2", "3"}},
      {"multipleOf", {R"({"type": "integer", "multipleOf": 3})", "6", "7"}},
      {"allOf", {R"({"allOf": [{"enum": [1, 2]}, {"enum": [2, 3]}]})", "2", "1"}},
      {"anyOf", {R"({"anyOf": [{"const": 1}, {"const": 2}]})", "2", "3"}},
      {"oneOf", {R"({"oneOf": [{"const": 1}, {"const": 2}]})", "2", "3"}},
      {"$ref", {R"({"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}})", "1", "2"}},
  };
  return *examples;
}

// All keywords of the vocabularies of draft 2020-12 (JSON Schema Core, section 8 to 11; Validation,
// section 6 to 9).
const std::set<std::string>& Keywords() {
  static const auto* const keywords = new std::set<std::string>{"$schema",
                                                                "$id",
                                                                "$ref",
                                                                "$anchor",
                                                                "$dynamicRef",
                                                                "$dynamicAnchor",
                                                                "$vocabulary",
                                                                "$comment",
                                                                "$defs",
                                                                "allOf",
                                                                "anyOf",
                                                                "oneOf",
                                                                "not",
                                                                "if",
                                                                "then",
                                                                "else",
                                                                "dependentSchemas",
                                                                "prefixItems",
                                                                "items",
                                                                "contains",
                                                                "properties",
                                                                "patternProperties",
                                                                "additionalProperties",
                                                                "propertyNames",
                                                                "unevaluatedItems",
                                                                "unevaluatedProperties",
                                                                "type",
                                                                "enum",
                                                                "const",
                                                                "multipleOf",
                                                                "maximum",
                                                                "exclusiveMaximum",
                                                                "minimum",
                                                                "exclusiveMinimum",
                                                                "maxLength",
                                                                "minLength",
                                                                "pattern",
                                                                "maxItems",
                                                                "minItems",
                                                                "uniqueItems",
                                                                "maxContains",
                                                                "minContains",
                                                                "maxProperties",
                                                                "minProperties",
                                                                "required",
                                                                "dependentRequired",
                                                                "format",
                                                                "contentEncoding",
                                                                "contentMediaType",
                                                                "contentSchema",
                                                                "title",
                                                                "description",
                                                                "default",
                                                                "deprecated",
                                                                "readOnly",
                                                                "writeOnly",
                                                                "examples"};
  return *keywords;
}

TEST(ReadmeFormsTest, EveryKeywordIsListedOnce) {
  std::multiset<std::string> listed;
  for (const char* item : {"**JSON Schema** (draft 2020-12), honoured:",
                           "**JSON Schema**, refused:", "**JSON Schema**, without effect:"}) {
    for (const std::string& word : Listed(item)) listed.insert(word);
  }
  listed.erase(listed.find("$ref"));  // it is named a second time, with $defs
  EXPECT_EQ(listed, std::multiset<std::string>(Keywords().begin(), Keywords().end()));
}

TEST(ReadmeFormsTest, HonouredKeywordsDecide) {
  for (const std::string& keyword : Listed("**JSON Schema** (draft 2020-12), honoured:")) {
    ASSERT_EQ(Examples().count(keyword), 1) << keyword;
    const Example& example = Examples().at(keyword);
    const auto constraint = Schema(example.schema);
    ASSERT_TRUE(constraint.ok()) << constraint.status();
    EXPECT_TRUE(Matches(*constraint, example.valid, true)) << keyword;
    EXPECT_FALSE(Matches(*constraint, example.invalid, true)) << keyword;
  }
}

TEST(ReadmeFormsTest, RefusedKeywordsAreNamed) {
  for (const std::string& keyword : Listed("**JSON Schema**, refused:")) {
    const auto constraint = Schema(absl::StrCat("{\"type\": \"object\", \"", keyword, "\": {}}"));
    ASSERT_FALSE(constraint.ok()) << keyword;
    EXPECT_NE(constraint.status().message().find(absl::StrCat("#/", keyword)),
              absl::string_view::npos)
        << constraint.status();
  }
}

TEST(ReadmeFormsTest, OthersHaveNoEffect) {
  for (const std::string& keyword : Listed("**JSON Schema**, without effect:")) {
    if (keyword == "$ref") continue;
    const auto constraint = Schema(absl::StrCat("{\"const\": 1, \"", keyword, "\": \"x\"}"));
    ASSERT_TRUE(constraint.ok()) << keyword << ": " << constraint.status();
    EXPECT_TRUE(Matches(*constraint, "1", true)) << keyword;
    EXPECT_FALSE(Matches(*constraint, "\"x\"", true)) << keyword;
  }
}

TEST(ReadmeFormsTest, Formats) {
  Words formats = Listed("**Formats** of");
  ASSERT_EQ(formats.front(), "format");
  std::string joined;
  for (size_t i = 1; i < formats.size(); ++i) {
    absl::StrAppend(&joined, i > 1 ? ", " : "", formats[i]);
    EXPECT_NE(JsonFormatPattern(formats[i]), nullptr) << formats[i];
  }
  EXPECT_EQ(joined, kJsonFormats);
  EXPECT_FALSE(Schema(R"({"format": "idn-email"})").ok());
}

TEST(ReadmeFormsTest, RegularExpressions) {
  for (const std::string& pattern : Listed("**Regular expressions**, honoured:")) {
    const auto constraint = Compile(ResponseFormatKind::kRegex, pattern);
    EXPECT_TRUE(constraint.ok()) << pattern << ": " << constraint.status();
  }
  for (const std::string& pattern : Listed("**Regular expressions**, refused:")) {
    EXPECT_FALSE(Compile(ResponseFormatKind::kRegex, pattern).ok()) << pattern;
  }
}

TEST(ReadmeFormsTest, Grammars) {
  const char* const rules = "\na ::= \"x\"\nb ::= \"y\"";
  Words forms = Listed("**Grammars**, honoured");
  ASSERT_EQ(forms.front(), "root ::=");
  for (size_t i = 1; i < forms.size(); ++i) {
    const auto constraint =
        Compile(ResponseFormatKind::kGrammar, absl::StrCat("root ::= ", forms[i], rules));
    EXPECT_TRUE(constraint.ok()) << forms[i] << ": " << constraint.status();
  }
  for (const char* refused : {"root ::= none", "root ::= c \"x\"\nc ::= root | \"y\""}) {
    EXPECT_FALSE(Compile(ResponseFormatKind::kGrammar, refused).ok()) << refused;
  }
}

}  // namespace
}  // namespace edgetasks::text
