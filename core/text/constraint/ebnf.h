// Grammars in EBNF.
#ifndef CORE_TEXT_CONSTRAINT_EBNF_H_
#define CORE_TEXT_CONSTRAINT_EBNF_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/constraint/grammar.h"

namespace edgetasks::text {

// The grammar that a text describes, in a notation close to llama.cpp's GBNF and to Lark's:
//
//   # A comment, to the end of the line; // begins one too.
//   root   ::= "answer:" space (number | word)   a rule; ':' or '=' will do for '::=', and a ';'
//                                                may close it
//   number ::= "-"? [0-9]{1,3} ("." [0-9]+)?     ? * + {m} {m,} {m,n} repeat what is before them
//   word   ::= 'a' | "b\n" | [^a-z] | .          texts in " or ', classes, '.' for any character
//                                                but \n
//   space  ::= /[ \t]+/                          a regular expression (regex.h); \/ is a slash
//   empty  ::=                                   nothing at all, as "" and () are
//
// Escapes are those of regex.h. A rule goes on over lines, until the next rule begins. Names are
// letters, digits, '_' and '-', and begin with a letter or '_'. The text of a response is one of
// rule `root`, or `start` if there is no `root`.
//
// A rule may begin with itself (e ::= e "+" t | t): that is turned into a repetition. One that
// does so by way of another rule, or behind what may be empty, is refused.
//
// Errors: INVALID_ARGUMENT (kInvalidOption), with the line: "the grammar, line 3: ...".
absl::StatusOr<Grammar> ParseEbnf(absl::string_view text);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_EBNF_H_
