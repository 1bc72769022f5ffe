// The parse tree of a template.
#ifndef CORE_TEXT_TEMPLATE_AST_H_
#define CORE_TEXT_TEMPLATE_AST_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/text/template/lexer.h"
#include "core/text/template/value.h"

namespace edgetasks::text::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct Argument {
  std::string name;  // of a keyword; else ""
  ExpressionPtr value;
};

struct Expression {
  enum class Kind {
    kConstant,   // constant
    kName,       // name
    kList,       // children
    kTuple,      // children
    kDict,       // children: key, value, key, value, ...
    kAttribute,  // children[0].name
    kItem,       // children[0][children[1]]
    kSlice,      // children[0][children[1]:children[2]:children[3]], null where left out
    kCall,       // children[0](arguments)
    kFilter,     // children[0] | name(arguments); children[0] null in a filter block
    kTest,       // children[0] is name(arguments)
    kNot,        // children[0]
    kNegative,   // children[0]
    kPositive,   // children[0]
    kBinary,     // children[0] name children[1]: + - * / // % ** ~ and or
    kCompare,    // children[0] operators[0] children[1] operators[1] children[2] ...
    kCondition,  // children[0] if children[1] else children[2], which may be null
  };
  Kind kind;
  Position position;
  std::string name;
  Value constant;
  std::vector<ExpressionPtr> children;
  std::vector<std::string> operators;
  std::vector<Argument> arguments;
  int height = 1;  // of the tree from here down
};

struct Statement;
using Body = std::vector<std::unique_ptr<Statement>>;

struct Parameter {
  std::string name;
  ExpressionPtr otherwise;  // the default, or null
};

// A macro, or the body of a call block.
struct MacroNode {
  std::string name;
  std::vector<Parameter> parameters;
  Body body;
};

// What is assigned to: a name, a member of a namespace, or a list of names.
struct Target {
  std::vector<std::string> names;  // one, or those of a tuple
  bool is_tuple = false;
  std::string member;  // ns.member; else ""
  Position position;
};

struct Statement {
  enum class Kind {
    kText,         // text
    kPrint,        // expression
    kIf,           // branches; the last condition may be null
    kFor,          // target in expression if condition: body, otherwise
    kSet,          // target = expression
    kSetBlock,     // target = body through expression (filters), which may be null
    kMacro,        // macro
    kCallBlock,    // expression is the call, macro its caller
    kFilterBlock,  // body through expression
    kWith,         // target i = arguments[i]: body
    kScope,        // body alone
    kBreak,
    kContinue,
  };
  struct Branch {
    ExpressionPtr condition;
    Body body;
  };
  Kind kind;
  Position position;
  std::string text;
  ExpressionPtr expression, condition;
  Target target;
  std::vector<Branch> branches;
  std::vector<Argument> arguments;
  Body body, otherwise;
  bool recursive = false;
  std::unique_ptr<MacroNode> macro;
};

}  // namespace edgetasks::text::jinja

#endif  // CORE_TEXT_TEMPLATE_AST_H_
