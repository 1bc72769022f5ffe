// Classes of characters, as regular expressions and grammars write them.
#ifndef CORE_TEXT_CONSTRAINT_CHAR_CLASS_H_
#define CORE_TEXT_CONSTRAINT_CHAR_CLASS_H_

#include "absl/status/statusor.h"
#include "core/text/constraint/char_reader.h"
#include "core/text/constraint/char_set.h"

namespace edgetasks::text {

// The set of \d, \w, \s, \D, \W or \S, by their letter; false for other letters. ASCII only, so
// that the small letters mean the same everywhere.
bool NamedClass(char letter, CharSet* set);

// What stands between '[' and ']', both skipped: characters, ranges, escapes, named classes, '^'
// in front for the complement. The reader stands behind '['. Errors: INVALID_ARGUMENT
// (kInvalidOption), without a position.
absl::StatusOr<CharSet> TakeCharClass(CharReader* reader);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_CHAR_CLASS_H_
