// The filters in their files. Used by filters.cc only.
#ifndef CORE_TEXT_TEMPLATE_FILTERS_H_
#define CORE_TEXT_TEMPLATE_FILTERS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/template/interpreter.h"

namespace edgetasks::text::jinja {

// The filters of lists; `*known` becomes false for another name.
absl::StatusOr<Value> ListFilter(Interpreter* in, absl::string_view name, const Value& input,
                                 const Call& call, bool* known);

}  // namespace edgetasks::text::jinja

#endif  // CORE_TEXT_TEMPLATE_FILTERS_H_
