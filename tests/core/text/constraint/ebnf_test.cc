#include "core/text/constraint/ebnf.h"

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tests/support/constraint_testing.h"

namespace edgetasks::text {
namespace {

using testing::ByteVocabulary;
using testing::Matches;
using Texts = std::vector<std::string>;

absl::StatusOr<std::shared_ptr<const Constraint>> Compile(const std::string& grammar) {
  return Constraint::Compile({ResponseFormatKind::kGrammar, grammar, {}}, ByteVocabulary());
}

void Expect(const std::string& grammar, const Texts& texts, const Texts& others) {
  const auto constraint = Compile(grammar);
  ASSERT_TRUE(constraint.ok()) << grammar << ": " << constraint.status();
  for (const std::string& text : texts) EXPECT_TRUE(Matches(*constraint, text, true)) << text;
  for (const std::string& text : others) EXPECT_FALSE(Matches(*constraint, text, true)) << text;
}

TEST(EbnfTest, RulesTextsClassesAndRepetition) {
  Expect(R"x(# numbers and words
root   ::= "answer: " (number | word)   // one of both
number ::= "-"? [0-9]{1,3}
         | '\u00e9'
word   : [a-c]+ /x{2}\/?/ . ;
)x",
         {"answer: 12", "answer: -123", "answer: \xC3\xA9", "answer: abcxx/!",
          "answer: axx\xE2\x82\xAC"},
         {"answer: ", "answer: 1234", "answer: abc", "answer: axx", "answer: axx\n"});
}

TEST(EbnfTest, RulesEndWhereTheNextBegins) {
  Expect("root ::= a\n  b a ::= \"x\" b ::= \"y\"", {"xy"}, {"x", "y"});
  Expect("root ::= (\n\"a\"\n|\n\"b\"\n)\n\"c\"\n", {"ac", "bc"}, {"a"});
  Expect("root ::= empty \"a\" | \nempty ::= () \"\"", {"a", ""}, {"aa"});
}

TEST(EbnfTest, RecursionNests) {
  Expect(R"x(root ::= "(" root ")" root | "")x", {"", "()", "(())()", "((()())())"},
         {"(", "())", ")("});
  Expect(R"x(root ::= "a" root "b" | "ab")x", {"ab", "aabb", "aaabbb"}, {"aab", "abb", "a"});
}

// A list that ends in itself is a loop, not a stack: it may be of any length.
TEST(EbnfTest, RightRecursionIsNotLimited) {
  const auto constraint = Compile("root ::= item | item \",\" root  item ::= [a-z]");
  ASSERT_TRUE(constraint.ok());
  std::string text = "a";
  for (int i = 0; i < 5000; ++i) text += ",b";
  EXPECT_TRUE(Matches(*constraint, text));
}

TEST(EbnfTest, LeftRecursionOfOneRuleIsARepetition) {
  Expect(R"x(root ::= sum
sum ::= sum "+" product | sum "-" product | product
product ::= product "*" atom | atom
atom ::= [0-9] | "(" sum ")")x",
         {"1", "1+2*3", "(1-2)*(3+4*5)", "1-2-3"}, {"+1", "1+", "(1", "1**2"});
}

// Each text can be read in a number of ways that grows like its factorial.
TEST(EbnfTest, AmbiguityCostsNothing) {
  const auto constraint = Compile(R"x(root ::= term (("+" | "*") root)?  term ::= root2 | [a-z]
root2 ::= [a-z] | "(" root ")" | [a-z] ("+" root2)?)x");
  ASSERT_TRUE(constraint.ok());
  std::string text = "a";
  for (int i = 0; i < 60; ++i) text += "+b";
  EXPECT_TRUE(Matches(*constraint, text));
}

TEST(EbnfTest, RefusesWithItsLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "line 1: there is no rule root"},
      {"a ::= \"x\"", "there is no rule root"},
      {"root ::= \"a\"\n  missing", "line 2: there is no rule missing"},
      {"root ::= \"a\nb\"", "line 1: the text is not closed"},
      {"root ::= \"a\"\nroot ::= \"b\"", "line 2: rule root is there twice"},
      {"root ::= (\"a\"", "line 1: the group is not closed"},
      {"root ::= \"a\")", "line 1: ')' cannot stand here"},
      {"root ::= *", "line 1: '*' cannot stand here"},
      {"root ::= \"a\"{2", "line 1: expected {m}"},
      {"root ::= \"a\"{3,2}", "line 1: the counts are in the wrong order"},
      {"root ::= [b-a]", "line 1: a range ends before it begins"},
      {"\n\nroot ::= /(a/", "line 3: the regular expression, at byte 0"},
      {"root ::= /a", "line 1: the regular expression is not closed"},
      {"\"a\"", "line 1: expected a rule"},
      {"root ::= a \"x\" a ::= b | \"y\" b ::= a \"z\"", "rule a begins with itself"},
      {"root ::= root", "no text satisfies"},
      {"root ::= \"a\" root", "no text satisfies"},
      {"root ::= \"b\"? root \"a\" | \"c\"", "rule root begins with itself"},
      {"root ::= \"\xFF\"", "not valid UTF-8"},
  };
  for (const auto& [grammar, message] : cases) {
    const auto constraint = Compile(grammar);
    ASSERT_FALSE(constraint.ok()) << grammar;
    EXPECT_EQ(GetErrorDetail(constraint.status()), ErrorDetail::kInvalidOption);
    EXPECT_NE(constraint.status().message().find(message), absl::string_view::npos)
        << grammar << ": " << constraint.status();
  }
}

}  // namespace
}  // namespace edgetasks::text
