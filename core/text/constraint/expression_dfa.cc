#include "core/text/constraint/expression_dfa.h"

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/text/constraint/automaton.h"
#include "core/text/constraint/network.h"

namespace edgetasks::text {
namespace {

absl::StatusOr<ByteDfa> Checked(std::optional<ByteDfa> dfa) {
  if (dfa.has_value()) return *std::move(dfa);
  return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kInvalidOption,
                   "what must hold at the same time needs too many states; use smaller counts "
                   "or fewer conditions");
}

ExprPtr AsExpr(ByteDfa dfa) { return Dfa(std::make_shared<const ByteDfa>(std::move(dfa))); }

}  // namespace

absl::StatusOr<ByteDfa> ToDfa(const ExprPtr& expr) {
  if (expr->kind == Expr::Kind::kDfa) return *expr->dfa;
  Grammar grammar;
  grammar.AddRule("expression", expr);
  std::array<bool, 256> all_bytes;
  all_bytes.fill(true);
  ET_ASSIGN_OR_RETURN(const Network network, BuildNetwork(grammar, all_bytes));
  if (network.nodes[network.start].bytes_to_end == Network::kNever) {
    ByteDfa nothing;
    nothing.states.emplace_back();
    return nothing;
  }
  Automaton automaton(&network);
  return Checked(automaton.ToDfa());
}

absl::StatusOr<ExprPtr> IntersectTexts(std::vector<ExprPtr> exprs) {
  if (exprs.size() == 1) return exprs[0];
  ET_ASSIGN_OR_RETURN(ByteDfa all, ToDfa(exprs[0]));
  for (size_t i = 1; i < exprs.size(); ++i) {
    ET_ASSIGN_OR_RETURN(const ByteDfa next, ToDfa(exprs[i]));
    ET_ASSIGN_OR_RETURN(all, Checked(Intersect(all, next)));
  }
  return AsExpr(std::move(all));
}

absl::StatusOr<ExprPtr> WithoutTexts(const ExprPtr& expr, const ExprPtr& other) {
  ET_ASSIGN_OR_RETURN(const ByteDfa a, ToDfa(expr));
  ET_ASSIGN_OR_RETURN(const ByteDfa b, ToDfa(other));
  ET_ASSIGN_OR_RETURN(ByteDfa rest, Checked(Minus(a, b)));
  return AsExpr(std::move(rest));
}

}  // namespace edgetasks::text
