#include "core/text/template/parser.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/text/template/expression_parser.h"

namespace edgetasks::text::jinja {
namespace {

using Made = absl::StatusOr<std::unique_ptr<Statement>>;

class Parser : public ExpressionParser {
 public:
  using ExpressionParser::ExpressionParser;

  absl::StatusOr<Body> ParseAll() {
    ET_ASSIGN_OR_RETURN(Body body, ParseBody({}));
    if (Peek().kind != Token::Kind::kEnd) return Unexpected("the end of the template");
    return body;
  }

 private:
  // Up to a tag of one of these names, whose "{%" and name are taken; `tag_` tells which.
  absl::StatusOr<Body> ParseBody(std::initializer_list<absl::string_view> ends) {
    const Nested nested(&depth_);
    ET_RETURN_IF_ERROR(CheckDepth());
    const Position start = Peek().position;
    Body body;
    while (true) {
      const Token& token = Peek();
      if (token.kind == Token::Kind::kEnd) {
        if (ends.size() == 0) return body;
        return ErrorAt(start, absl::StrCat("the template ends before {% ", *ends.begin(), " %}"));
      }
      if (token.kind == Token::Kind::kText) {
        auto text = Make(Statement::Kind::kText);
        text->text = Take().text;
        body.push_back(std::move(text));
      } else if (token.kind == Token::Kind::kPrintBegin) {
        Take();
        auto print = Make(Statement::Kind::kPrint);
        ET_ASSIGN_OR_RETURN(print->expression, ParseTupleOrExpression());
        if (Peek().kind != Token::Kind::kPrintEnd) return Unexpected("}}");
        Take();
        body.push_back(std::move(print));
      } else {
        Take();  // {%
        if (std::find(ends.begin(), ends.end(), Peek().text) != ends.end() &&
            Peek().kind == Token::Kind::kName) {
          tag_ = Take().text;
          return body;
        }
        ET_ASSIGN_OR_RETURN(auto statement, ParseTag());
        body.push_back(std::move(statement));
      }
    }
  }

  std::unique_ptr<Statement> Make(Statement::Kind kind) const {
    auto statement = std::make_unique<Statement>();
    statement->kind = kind;
    statement->position = Peek().position;
    return statement;
  }

  absl::Status BlockEnd() {
    if (Peek().kind != Token::Kind::kBlockEnd) return Unexpected("%}");
    Take();
    return absl::OkStatus();
  }

  // The body between this tag's "%}" and {% end %}.
  absl::StatusOr<Body> BodyUntil(absl::string_view end) {
    ET_RETURN_IF_ERROR(BlockEnd());
    ET_ASSIGN_OR_RETURN(Body body, ParseBody({end}));
    ET_RETURN_IF_ERROR(BlockEnd());
    return body;
  }

  Made ParseTag() {
    const Position position = Peek().position;
    if (Peek().kind != Token::Kind::kName) return Unexpected("the name of a tag");
    const std::string name = Take().text;
    if (name == "if") return ParseIf();
    if (name == "for") return ParseFor();
    if (name == "set") return ParseSet();
    if (name == "macro") return ParseMacro();
    if (name == "call") return ParseCall();
    if (name == "filter") return ParseFilterBlock();
    if (name == "with") return ParseWith();
    if (name == "generation") {  // marks the model's words, for training
      auto scope = Make(Statement::Kind::kScope);
      ET_ASSIGN_OR_RETURN(scope->body, BodyUntil("endgeneration"));
      return scope;
    }
    if (name == "break" || name == "continue") {
      if (loops_ == 0) return ErrorAt(position, absl::StrCat("{% ", name, " %} outside of a loop"));
      auto jump = Make(name == "break" ? Statement::Kind::kBreak : Statement::Kind::kContinue);
      ET_RETURN_IF_ERROR(BlockEnd());
      return jump;
    }
    return ErrorAt(position, absl::StrCat("the tag {% ", name, " %} is not known here"));
  }

  Made ParseIf() {
    auto statement = Make(Statement::Kind::kIf);
    while (true) {
      Statement::Branch branch;
      if (tag_ != "else" || statement->branches.empty()) {
        ET_ASSIGN_OR_RETURN(branch.condition, ParseTupleOrExpression());
      }
      ET_RETURN_IF_ERROR(BlockEnd());
      const bool last = branch.condition == nullptr;
      if (last) {
        ET_ASSIGN_OR_RETURN(branch.body, ParseBody({"endif"}));
      } else {
        ET_ASSIGN_OR_RETURN(branch.body, ParseBody({"endif", "elif", "else"}));
      }
      statement->branches.push_back(std::move(branch));
      if (tag_ == "endif") break;
    }
    ET_RETURN_IF_ERROR(BlockEnd());
    return statement;
  }

  absl::StatusOr<Target> ParseTarget() {
    Target target;
    target.position = Peek().position;
    const bool brackets = TakeOperator("(");
    do {
      if (Peek().IsOperator(")") || Peek().IsName("in") || Peek().IsOperator("=")) break;
      ET_ASSIGN_OR_RETURN(std::string name, ExpectName());
      target.names.push_back(std::move(name));
      if (target.names.size() == 1 && TakeOperator(".")) {
        ET_ASSIGN_OR_RETURN(target.member, ExpectName());
        return target;
      }
      target.is_tuple = target.is_tuple || Peek().IsOperator(",");
    } while (TakeOperator(","));
    if (brackets) ET_RETURN_IF_ERROR(ExpectOperator(")"));
    if (target.names.empty()) return Unexpected("a name");
    return target;
  }

