// Values as JSON, in the spelling of Python's json.dumps.
#ifndef CORE_TEXT_TEMPLATE_TOJSON_H_
#define CORE_TEXT_TEMPLATE_TOJSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "core/text/template/lexer.h"
#include "core/text/template/value.h"

namespace edgetasks::text::jinja {

struct JsonStyle {
  std::string item_separator = ", ", key_separator = ": ";
  std::string indent;  // of one level; used if pretty
  bool pretty = false;
  bool ensure_ascii = false;  // as transformers has it, other than Python
  bool sort_keys = false;
};

// An error for what JSON cannot say, such as an undefined value.
absl::StatusOr<std::string> ToJson(const Position& position, const Value& value,
                                   const JsonStyle& style);

}  // namespace edgetasks::text::jinja

#endif  // CORE_TEXT_TEMPLATE_TOJSON_H_
