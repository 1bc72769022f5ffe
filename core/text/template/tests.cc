// The tests: "is defined", "is mapping".
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/text/template/interpreter.h"
#include "core/text/template/methods.h"

namespace edgetasks::text::jinja {
namespace {

constexpr absl::string_view kComparisons[][2] = {
    {"eq", "=="}, {"equalto", "=="}, {"==", "=="},      {"ne", "!="},
    {"!=", "!="}, {"lt", "<"},       {"lessthan", "<"}, {"<", "<"},
    {"le", "<="}, {"<=", "<="},      {"gt", ">"},       {"greaterthan", ">"},
    {">", ">"},   {"ge", ">="},      {">=", ">="},      {"in", "in"}};

// Of a value alone; -1 for an unknown name.
int Alone(absl::string_view name, const Value& value) {
  using Kind = Value::Kind;
  if (name == "defined") return !value.is_undefined();
  if (name == "undefined") return value.is_undefined();
  if (name == "none") return value.is_none();
  if (name == "string") return value.is_string();
  if (name == "mapping") return value.is_dict();
  if (name == "boolean") return value.kind() == Kind::kBool;
  if (name == "true") return value.kind() == Kind::kBool && value.boolean();
  if (name == "false") return value.kind() == Kind::kBool && !value.boolean();
  if (name == "integer") return value.kind() == Kind::kInt;
  if (name == "float") return value.kind() == Kind::kFloat;
  if (name == "number") return value.is_number();
  if (name == "callable") return value.kind() == Kind::kFunction || value.kind() == Kind::kLoop;
  if (name == "lower") return Lower(Str(value)) == Str(value) && Upper(Str(value)) != Str(value);
  if (name == "upper") return Upper(Str(value)) == Str(value) && Lower(Str(value)) != Str(value);
  if (name == "sequence" || name == "iterable") {
    return value.is_string() || value.is_sequence() || value.is_dict() || value.is_undefined();
  }
  return -1;
}

}  // namespace

absl::StatusOr<bool> Interpreter::ApplyTest(absl::string_view name, const Value& subject,
                                            const Call& call) {
  const int alone = Alone(name, subject);
  if (alone >= 0) return alone == 1;
  if (name == "odd" || name == "even" || name == "divisibleby") {
    const bool divisible = name == "divisibleby";
    if (!subject.is_integer() ||
        (divisible && (call.values.empty() || !call.values[0].is_integer()))) {
      return ErrorAt(call.position, absl::StrCat("\"", name, "\" wants integers"));
    }
    const Value by = divisible ? call.values[0] : Value::Int(2);
    ET_ASSIGN_OR_RETURN(const Value rest, Arithmetic(call.position, "%", subject, by));
    return (rest.integer() == 0) != (name == "odd");
  }
  if (name == "sameas" && !call.values.empty()) {
    return subject.kind() == call.values[0].kind() && subject == call.values[0];
  }
  for (const auto& [test, op] : kComparisons) {
    if (name != test) continue;
    if (call.values.empty())
      return ErrorAt(call.position, absl::StrCat("\"", name, "\" wants a value"));
    ET_ASSIGN_OR_RETURN(const Value holds, Compare(call.position, op, subject, call.values[0]));
    return holds.Truth();
  }
  return ErrorAt(call.position, absl::StrCat("the test \"", name, "\" is not known here"));
}

}  // namespace edgetasks::text::jinja
