#include "core/text/constraint/grammar.h"

#include <utility>

namespace edgetasks::text {
namespace {

ExprPtr Make(Expr expr) { return std::make_shared<const Expr>(std::move(expr)); }

ExprPtr MakeParts(Expr::Kind kind, std::vector<ExprPtr> parts) {
  Expr expr;
  expr.kind = kind;
  expr.parts = std::move(parts);
  return Make(std::move(expr));
}

}  // namespace

ExprPtr Text(absl::string_view text) { return OneOf({std::string(text)}); }

ExprPtr OneOf(std::vector<std::string> texts) {
  Expr expr;
  expr.kind = Expr::Kind::kTexts;
  expr.texts = std::move(texts);
  return Make(std::move(expr));
}

ExprPtr Nothing() { return OneOf({}); }

ExprPtr Chars(CharSet chars) {
  Expr expr;
  expr.kind = Expr::Kind::kChars;
  expr.chars = std::move(chars);
  return Make(std::move(expr));
}

ExprPtr Sequence(std::vector<ExprPtr> parts) {
  if (parts.size() == 1) return parts[0];
  return MakeParts(Expr::Kind::kSequence, std::move(parts));
}

ExprPtr Alternatives(std::vector<ExprPtr> parts) {
  if (parts.size() == 1) return parts[0];
  return MakeParts(Expr::Kind::kAlternatives, std::move(parts));
}

ExprPtr Repeat(ExprPtr part, int min, int max) {
  Expr expr;
  expr.kind = Expr::Kind::kRepeat;
  expr.parts = {std::move(part)};
  expr.min = min;
  expr.max = max;
  return Make(std::move(expr));
}

ExprPtr Optional(ExprPtr part) { return Repeat(std::move(part), 0, 1); }

ExprPtr Rule(int rule) {
  Expr expr;
  expr.kind = Expr::Kind::kRule;
  expr.rule = rule;
  return Make(std::move(expr));
}

ExprPtr Dfa(std::shared_ptr<const ByteDfa> dfa) {
  Expr expr;
  expr.kind = Expr::Kind::kDfa;
  expr.dfa = std::move(dfa);
  return Make(std::move(expr));
}

}  // namespace edgetasks::text
