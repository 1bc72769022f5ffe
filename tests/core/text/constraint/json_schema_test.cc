#include "core/text/constraint/json_schema.h"

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tests/support/constraint_testing.h"

namespace edgetasks::text {
namespace {

using testing::ByteVocabulary;
using testing::Matches;
using Texts = std::vector<std::string>;

absl::StatusOr<std::shared_ptr<const Constraint>> Compile(const std::string& schema) {
  return Constraint::Compile({ResponseFormatKind::kJsonSchema, schema, {}}, ByteVocabulary());
}

// What PyPI's jsonschema says of hundreds of others: tests/golden/constraint_golden_test.cc.
void Expect(const std::string& schema, const Texts& valid, const Texts& invalid) {
  const auto constraint = Compile(schema);
  ASSERT_TRUE(constraint.ok()) << schema << ": " << constraint.status();
  for (const std::string& text : valid) EXPECT_TRUE(Matches(*constraint, text)) << schema << text;
  for (const std::string& text : invalid) {
    EXPECT_FALSE(Matches(*constraint, text)) << schema << text;
  }
}

TEST(JsonSchemaTest, Types) {
  Expect(R"({"type": "null"})", {"null"}, {"nul", "0", " null"});
  Expect(R"({"type": "boolean"})", {"true", "false"}, {"True", "1"});
  Expect(R"({"type": ["integer", "null"]})", {"0", "-12", "null", "999999999999999"},
         {"-0", "01", "1.0", "1e3", "1000000000000000", "\"1\""});
  Expect(R"({"type": "number"})",
         {"0", "-1", "3.25", "0.000001", "1.5e-9", "1E99", "-0.5", "123456789.123456"},
         {"-0", ".5", "1.", "1.0000000", "01.5", "1e100", "-0.0", "+1", "NaN"});
  Expect(R"(true)", {"1", "\"a\"", "[]", "{}", "[1, {\"a\":[null]}]"}, {"", "a", "[1,]", "{a:1}"});
  Expect(R"({"type": "object"})", {"{}", "{\"a\": 1, \"b\":[{}]}"}, {"[]", "{\"a\"}"});
}

TEST(JsonSchemaTest, Numbers) {
  Expect(R"({"type": "integer", "minimum": -3, "exclusiveMaximum": 12})",
         {"-3", "-1", "0", "9", "10", "11"}, {"-4", "-10", "12", "13", "20", "100"});
  Expect(R"({"type": "integer", "minimum": 95, "maximum": 1203})",
         {"95", "99", "100", "999", "1000", "1199", "1203"}, {"94", "1204", "1300", "9", "2000"});
  Expect(R"({"type": "integer", "exclusiveMinimum": 2.5, "maximum": 7.5})", {"3", "7"}, {"2", "8"});
  Expect(R"({"type": "integer", "maximum": -20})", {"-20", "-21", "-100"},
         {"-19", "-2", "0", "20"});
  Expect(R"({"type": "number", "minimum": 0.25, "maximum": 10.5})",
         {"0.25", "0.250", "0.3", "1", "9.999999", "10", "10.5", "10.50"},
         {"0.249999", "0.2", "0", "10.500001", "10.6", "11", "-1", "1e0"});
  Expect(R"({"type": "number", "exclusiveMinimum": -1.5, "exclusiveMaximum": 0})",
         {"-1.499999", "-1", "-0.000001"}, {"-1.5", "-1.50", "0", "-0.0", "-2", "0.1"});
  Expect(R"({"type": "integer", "multipleOf": 7, "minimum": 10, "maximum": 100})",
         {"14", "21", "98"}, {"7", "15", "105"});
  Expect(R"({"type": "number", "multipleOf": 5})", {"0", "5", "-10"}, {"1", "2.5", "-0"});
  Expect(R"({"type": "integer", "allOf": [{"multipleOf": 4}, {"multipleOf": 6}]})",
         {"12", "-24", "0"}, {"4", "6", "18"});
}

TEST(JsonSchemaTest, Strings) {
  Expect(R"({"type": "string"})", {R"("")", R"("a\"\\\n\u0001é")", "\"\x7F\""},
         {R"("a)", "\"\n\"", R"("\x")", R"("\/")", R"("\u0041")", "\"\xC3\""});
  Expect(R"({"type": "string", "minLength": 2, "maxLength": 3})",
         {R"("ab")", R"("é€😀")", R"("\n\"a")"}, {R"("a")", R"("abcd")", R"("")"});
  Expect(R"({"type": "string", "pattern": "^a+$", "minLength": 2, "maxLength": 4})",
         {R"("aa")", R"("aaaa")"}, {R"("a")", R"("aaaaa")", R"("ab")"});
  Expect(R"({"pattern": "b\\d"})", {R"("b1")", R"("xb1\"")"}, {R"("b")", "1"});
  Expect(R"({"pattern": "^[\"\\n]$"})", {R"("\"")", R"("\n")"}, {R"("a")"});
  Expect(R"({"type": "string", "enum": ["a", "bb", 3, "b\"c"], "minLength": 2})",
         {R"("bb")", R"("b\"c")"}, {R"("a")", "3"});
}

