// Tokens to a parse tree.
#ifndef CORE_TEXT_TEMPLATE_PARSER_H_
#define CORE_TEXT_TEMPLATE_PARSER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/template/ast.h"

namespace edgetasks::text::jinja {

// How deep statements and expressions may nest, together: the parser and the interpreter recurse.
inline constexpr int kMaxNesting = 100;
// How high an expression's tree may be: a + b + c is 3.
inline constexpr int kMaxHeight = 250;

// INVALID_ARGUMENT (kInvalidMetadata) with line and column, also for what this subset of Jinja does
// not know: include, import, extends, block, autoescape, do, and unknown tags.
absl::StatusOr<Body> ParseTemplate(absl::string_view source);

}  // namespace edgetasks::text::jinja

#endif  // CORE_TEXT_TEMPLATE_PARSER_H_
