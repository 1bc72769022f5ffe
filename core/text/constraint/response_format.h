// What the text of a response must be.
#ifndef CORE_TEXT_CONSTRAINT_RESPONSE_FORMAT_H_
#define CORE_TEXT_CONSTRAINT_RESPONSE_FORMAT_H_

#include <string>
#include <vector>

namespace edgetasks::text {

// Numbers are stable: they cross the language bindings.
enum class ResponseFormatKind {
  kNone = 0,        // any text
  kJsonObject = 1,  // any JSON object
  kJsonSchema = 2,  // `text` is a JSON Schema, draft 2020-12 (json_schema.h says which keywords)
  kRegex = 3,       // `text` is a regular expression that the whole response matches (regex.h)
  kChoice = 4,      // one of `choices`, exactly
  kGrammar = 5,     // `text` is a grammar in EBNF (ebnf.h)
};

struct ResponseFormat {
  ResponseFormatKind kind = ResponseFormatKind::kNone;
  std::string text;
  std::vector<std::string> choices;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_RESPONSE_FORMAT_H_
