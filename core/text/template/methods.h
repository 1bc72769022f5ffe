// The methods of strings, lists and dicts that a template may call.
#ifndef CORE_TEXT_TEMPLATE_METHODS_H_
#define CORE_TEXT_TEMPLATE_METHODS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/template/interpreter.h"

namespace edgetasks::text::jinja {

// Interpreter::CallMethod knows it. Methods that would change their object are known too: calling
// them is an error, as in jinja2's immutable sandbox.
bool HasMethod(const Value& value, absl::string_view name);

// "..." % value, for %s %r %d %i %f %x %% with width and precision.
absl::StatusOr<Value> FormatPercent(Interpreter* interpreter, const Position& position,
                                    const Value& format, const Value& value);

// Of Unicode's letters only ASCII's, Latin-1's, Greek's and Cyrillic's change case here.
std::string Upper(absl::string_view text);
std::string Lower(absl::string_view text);
// First character upper, others lower case; Title: of each word.
std::string Capitalize(absl::string_view text);
std::string Title(absl::string_view text);

// strip() of Python: white space where `characters` is null.
absl::string_view Strip(absl::string_view text, const std::string* characters, bool left,
                        bool right);

}  // namespace edgetasks::text::jinja

#endif  // CORE_TEXT_TEMPLATE_METHODS_H_
