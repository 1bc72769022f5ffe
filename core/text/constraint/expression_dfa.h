// Expressions without rules as automata: for "and" and "but not".
#ifndef CORE_TEXT_CONSTRAINT_EXPRESSION_DFA_H_
#define CORE_TEXT_CONSTRAINT_EXPRESSION_DFA_H_

#include <vector>

#include "absl/status/statusor.h"
#include "core/text/constraint/byte_dfa.h"
#include "core/text/constraint/grammar.h"

namespace edgetasks::text {

// RESOURCE_EXHAUSTED (kInvalidOption), without a place: more than kMaxDfaStates. `expr` refers to
// no rule.
absl::StatusOr<ByteDfa> ToDfa(const ExprPtr& expr);

// The texts of all `exprs` (at least one); the one itself if there is but one.
absl::StatusOr<ExprPtr> IntersectTexts(std::vector<ExprPtr> exprs);
// The texts of `expr` that are none of `other`'s.
absl::StatusOr<ExprPtr> WithoutTexts(const ExprPtr& expr, const ExprPtr& other);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_EXPRESSION_DFA_H_
