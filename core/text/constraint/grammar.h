// What regular expressions, JSON Schemas and EBNF grammars are compiled to: rules over characters.
#ifndef CORE_TEXT_CONSTRAINT_GRAMMAR_H_
#define CORE_TEXT_CONSTRAINT_GRAMMAR_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/text/constraint/byte_dfa.h"
#include "core/text/constraint/char_set.h"

namespace edgetasks::text {

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;

// A set of texts. Immutable and shared.
struct Expr {
  enum class Kind {
    kTexts,         // one of `texts` (one: a literal; none: no text at all)
    kChars,         // one character of `chars`
    kSequence,      // `parts`, one after the other (none: the empty text)
    kAlternatives,  // one of `parts`
    kRepeat,        // parts[0], min to max times; max < 0: without a limit
    kRule,          // rule number `rule`
    kDfa,           // a text that `dfa` accepts
  };
  Kind kind = Kind::kTexts;
  std::vector<std::string> texts;
  CharSet chars;
  std::vector<ExprPtr> parts;
  int min = 0, max = -1;
  int rule = -1;
  std::shared_ptr<const ByteDfa> dfa;
};

ExprPtr Text(absl::string_view text);
ExprPtr OneOf(std::vector<std::string> texts);
ExprPtr Nothing();  // no text, not even the empty one
ExprPtr Chars(CharSet chars);
ExprPtr Sequence(std::vector<ExprPtr> parts);
ExprPtr Alternatives(std::vector<ExprPtr> parts);
ExprPtr Repeat(ExprPtr part, int min, int max);
ExprPtr Optional(ExprPtr part);
ExprPtr Rule(int rule);
ExprPtr Dfa(std::shared_ptr<const ByteDfa> dfa);

// Rules refer to each other by number. `names` are for messages.
struct Grammar {
  int AddRule(std::string name, ExprPtr expr = nullptr) {
    names.push_back(std::move(name));
    rules.push_back(std::move(expr));
    return static_cast<int>(rules.size()) - 1;
  }

  std::vector<ExprPtr> rules;
  std::vector<std::string> names;
  int start = 0;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_GRAMMAR_H_