TEST(JsonSchemaTest, Formats) {
  const auto format = [](const std::string& name) {
    return R"({"type": "string", "format": ")" + name + "\"}";
  };
  Expect(format("date"), {R"("2024-02-29")", R"("2000-02-29")", R"("1999-12-31")"},
         {R"("2023-02-29")", R"("1900-02-29")", R"("2024-04-31")", R"("2024-13-01")"});
  Expect(format("time"), {R"("23:59:59Z")", R"("00:00:00.125+05:30")"},
         {R"("24:00:00Z")", R"("12:00:00")"});
  Expect(format("date-time"), {R"("2024-02-29T12:00:00-08:00")"}, {R"("2024-02-30T12:00:00Z")"});
  Expect(format("uuid"), {R"("123e4567-e89b-12d3-a456-426614174000")"},
         {R"("123e4567e89b12d3a456426614174000")"});
  Expect(format("ipv4"), {R"("255.0.10.199")"}, {R"("256.0.0.1")", R"("01.0.0.1")", R"("1.2.3")"});
  Expect(format("email"), {R"("a.b+c@example.org")"}, {R"("a@")", R"("a..b@c")", R"("@c")"});
  Expect(format("hostname"), {R"("a-1.example")"}, {R"("-a")", R"("a-.b")"});
  Expect(format("uri"), {R"("https://example.org/a%20b?q=1#x")"}, {R"("example")", R"("a://b c")"});
}

TEST(JsonSchemaTest, ArraysAndTheirPlaces) {
  Expect(R"({"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3})",
         {"[1]", "[1,2]", "[1, 2, 3]"},
         {"[]", "[1,2,3,4]", "[1,]", "[1,  2]", "[\"a\"]", "[1 ,2]"});
  Expect(R"({"type": "array", "maxItems": 0})", {"[]"}, {"[1]"});
  Expect(R"({"prefixItems": [{"const": 1}, {"const": 2}], "items": {"const": 3}})",
         {"[]", "[1]", "[1,2]", "[1,2,3,3]"}, {"[2]", "[1,3]", "[1,2,2]"});
  Expect(R"({"prefixItems": [{"const": 1}, {"const": 2}], "items": false, "minItems": 2})",
         {"[1,2]"}, {"[1]", "[1,2,3]", "[]"});
  Expect(R"({"prefixItems": [{"const": 1}], "minItems": 3, "items": {"const": 0}})",
         {"[1,0,0]", "[1,0,0,0]"}, {"[1,0]"});
  Expect(R"({"items": {"enum": ["a", "b", "c"]}, "uniqueItems": true, "minItems": 2})",
         {R"(["a","b"])", R"(["a","c"])", R"(["a", "b", "c"])"},
         {R"(["a"])", R"(["a","a"])", R"(["b","a"])"});
  Expect(R"({"type": "array", "uniqueItems": true, "maxItems": 1})", {"[]", "[3]"}, {"[1,2]"});
}

