// How JSON values are spelled.
#ifndef CORE_TEXT_CONSTRAINT_JSON_TEXT_H_
#define CORE_TEXT_CONSTRAINT_JSON_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/text/constraint/grammar.h"

namespace edgetasks::text {

// Every text has one spelling as the inside of a JSON string (json_schema.h says which), so that
// sets of texts and sets of their spellings are as good as the same.
std::string JsonSpelling(absl::string_view text);  // valid UTF-8
// The spellings of the texts of an expression without rules and automata.
ExprPtr JsonSpelling(const ExprPtr& expr);

// min to max characters; max < 0: without a limit.
ExprPtr JsonCharacters(int min, int max);
ExprPtr Quoted(ExprPtr spelling);
// ',' and ':', each with a space behind it or none.
ExprPtr JsonComma();
ExprPtr JsonColon();

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_JSON_TEXT_H_
