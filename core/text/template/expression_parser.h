// Expressions of templates. Used by parser.cc only.
#ifndef CORE_TEXT_TEMPLATE_EXPRESSION_PARSER_H_
#define CORE_TEXT_TEMPLATE_EXPRESSION_PARSER_H_

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/template/ast.h"

namespace edgetasks::text::jinja {

using Parsed = absl::StatusOr<ExpressionPtr>;

// Reads along a list of tokens; the statements' parser is built on it.
// Precedence, loosest first: if/else, or, and, not, comparisons, + -, ~, * / // %, **, unary,
// attributes and calls, filters and tests. Source: jinja2/parser.py.
class ExpressionParser {
 public:
  explicit ExpressionParser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& Peek(size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  Token Take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool TakeOperator(absl::string_view op);
  bool TakeName(absl::string_view name);
  absl::Status ExpectOperator(absl::string_view op);
  absl::StatusOr<std::string> ExpectName();
  absl::Status Unexpected(absl::string_view expected) const;

  // `with_condition`: whether "a if b else c" is allowed at the top, which a for's iterable is not.
  Parsed ParseExpression(bool with_condition = true);
  // The same, or several with commas between, as a tuple.
  Parsed ParseTupleOrExpression(bool with_condition = true);
  // | filter | filter ..., on nothing: of a filter or set block. Stands behind the first "|".
  Parsed ParseFilters(ExpressionPtr input);
  absl::StatusOr<std::vector<Argument>> ParseArguments();  // stands behind "("

 protected:
  // Counts nesting for as long as it lives.
  class Nested {
   public:
    explicit Nested(int* depth) : depth_(*depth) { ++depth_; }
    ~Nested() { --depth_; }

   private:
    int& depth_;
  };
  absl::Status CheckDepth() const;
  // `node` with its height, or an error if that is too much. Of every node that has children.
  Parsed Checked(ExpressionPtr node) const;

  int depth_ = 0;

 private:
  Parsed Condition();
  Parsed Or();
  Parsed And();
  Parsed Not();
  Parsed Compare();
  Parsed Sum();
  Parsed Concatenation();
  Parsed Product();
  Parsed Power();
  Parsed Unary(bool with_filters);
  Parsed Primary();
  Parsed Postfix(ExpressionPtr node);
  Parsed Subscript(ExpressionPtr node);
  Parsed FiltersAndTests(ExpressionPtr node);
  Parsed Filter(ExpressionPtr input);
  Parsed Test(ExpressionPtr subject);
  Parsed Number();
  Parsed ListOrTuple(Expression::Kind kind, absl::string_view close);
  Parsed DictDisplay();
  using Level = Parsed (ExpressionParser::*)();
  Parsed LeftAssociative(Level level, std::initializer_list<absl::string_view> operators);

  std::vector<Token> tokens_;  // ends with kEnd
  size_t at_ = 0;
};

}  // namespace edgetasks::text::jinja

#endif  // CORE_TEXT_TEMPLATE_EXPRESSION_PARSER_H_