TEST(JsonSchemaTest, ObjectsAndTheirProperties) {
  const char* const abc = R"({"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2},
                              "c": {"const": 3}}, "required": ["b"])";
  Expect(
      absl::StrCat(abc, "}"), {R"({"b":2})", R"({"a": 1, "b": 2, "c": 3})", R"({"b":2,"c":3})"},
      {"{}", R"({"a":1})", R"({"b":2,"a":1})", R"({"b":2,})", R"({"b":2,"d":4})", R"({,"b":2})"});
  Expect(absl::StrCat(abc, R"(, "additionalProperties": {"type": "null"}})"),
         {R"({"b":2,"d":null,"":null})", R"({"b":2})"},
         {R"({"b":2,"d":4})", R"({"b":2,"a":null})"});
  Expect(absl::StrCat(abc, R"(, "maxProperties": 2, "minProperties": 2})"),
         {R"({"a":1,"b":2})", R"({"b":2,"c":3})"}, {R"({"b":2})", R"({"a":1,"b":2,"c":3})"});
  Expect(R"({"required": ["x"], "properties": {"a": false}})", {R"({"x":[1]})"},
         {"{}", R"({"a":1,"x":1})"});
  Expect(R"({"patternProperties": {"^n_": {"type": "integer"}, "_s$": {"maximum": 5}},
             "additionalProperties": false})",
         {R"({"n_a":7})", R"({"x_s":4.5,"n_s":3})", "{}"},
         {R"({"n_s":7})", R"({"n_s":2.5})", R"({"other":1})", R"({"n_a":"x"})"});
  Expect(R"({"type": "object", "additionalProperties": true, "maxProperties": 2,
             "propertyNames": {"pattern": "^[a-z]+$"}})",
         {"{}", R"({"a":1,"b":2})"}, {R"({"A":1})", R"({"a":1,"b":2,"c":3})"});
}

TEST(JsonSchemaTest, Combinations) {
  Expect(R"({"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 1}]})",
         {"12", R"("a")", R"("")"}, {R"("ab")", "1.5"});
  Expect(R"({"allOf": [{"minimum": 3}, {"maximum": 5}], "type": "integer"})", {"3", "5"},
         {"2", "6"});
  Expect(R"({"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]},
                       {"properties": {"a": {"minimum": 5}, "b": true}, "required": ["b"],
                        "additionalProperties": false}]})",
         {R"({"a":5,"b":null})"}, {R"({"a":4,"b":null})", R"({"a":5})"});
  Expect(R"({"oneOf": [{"type": "integer", "minimum": 10}, {"type": "integer", "maximum": 5},
                       {"type": "boolean"}]})",
         {"10", "5", "true"}, {"7"});
  Expect(R"({"oneOf": [
             {"properties": {"kind": {"const": "cat"}, "lives": {"maximum": 9}}, "required": ["kind"]},
             {"properties": {"kind": {"const": "dog"}}, "required": ["kind"]}]})",
         {R"({"kind":"cat","lives":9})", R"({"kind":"dog"})"},
         {R"({"kind":"dog","lives":9})", "{}"});
  Expect(R"({"enum": [1, [1, {"a": "é"}], {"b": null}, "x"]})",
         {"1", R"([1,{"a":"é"}])", R"({"b":null})", R"("x")"}, {"2", "[1]"});
  Expect(R"({"enum": [1, 2, 3, 4], "anyOf": [{"minimum": 4}, {"const": 2}]})", {"2", "4"},
         {"1", "3"});
}