  Made ParseFor() {
    auto statement = Make(Statement::Kind::kFor);
    ET_ASSIGN_OR_RETURN(statement->target, ParseTarget());
    if (!statement->target.member.empty()) return Unexpected("a name without a member");
    if (!TakeName("in")) return Unexpected("\"in\"");
    ET_ASSIGN_OR_RETURN(statement->expression, ParseTupleOrExpression(/*with_condition=*/false));
    if (TakeName("if")) {
      ET_ASSIGN_OR_RETURN(statement->condition, ParseExpression());
    }
    statement->recursive = TakeName("recursive");
    ET_RETURN_IF_ERROR(BlockEnd());
    ++loops_;
    ET_ASSIGN_OR_RETURN(statement->body, ParseBody({"endfor", "else"}));
    --loops_;
    if (tag_ == "else") {
      ET_ASSIGN_OR_RETURN(statement->otherwise, BodyUntil("endfor"));
      return statement;
    }
    ET_RETURN_IF_ERROR(BlockEnd());
    return statement;
  }

  Made ParseSet() {
    auto statement = Make(Statement::Kind::kSet);
    ET_ASSIGN_OR_RETURN(statement->target, ParseTarget());
    if (TakeOperator("=")) {
      ET_ASSIGN_OR_RETURN(statement->expression, ParseTupleOrExpression());
      ET_RETURN_IF_ERROR(BlockEnd());
      return statement;
    }
    statement->kind = Statement::Kind::kSetBlock;
    if (TakeOperator("|")) {
      ET_ASSIGN_OR_RETURN(statement->expression, ParseFilters(nullptr));
    }
    ET_ASSIGN_OR_RETURN(statement->body, BodyUntil("endset"));
    return statement;
  }

  // (a, b=1): stands behind "(".
  absl::StatusOr<std::vector<Parameter>> ParseParameters() {
    std::vector<Parameter> parameters;
    while (!TakeOperator(")")) {
      if (!parameters.empty()) ET_RETURN_IF_ERROR(ExpectOperator(","));
      Parameter parameter;
      ET_ASSIGN_OR_RETURN(parameter.name, ExpectName());
      if (TakeOperator("=")) {
        ET_ASSIGN_OR_RETURN(parameter.otherwise, ParseExpression());
      }
      parameters.push_back(std::move(parameter));
    }
    return parameters;
  }

  // A macro's body is no part of the loop that it stands in.
  absl::StatusOr<Body> MacroBody(absl::string_view end) {
    const int loops = loops_;
    loops_ = 0;
    absl::StatusOr<Body> body = BodyUntil(end);
    loops_ = loops;
    return body;
  }

  Made ParseMacro() {
    auto statement = Make(Statement::Kind::kMacro);
    statement->macro = std::make_unique<MacroNode>();
    ET_ASSIGN_OR_RETURN(statement->macro->name, ExpectName());
    ET_RETURN_IF_ERROR(ExpectOperator("("));
    ET_ASSIGN_OR_RETURN(statement->macro->parameters, ParseParameters());
    ET_ASSIGN_OR_RETURN(statement->macro->body, MacroBody("endmacro"));
    return statement;
  }

  Made ParseCall() {
    auto statement = Make(Statement::Kind::kCallBlock);
    statement->macro = std::make_unique<MacroNode>();
    statement->macro->name = "caller";
    if (TakeOperator("(")) {
      ET_ASSIGN_OR_RETURN(statement->macro->parameters, ParseParameters());
    }
    ET_ASSIGN_OR_RETURN(statement->expression, ParseExpression());
    if (statement->expression->kind != Expression::Kind::kCall) {
      return ErrorAt(statement->position, "expected a call");
    }
    ET_ASSIGN_OR_RETURN(statement->macro->body, MacroBody("endcall"));
    return statement;
  }

  Made ParseFilterBlock() {
    auto statement = Make(Statement::Kind::kFilterBlock);
    ET_ASSIGN_OR_RETURN(statement->expression, ParseFilters(nullptr));
    ET_ASSIGN_OR_RETURN(statement->body, BodyUntil("endfilter"));
    return statement;
  }

  Made ParseWith() {
    auto statement = Make(Statement::Kind::kWith);
    while (Peek().kind != Token::Kind::kBlockEnd) {
      if (!statement->arguments.empty()) ET_RETURN_IF_ERROR(ExpectOperator(","));
      Argument argument;
      ET_ASSIGN_OR_RETURN(argument.name, ExpectName());
      ET_RETURN_IF_ERROR(ExpectOperator("="));
      ET_ASSIGN_OR_RETURN(argument.value, ParseExpression());
      statement->arguments.push_back(std::move(argument));
    }
    ET_ASSIGN_OR_RETURN(statement->body, BodyUntil("endwith"));
    return statement;
  }

  std::string tag_;  // that ended the last body
  int loops_ = 0;    // open ones
};

}  // namespace

absl::StatusOr<Body> ParseTemplate(absl::string_view source) {
  ET_ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokenize(source));
  return Parser(std::move(tokens)).ParseAll();
}

}  // namespace edgetasks::text::jinja
