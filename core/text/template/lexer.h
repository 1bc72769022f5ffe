// A template's source as tokens, with the white space rules of trim_blocks and lstrip_blocks
// applied.
#ifndef CORE_TEXT_TEMPLATE_LEXER_H_
#define CORE_TEXT_TEMPLATE_LEXER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace edgetasks::text::jinja {

// Counted from 1; columns in bytes.
struct Position {
  int line = 1, column = 1;
};

// INVALID_ARGUMENT (kInvalidMetadata): "line 3, column 7: ...".
absl::Status ErrorAt(const Position& position, absl::string_view what);

struct Token {
  enum class Kind {
    kText,        // what stands outside of all brackets
    kPrintBegin,  // {{
    kPrintEnd,    // }}
    kBlockBegin,  // {%
    kBlockEnd,    // %}
    kName,
    kString,  // its value, escapes resolved
    kInteger,
    kFloat,
    kOperator,
    kEnd,
  };
  Kind kind = Kind::kEnd;
  std::string text;
  Position position;

  bool IsOperator(absl::string_view op) const { return kind == Kind::kOperator && text == op; }
  bool IsName(absl::string_view name) const { return kind == Kind::kName && text == name; }
};

// Ends with a kEnd. Source: jinja2/lexer.py, described in "Template Designer Documentation".
absl::StatusOr<std::vector<Token>> Tokenize(absl::string_view source);

}  // namespace edgetasks::text::jinja

#endif  // CORE_TEXT_TEMPLATE_LEXER_H_