TEST(JsonSchemaTest, References) {
  Expect(R"({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "integer"}}})", {"1"}, {"null"});
  Expect(R"({"properties": {"next": {"$ref": "#"}, "v": {"type": "null"}}, "required": ["v"]})",
         {R"({"v":null})", R"({"next":{"next":{"v":null},"v":null},"v":null})"},
         {R"({"next":{},"v":null})"});
  Expect(R"({"$defs": {"t": {"anyOf": [{"type": "null"}, {"type": "array", "maxItems": 2,
             "items": {"$ref": "#/$defs/t"}}]}}, "$ref": "#/$defs/t"})",
         {"null", "[null,[null]]", "[[[[]]]]"}, {"[null,null,null]", "[1]"});
}

// Deep nesting ends where the stack does, with every bracket closed.
TEST(JsonSchemaTest, NestingIsBounded) {
  const auto constraint = Compile(R"({"type": "array", "items": {"$ref": "#"}})");
  ASSERT_TRUE(constraint.ok());
  ConstraintMatcher matcher(*constraint);
  int depth = 0;
  while (matcher.Accept('[')) ++depth;
  EXPECT_GT(depth, 90);
  EXPECT_LE(depth, 400);
  while (!matcher.must_end()) ASSERT_TRUE(matcher.Accept(']'));
}

TEST(JsonSchemaTest, RefusesWithPlaceAndReason) {
  const std::pair<const char*, const char*> cases[] = {
      {"{", "is not valid JSON"},
      {"3", "at #: expected a schema"},
      {R"({"properties": {"a/b": {"not": {}}}})", "at #/properties/a~1b/not: what must not be"},
      {R"({"if": true})", "at #/if: conditions"},
      {R"({"contains": {}})", "at #/contains:"},
      {R"({"items": [true]})", "at #/items: a list of schemas is called prefixItems"},
      {R"({"type": "strin"})", "at #/type: expected null, boolean"},
      {R"x({"pattern": "(a"})x", "at #/pattern: the regular expression, at byte 0"},
      {R"x({"pattern": "(?=a)"})x", "lookaround"},
      {R"({"format": "ipv6"})", "at #/format: not a known format"},
      {R"({"minLength": -1})", "at #/minLength: expected a whole number"},
      {R"({"multipleOf": 0.1})", "at #/multipleOf: only whole numbers"},
      {R"({"uniqueItems": true})", "at #/uniqueItems: supported only"},
      {R"({"minProperties": 3})", "at #/minProperties: only 1 properties"},
      {R"({"oneOf": [{"type": "integer"}, {"type": "number"}]})", "at #/oneOf: it is not seen"},
      {R"({"oneOf": [{"format": "date"}, {"format": "email"}]})", "at #/oneOf: it is not seen"},
      {R"({"$ref": "http://example.org"})", "at #/$ref: only references into the document"},
      {R"({"$ref": "#/a"})", "at #/$ref: there is nothing at #/a"},
      {R"({"$ref": "#"})", "at #: the schema refers to itself"},
      {R"({"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}})", "refers to itself"},
      {R"({"type": "integer", "minimum": 3, "maximum": 2})", "no text satisfies"},
      {"false", "no text satisfies"},
      {R"({"required": ["next"], "properties": {"next": {"$ref": "#"}}})", "no text satisfies"},
      {R"({"required": "a"})", "at #/required: expected a list"},
      {R"({"anyOf": []})", "at #/anyOf: expected a list of schemas"},
  };
  for (const auto& [schema, message] : cases) {
    const auto constraint = Compile(schema);
    ASSERT_FALSE(constraint.ok()) << schema;
    EXPECT_EQ(GetErrorDetail(constraint.status()), ErrorDetail::kInvalidOption);
    EXPECT_NE(constraint.status().message().find(message), absl::string_view::npos)
        << schema << ": " << constraint.status();
  }
}

TEST(JsonSchemaTest, AnyObject) {
  const auto constraint =
      Constraint::Compile({ResponseFormatKind::kJsonObject, "", {}}, ByteVocabulary());
  ASSERT_TRUE(constraint.ok());
  EXPECT_TRUE(Matches(*constraint, R"({"a": [1, "b", {"c": null}]})"));
  EXPECT_FALSE(Matches(*constraint, "[]"));
}

}  // namespace
}  // namespace edgetasks::text
