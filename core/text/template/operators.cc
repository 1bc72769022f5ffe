// What Python's operators and attributes do with the interpreter's values.
#include <algorithm>
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/status_macros.h"
#include "core/text/template/interpreter.h"
#include "core/text/template/methods.h"

namespace edgetasks::text::jinja {
namespace {

// Floor division and its remainder, whose sign is the divisor's.
int64_t FloorDivide(int64_t a, int64_t b) {
  const int64_t quotient = a / b;
  return quotient - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

bool IntegerPower(int64_t base, int64_t exponent, int64_t* result) {
  *result = 1;
  for (int64_t i = 0; i < exponent; ++i) {
    if (__builtin_mul_overflow(*result, base, result)) return false;
    if (*result == 0 || (*result == 1 && base == 1)) return true;
    if (base == -1) {
      *result = exponent % 2 == 0 ? 1 : -1;
      return true;
    }
  }
  return true;
}

// False if the result is beyond 64 bits.
bool IntegerOp(absl::string_view op, int64_t a, int64_t b, int64_t* result) {
  if (op == "+") return !__builtin_add_overflow(a, b, result);
  if (op == "-") return !__builtin_sub_overflow(a, b, result);
  if (op == "*") return !__builtin_mul_overflow(a, b, result);
  if (op == "**") return IntegerPower(a, b, result);
  if (a == INT64_MIN && b == -1) return false;
  *result = op == "//" ? FloorDivide(a, b) : a - b * FloorDivide(a, b);
  return true;
}

double FloatOp(absl::string_view op, double a, double b) {
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  if (op == "*") return a * b;
  if (op == "/") return a / b;
  if (op == "**") return std::pow(a, b);
  if (op == "//") return std::floor(a / b);
  const double rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

absl::StatusOr<Value> Numbers(const Position& position, absl::string_view op, const Value& left,
                              const Value& right) {
  const bool divides = op == "/" || op == "//" || op == "%";
  if (divides && right.number() == 0) return ErrorAt(position, "division by zero");
  const bool integers =
      left.is_integer() && right.is_integer() && op != "/" && !(op == "**" && right.integer() < 0);
  if (!integers) return Value::Float(FloatOp(op, left.number(), right.number()));
  int64_t result = 0;
  if (IntegerOp(op, left.integer(), right.integer(), &result)) return Value::Int(result);
  return ErrorAt(position, "the result is beyond 64 bits");
}

}  // namespace

absl::StatusOr<Value> Interpreter::Arithmetic(const Position& position, absl::string_view op,
                                              const Value& left, const Value& right) {
  if (op == "~") return NewString(position, Str(left) + Str(right));
  for (const Value* side : {&left, &right}) {
    if (side->is_undefined()) return ErrorAt(position, side->undefined_name());
  }
  if (left.is_number() && right.is_number()) return Numbers(position, op, left, right);
  if (op == "+" && left.is_string() && right.is_string()) {
    return NewString(position, left.string() + right.string());
  }
  if (op == "+" && left.is_sequence() && left.kind() == right.kind()) {
    List joined = left.list();
    joined.insert(joined.end(), right.list().begin(), right.list().end());
    return left.kind() == Value::Kind::kTuple ? NewTuple(position, std::move(joined))
                                              : NewList(position, std::move(joined));
  }
  if (op == "%" && left.is_string()) return FormatPercent(this, position, left, right);
  const bool repeats = op == "*" && (left.is_integer() || right.is_integer());
  const Value &what = left.is_integer() ? right : left, &times = left.is_integer() ? left : right;
  if (repeats && (what.is_string() || what.is_sequence())) {
    const int64_t count = std::max<int64_t>(0, times.integer());
    const int64_t size = what.is_string()
                             ? static_cast<int64_t>(what.string().size())
                             : static_cast<int64_t>(what.list().size() * sizeof(Value));
    if (size > 0 && count > limits_.max_value_bytes / size) {
      return Charge(position, 0, limits_.max_value_bytes + 1);
    }
    ET_RETURN_IF_ERROR(Charge(position, 0, size * count));
    std::string text;
    List list;
    for (int64_t i = 0; size > 0 && i < count; ++i) {
      if (what.is_string()) {
        text += what.string();
      } else {
        list.insert(list.end(), what.list().begin(), what.list().end());
      }
    }
    if (what.is_string()) return NewString(position, std::move(text));
    return NewList(position, std::move(list));
  }
  return ErrorAt(position, absl::StrCat("unsupported operand types for ", op, ": ", left.TypeName(),
                                        " and ", right.TypeName()));
}

absl::StatusOr<Value> Interpreter::Compare(const Position& position, absl::string_view op,
                                           const Value& left, const Value& right) {
  ET_RETURN_IF_ERROR(Charge(position, (left.weight() + right.weight()) / 64, 0));
  if (op == "==") return Value::Bool(left == right);
  if (op == "!=") return Value::Bool(left != right);
  if (op == "in" || op == "not in") {
    bool found = false;
    if (right.is_string()) {
      if (!left.is_string()) return ErrorAt(position, "only a string can be in a string");
      found = absl::StrContains(right.string(), left.string());
    } else if (right.is_dict()) {
      found = right.Find(left) != nullptr;
    } else {
      ET_ASSIGN_OR_RETURN(const List items, Iterate(position, right));
      found = std::find(items.begin(), items.end(), left) != items.end();
    }
    return Value::Bool(found == (op == "in"));
  }
  for (const Value* side : {&left, &right}) {
    if (side->is_undefined()) return ErrorAt(position, side->undefined_name());
  }
  bool comparable = true;
  const bool less = Less(left, right, &comparable), greater = Less(right, left, &comparable);
  if (!comparable) {
    return ErrorAt(position, absl::StrCat("\"", op, "\" is not supported between ", left.TypeName(),
                                          " and ", right.TypeName()));
  }
  if (op == "<") return Value::Bool(less);
  if (op == ">") return Value::Bool(greater);
  // A number that is none is neither less nor equal.
  return Value::Bool(left == right || (op == "<=" ? less : greater));
}

absl::StatusOr<List> Interpreter::Iterate(const Position& position, const Value& value) {
  List items;
  switch (value.kind()) {
    case Value::Kind::kUndefined:
      return items;
    case Value::Kind::kList:
    case Value::Kind::kTuple:
      items = value.list();
      break;
    case Value::Kind::kString:
      for (const absl::string_view character : Characters(value.string())) {
        items.push_back(Value::String(std::string(character)));
      }
      break;
    case Value::Kind::kDict:
      for (const auto& member : value.dict()) items.push_back(member.first);
      break;
    default:
      return ErrorAt(position, absl::StrCat("a ", value.TypeName(), " is no list"));
  }
  // Not kept, but made: it takes time.
  ET_RETURN_IF_ERROR(Charge(position, 1 + static_cast<int64_t>(items.size() / 8), 0));
  return items;
}

absl::StatusOr<Value> Interpreter::Attribute(const Position& position, const Value& value,
                                             absl::string_view name) {
  if (value.is_undefined()) return ErrorAt(position, value.undefined_name());
  if (value.kind() == Value::Kind::kNamespace) {
    for (const auto& [known, member] : value.ns()->members) {
      if (known == name) return member;
    }
    return Value::Undefined(absl::StrCat("the namespace has no member '", name, "'"));
  }
  if (value.kind() == Value::Kind::kLoop) return LoopAttribute(value.loop(), name);
  if (HasMethod(value, name)) {
    return Value::OfFunction({Function::Kind::kMethod, std::string(name),
                              std::make_shared<const Value>(value), nullptr, nullptr});
  }
  if (value.is_dict()) {
    ET_RETURN_IF_ERROR(Charge(position, static_cast<int64_t>(value.dict().size() / 8), 0));
    if (const Value* member = value.Find(name)) return *member;
  }
  return Value::Undefined(
      absl::StrCat("'", value.TypeName(), " object' has no attribute '", name, "'"));
}

absl::StatusOr<Value> Interpreter::AttributePath(const Position& position, const Value& value,
                                                 const Value& path) {
  if (!path.is_string()) return Item(position, value, path);
  Value current = value;
  for (const absl::string_view part : absl::StrSplit(path.string(), '.')) {
    int64_t index = 0;
    if (absl::SimpleAtoi(part, &index)) {
      ET_ASSIGN_OR_RETURN(current, Item(position, current, Value::Int(index)));
    } else {
      ET_ASSIGN_OR_RETURN(current, Item(position, current, Value::String(std::string(part))));
    }
  }
  return current;
}

}  // namespace edgetasks::text::jinja
