// Regular expressions.
#ifndef CORE_TEXT_CONSTRAINT_REGEX_H_
#define CORE_TEXT_CONSTRAINT_REGEX_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/constraint/grammar.h"

namespace edgetasks::text {

struct RegexOptions {
  // The text contains a match, as JSON Schema's `pattern` has it; false: the text is a match.
  bool search = false;
  // '.' excludes ECMA-262's line terminators (\n, \r, U+2028, U+2029), not only \n.
  bool ecma_dot = false;
};

// The expression of a pattern in the common subset of Python's `re` and ECMA-262:
//
//   .  [a-z]  [^a-z]                 characters (Unicode scalar values, not bytes)
//   \d \w \s \D \W \S                ASCII only, as with Python's re.ASCII
//   \t \n \r \f \v \0 \xHH \uHHHH \u{H...} \UHHHHHHHH; two \u that are a surrogate pair
//   \ and a character of punctuation
//   a|b  (a)  (?:a)  (?<name>a)  (?P<name>a)
//   a* a+ a? a{m} a{m,} a{m,n} a{,n}, lazy with ? behind (it matches the same texts)
//   ^ at the beginning and $ at the end of the expression, of one of its alternatives, or of those
//   of a group that is a whole alternative
//
// Refused with their position (in bytes): back references, lookaround, word boundaries, flags,
// possessive and atomic groups, anchors elsewhere, \p, counts beyond 10,000. A surrogate that is
// no half of a pair matches nothing, and is refused.
//
// Errors: INVALID_ARGUMENT (kInvalidOption).
absl::StatusOr<ExprPtr> ParseRegex(absl::string_view pattern, const RegexOptions& options);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_REGEX_H_
