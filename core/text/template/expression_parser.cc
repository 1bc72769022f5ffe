#include "core/text/template/expression_parser.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/text/template/parser.h"

namespace edgetasks::text::jinja {
namespace {

ExpressionPtr Make(Expression::Kind kind, const Position& position) {
  auto node = std::make_unique<Expression>();
  node->kind = kind;
  node->position = position;
  return node;
}

ExpressionPtr MakeUnary(Expression::Kind kind, const Position& position, ExpressionPtr child) {
  ExpressionPtr node = Make(kind, position);
  node->children.push_back(std::move(child));
  return node;
}

ExpressionPtr Binary(absl::string_view op, const Position& position, ExpressionPtr left,
                     ExpressionPtr right) {
  ExpressionPtr node = MakeUnary(Expression::Kind::kBinary, position, std::move(left));
  node->name = std::string(op);
  node->children.push_back(std::move(right));
  return node;
}

ExpressionPtr Constant(Value value, const Position& position) {
  ExpressionPtr node = Make(Expression::Kind::kConstant, position);
  node->constant = std::move(value);
  return node;
}

std::string NameOf(const Token& token) {
  switch (token.kind) {
    case Token::Kind::kEnd:
      return "the end of the template";
    case Token::Kind::kPrintEnd:
      return "}}";
    case Token::Kind::kBlockEnd:
      return "%}";
    case Token::Kind::kString:
      return "a string";
    default:
      return absl::StrCat("\"", token.text, "\"");
  }
}

}  // namespace

bool ExpressionParser::TakeOperator(absl::string_view op) {
  if (!Peek().IsOperator(op)) return false;
  Take();
  return true;
}

bool ExpressionParser::TakeName(absl::string_view name) {
  if (!Peek().IsName(name)) return false;
  Take();
  return true;
}

absl::Status ExpressionParser::Unexpected(absl::string_view expected) const {
  return ErrorAt(Peek().position, absl::StrCat("expected ", expected, ", got ", NameOf(Peek())));
}

absl::Status ExpressionParser::ExpectOperator(absl::string_view op) {
  if (TakeOperator(op)) return absl::OkStatus();
  return Unexpected(absl::StrCat("\"", op, "\""));
}

absl::StatusOr<std::string> ExpressionParser::ExpectName() {
  if (Peek().kind != Token::Kind::kName) return Unexpected("a name");
  return Take().text;
}

absl::Status ExpressionParser::CheckDepth() const {
  if (depth_ <= kMaxNesting) return absl::OkStatus();
  return ErrorAt(Peek().position, absl::StrCat("nests deeper than ", kMaxNesting, " levels"));
}

Parsed ExpressionParser::Checked(ExpressionPtr node) const {
  for (const ExpressionPtr& child : node->children) {
    if (child != nullptr) node->height = std::max(node->height, child->height + 1);
  }
  for (const Argument& argument : node->arguments) {
    node->height = std::max(node->height, argument.value->height + 1);
  }
  if (node->height <= kMaxHeight) return node;
  return ErrorAt(node->position,
                 absl::StrCat("an expression of more than ", kMaxHeight, " levels"));
}

Parsed ExpressionParser::ParseExpression(bool with_condition) {
  const Nested nested(&depth_);
  ET_RETURN_IF_ERROR(CheckDepth());
  return with_condition ? Condition() : Or();
}

Parsed ExpressionParser::ParseTupleOrExpression(bool with_condition) {
  const Position position = Peek().position;
  ET_ASSIGN_OR_RETURN(ExpressionPtr first, ParseExpression(with_condition));
  if (!Peek().IsOperator(",")) return first;
  ExpressionPtr tuple = MakeUnary(Expression::Kind::kTuple, position, std::move(first));
  while (TakeOperator(",")) {
    if (Peek().IsName("if") || Peek().kind == Token::Kind::kBlockEnd ||
        Peek().kind == Token::Kind::kPrintEnd)
      break;
    ET_ASSIGN_OR_RETURN(ExpressionPtr next, ParseExpression(with_condition));
    tuple->children.push_back(std::move(next));
  }
  return Checked(std::move(tuple));
}

Parsed ExpressionParser::Condition() {
  ET_ASSIGN_OR_RETURN(ExpressionPtr node, Or());
  while (Peek().IsName("if")) {
    const Position position = Take().position;
    ET_ASSIGN_OR_RETURN(ExpressionPtr condition, Or());
    ExpressionPtr otherwise;
    if (TakeName("else")) {
      ET_ASSIGN_OR_RETURN(otherwise, ParseExpression());
    }
    node = MakeUnary(Expression::Kind::kCondition, position, std::move(node));
    node->children.push_back(std::move(condition));
    node->children.push_back(std::move(otherwise));
    ET_ASSIGN_OR_RETURN(node, Checked(std::move(node)));
  }
  return node;
}

Parsed ExpressionParser::Or() {
  ET_ASSIGN_OR_RETURN(ExpressionPtr left, And());
  while (Peek().IsName("or")) {
    const Position position = Take().position;
    ET_ASSIGN_OR_RETURN(ExpressionPtr right, And());
    ET_ASSIGN_OR_RETURN(left, Checked(Binary("or", position, std::move(left), std::move(right))));
  }
  return left;
}

Parsed ExpressionParser::And() {
  ET_ASSIGN_OR_RETURN(ExpressionPtr left, Not());
  while (Peek().IsName("and")) {
    const Position position = Take().position;
    ET_ASSIGN_OR_RETURN(ExpressionPtr right, Not());
    ET_ASSIGN_OR_RETURN(left, Checked(Binary("and", position, std::move(left), std::move(right))));
  }
  return left;
}

Parsed ExpressionParser::Not() {
  if (!Peek().IsName("not")) return Compare();
  const Nested nested(&depth_);
  ET_RETURN_IF_ERROR(CheckDepth());
  const Position position = Take().position;
  ET_ASSIGN_OR_RETURN(ExpressionPtr child, Not());
  return Checked(MakeUnary(Expression::Kind::kNot, position, std::move(child)));
}

Parsed ExpressionParser::Compare() {
  ET_ASSIGN_OR_RETURN(ExpressionPtr first, Sum());
  ExpressionPtr node;
  while (true) {
    const Token& token = Peek();
    std::string op;
    if (token.IsName("in")) {
      op = "in";
    } else if (token.IsName("not") && Peek(1).IsName("in")) {
      op = "not in";
    } else if (token.kind == Token::Kind::kOperator &&
               (token.text == "==" || token.text == "!=" || token.text == "<" ||
                token.text == "<=" || token.text == ">" || token.text == ">=")) {
      op = token.text;
    } else {
      break;
    }
    const Position position = Take().position;
    if (op == "not in") Take();
    if (node == nullptr) node = MakeUnary(Expression::Kind::kCompare, position, std::move(first));
    ET_ASSIGN_OR_RETURN(ExpressionPtr next, Sum());
    node->operators.push_back(op);
    node->children.push_back(std::move(next));
  }
  return node == nullptr ? std::move(first) : Checked(std::move(node));
}

Parsed ExpressionParser::LeftAssociative(Level level,
                                         std::initializer_list<absl::string_view> operators) {
  ET_ASSIGN_OR_RETURN(ExpressionPtr left, (this->*level)());
  while (true) {
    const absl::string_view* found = nullptr;
    for (const absl::string_view& op : operators) {
      if (Peek().IsOperator(op)) found = &op;
    }
    if (found == nullptr) return left;
    const Position position = Take().position;
    ET_ASSIGN_OR_RETURN(ExpressionPtr right, (this->*level)());
    ET_ASSIGN_OR_RETURN(left, Checked(Binary(*found, position, std::move(left), std::move(right))));
  }
}

Parsed ExpressionParser::Sum() {
  return LeftAssociative(&ExpressionParser::Concatenation, {"+", "-"});
}
Parsed ExpressionParser::Concatenation() {
  return LeftAssociative(&ExpressionParser::Product, {"~"});
}
Parsed ExpressionParser::Product() {
  return LeftAssociative(&ExpressionParser::Power, {"*", "/", "//", "%"});
}

Parsed ExpressionParser::Power() {
  ET_ASSIGN_OR_RETURN(ExpressionPtr left, Unary(true));
  while (Peek().IsOperator("**")) {
    const Position position = Take().position;
    ET_ASSIGN_OR_RETURN(ExpressionPtr right, Unary(true));
    ET_ASSIGN_OR_RETURN(left, Checked(Binary("**", position, std::move(left), std::move(right))));
  }
  return left;
}

Parsed ExpressionParser::Unary(bool with_filters) {
  const Nested nested(&depth_);
  ET_RETURN_IF_ERROR(CheckDepth());
  const Position position = Peek().position;
  ExpressionPtr node;
  if (Peek().IsOperator("-") || Peek().IsOperator("+")) {
    const bool negative = Take().text == "-";
    ET_ASSIGN_OR_RETURN(ExpressionPtr child, Unary(false));
    node = MakeUnary(negative ? Expression::Kind::kNegative : Expression::Kind::kPositive, position,
                     std::move(child));
    ET_ASSIGN_OR_RETURN(node, Checked(std::move(node)));
  } else {
    ET_ASSIGN_OR_RETURN(node, Primary());
  }
  ET_ASSIGN_OR_RETURN(node, Postfix(std::move(node)));
  return with_filters ? FiltersAndTests(std::move(node)) : std::move(node);
}

Parsed ExpressionParser::Number() {
  const Token token = Take();
  if (token.kind == Token::Kind::kInteger) {
    int64_t value = 0;
    if (!absl::SimpleAtoi(token.text, &value)) {
      return ErrorAt(token.position, absl::StrCat(token.text, " is beyond 64 bits"));
    }
    return Constant(Value::Int(value), token.position);
  }
  double value = 0;
  if (!absl::SimpleAtod(token.text, &value)) return ErrorAt(token.position, "no number");
  return Constant(Value::Float(value), token.position);
}

Parsed ExpressionParser::Primary() {
  const Token& token = Peek();
  const Position position = token.position;
  switch (token.kind) {
    case Token::Kind::kInteger:
    case Token::Kind::kFloat:
      return Number();
    case Token::Kind::kString: {
      std::string text = Take().text;
      while (Peek().kind == Token::Kind::kString) text += Take().text;
      return Constant(Value::String(std::move(text)), position);
    }
    case Token::Kind::kName: {
      const std::string name = Take().text;
      if (name == "true" || name == "True") return Constant(Value::Bool(true), position);
      if (name == "false" || name == "False") return Constant(Value::Bool(false), position);
      if (name == "none" || name == "None") return Constant(Value::None(), position);
      ExpressionPtr node = Make(Expression::Kind::kName, position);
      node->name = name;
      return node;
    }
    default:
      break;
  }
  if (TakeOperator("[")) return ListOrTuple(Expression::Kind::kList, "]");
  if (TakeOperator("{")) return DictDisplay();
  if (!TakeOperator("(")) return Unexpected("an expression");
  return ListOrTuple(Expression::Kind::kTuple, ")");
}

// "(a)" is a itself; "(a,)" and "()" are tuples.
Parsed ExpressionParser::ListOrTuple(Expression::Kind kind, absl::string_view close) {
  ExpressionPtr node = Make(kind, Peek().position);
  bool comma = false;
  while (!TakeOperator(close)) {
    if (!node->children.empty()) {
      ET_RETURN_IF_ERROR(ExpectOperator(","));
      comma = true;
      if (TakeOperator(close)) break;
    }
    ET_ASSIGN_OR_RETURN(ExpressionPtr item, ParseExpression());
    node->children.push_back(std::move(item));
  }
  if (kind == Expression::Kind::kTuple && !comma && node->children.size() == 1) {
    return std::move(node->children[0]);
  }
  return Checked(std::move(node));
}

Parsed ExpressionParser::DictDisplay() {
  ExpressionPtr node = Make(Expression::Kind::kDict, Peek().position);
  while (!TakeOperator("}")) {
    if (!node->children.empty()) {
      ET_RETURN_IF_ERROR(ExpectOperator(","));
      if (TakeOperator("}")) break;
    }
    ET_ASSIGN_OR_RETURN(ExpressionPtr key, ParseExpression());
    ET_RETURN_IF_ERROR(ExpectOperator(":"));
    ET_ASSIGN_OR_RETURN(ExpressionPtr value, ParseExpression());
    node->children.push_back(std::move(key));
    node->children.push_back(std::move(value));
  }
  return Checked(std::move(node));
}

Parsed ExpressionParser::Postfix(ExpressionPtr node) {
  // A chain nests in the tree as deep as it is long.
  while (true) {
    ET_ASSIGN_OR_RETURN(node, Checked(std::move(node)));
    const Position position = Peek().position;
    if (TakeOperator(".")) {
      if (Peek().kind == Token::Kind::kInteger) {
        ET_ASSIGN_OR_RETURN(ExpressionPtr index, Number());
        node = MakeUnary(Expression::Kind::kItem, position, std::move(node));
        node->children.push_back(std::move(index));
        continue;
      }
      ET_ASSIGN_OR_RETURN(std::string name, ExpectName());
      node = MakeUnary(Expression::Kind::kAttribute, position, std::move(node));
      node->name = std::move(name);
    } else if (TakeOperator("[")) {
      ET_ASSIGN_OR_RETURN(node, Subscript(std::move(node)));
    } else if (TakeOperator("(")) {
      ET_ASSIGN_OR_RETURN(auto arguments, ParseArguments());
      node = MakeUnary(Expression::Kind::kCall, position, std::move(node));
      node->arguments = std::move(arguments);
    } else {
      return node;
    }
  }
}

Parsed ExpressionParser::Subscript(ExpressionPtr node) {
  const Position position = Peek().position;
  ExpressionPtr parts[3];
  int colons = 0;
  while (!TakeOperator("]")) {
    if (TakeOperator(":")) {
      if (++colons > 2) return ErrorAt(position, "a slice has at most two colons");
    } else if (parts[colons] != nullptr) {
      return Unexpected("\"]\"");
    } else {
      ET_ASSIGN_OR_RETURN(parts[colons], ParseExpression());
    }
  }
  if (colons == 0 && parts[0] == nullptr) return ErrorAt(position, "expected an index");
  node = MakeUnary(colons == 0 ? Expression::Kind::kItem : Expression::Kind::kSlice, position,
                   std::move(node));
  node->children.push_back(std::move(parts[0]));
  if (colons == 0) return node;
  node->children.push_back(std::move(parts[1]));
  node->children.push_back(std::move(parts[2]));
  return node;
}

absl::StatusOr<std::vector<Argument>> ExpressionParser::ParseArguments() {
  std::vector<Argument> arguments;
  while (!TakeOperator(")")) {
    if (!arguments.empty()) {
      ET_RETURN_IF_ERROR(ExpectOperator(","));
      if (TakeOperator(")")) break;
    }
    if (Peek().IsOperator("*") || Peek().IsOperator("**")) {
      return ErrorAt(Peek().position, "arguments with * and ** are not supported");
    }
    Argument argument;
    if (Peek().kind == Token::Kind::kName && Peek(1).IsOperator("=")) {
      argument.name = Take().text;
      Take();
    } else if (!arguments.empty() && !arguments.back().name.empty()) {
      return ErrorAt(Peek().position, "an argument without a name comes after one with a name");
    }
    ET_ASSIGN_OR_RETURN(argument.value, ParseExpression());
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

Parsed ExpressionParser::FiltersAndTests(ExpressionPtr node) {
  while (true) {
    ET_ASSIGN_OR_RETURN(node, Checked(std::move(node)));
    if (TakeOperator("|")) {
      ET_ASSIGN_OR_RETURN(node, Filter(std::move(node)));
    } else if (TakeName("is")) {
      ET_ASSIGN_OR_RETURN(node, Test(std::move(node)));
    } else if (Peek().IsOperator("(")) {
      const Position position = Take().position;
      ET_ASSIGN_OR_RETURN(auto arguments, ParseArguments());
      node = MakeUnary(Expression::Kind::kCall, position, std::move(node));
      node->arguments = std::move(arguments);
    } else {
      return node;
    }
  }
}

Parsed ExpressionParser::ParseFilters(ExpressionPtr input) {
  ET_ASSIGN_OR_RETURN(ExpressionPtr node, Filter(std::move(input)));
  while (TakeOperator("|")) {
    ET_ASSIGN_OR_RETURN(node, Filter(std::move(node)));
    ET_ASSIGN_OR_RETURN(node, Checked(std::move(node)));
  }
  return node;
}

Parsed ExpressionParser::Filter(ExpressionPtr input) {
  ExpressionPtr node = Make(Expression::Kind::kFilter, Peek().position);
  ET_ASSIGN_OR_RETURN(node->name, ExpectName());
  node->children.push_back(std::move(input));
  if (TakeOperator("(")) {
    ET_ASSIGN_OR_RETURN(node->arguments, ParseArguments());
  }
  return node;
}

Parsed ExpressionParser::Test(ExpressionPtr subject) {
  const bool negated = TakeName("not");
  ExpressionPtr node = Make(Expression::Kind::kTest, Peek().position);
  const Position position = node->position;
  ET_ASSIGN_OR_RETURN(node->name, ExpectName());
  node->children.push_back(std::move(subject));
  const Token& next = Peek();
  const bool is_value =
      next.kind == Token::Kind::kString || next.kind == Token::Kind::kInteger ||
      next.kind == Token::Kind::kFloat || next.IsOperator("[") || next.IsOperator("{") ||
      (next.kind == Token::Kind::kName && next.text != "else" && next.text != "or" &&
       next.text != "and" && next.text != "if" && next.text != "in" && next.text != "not");
  if (next.IsName("is")) return ErrorAt(next.position, "tests cannot be chained with \"is\"");
  if (TakeOperator("(")) {
    ET_ASSIGN_OR_RETURN(node->arguments, ParseArguments());
  } else if (is_value) {
    Argument argument;
    ET_ASSIGN_OR_RETURN(ExpressionPtr value, Primary());
    ET_ASSIGN_OR_RETURN(argument.value, Postfix(std::move(value)));
    node->arguments.push_back(std::move(argument));
  }
  if (!negated) return node;
  return MakeUnary(Expression::Kind::kNot, position, std::move(node));
}

}  // namespace edgetasks::text::jinja
