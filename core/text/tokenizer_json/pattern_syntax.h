// Patterns of a tokenizer.json, which are written for Oniguruma, as PCRE2 reads them.
#ifndef CORE_TEXT_TOKENIZER_JSON_PATTERN_SYNTAX_H_
#define CORE_TEXT_TOKENIZER_JSON_PATTERN_SYNTAX_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace edgetasks::text::tokenizer_json {

// The pattern for PCRE2 with UTF, UCP and MULTILINE that matches what `pattern` matches in
// Oniguruma's own syntax. What differs between the two is rewritten: \s \S \w \W \h \H \v, nested
// and intersected character classes ([a&&[^b]]), (?m) and options in the middle of a group,
// {,n}, and what {n}? and {n,m}+ mean. Source: doc/RE of Oniguruma 6.9; pcre2pattern(3).
//
// UNIMPLEMENTED (kUnsupportedFormat) with the place for subexpression calls, absent operators and
// callouts; INVALID_ARGUMENT (kCorruptFile) for brackets that do not close. Other mistakes are left
// for PCRE2 to find.
absl::StatusOr<std::string> TranslatePattern(absl::string_view pattern);

// What \s and \w stand for, for use within brackets.
inline constexpr absl::string_view kSpaceClass = "\\t-\\r\\x{85}\\p{Z}";
inline constexpr absl::string_view kWordClass = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_PATTERN_SYNTAX_H_
