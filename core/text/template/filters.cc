// The filters, but for those that look at lists (list_filters.cc).
#include "core/text/template/filters.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "core/text/template/methods.h"
#include "core/text/template/tojson.h"

namespace edgetasks::text::jinja {
namespace {

bool TruthOf(const Value* value, bool otherwise) {
  return value == nullptr ? otherwise : value->Truth();
}

absl::StatusOr<Value> Default(const Value& input, const Call& call) {
  const Value* otherwise = call.Get(0, "default_value");
  const bool replaced =
      input.is_undefined() || (TruthOf(call.Get(1, "boolean"), false) && !input.Truth());
  if (!replaced) return input;
  return otherwise == nullptr ? Value::String("") : *otherwise;
}

absl::StatusOr<Value> Json(Interpreter* in, const Value& input, const Call& call) {
  JsonStyle style;
  style.ensure_ascii = TruthOf(call.Get(0, "ensure_ascii"), false);
  style.sort_keys = TruthOf(call.Get(3, "sort_keys"), false);
  const Value* indent = call.Get(1, "indent");
  // transformers passes the first argument by that order; many templates write tojson(indent=4).
  if (indent != nullptr && !indent->is_none()) {
    style.pretty = true;
    style.item_separator = ",";
    if (indent->is_string()) {
      style.indent = indent->string();
    } else if (indent->is_integer()) {
      style.indent =
          std::string(static_cast<size_t>(std::clamp<int64_t>(indent->integer(), 0, 64)), ' ');
    }
  }
  const Value* separators = call.Get(2, "separators");
  if (separators != nullptr && separators->is_sequence() && separators->list().size() == 2) {
    style.item_separator = Str(separators->list()[0]);
    style.key_separator = Str(separators->list()[1]);
  }
  ET_ASSIGN_OR_RETURN(std::string text, ToJson(call.position, input, style));
  return in->NewString(call.position, std::move(text));
}

// As int() and float() of Python, with a default for what is no number.
absl::StatusOr<Value> ToInt(const Value& input, const Call& call) {
  if (input.is_integer()) return Value::Int(input.integer());
  double number = 0;
  int64_t integer = 0;
  if (input.kind() == Value::Kind::kFloat) {
    number = input.number();
  } else if (input.is_string()) {
    if (absl::SimpleAtoi(input.string(), &integer)) return Value::Int(integer);
    if (!absl::SimpleAtod(input.string(), &number)) number = NAN;
  } else {
    number = NAN;
  }
  if (std::isfinite(number) && std::fabs(number) < 9e18)
    return Value::Int(static_cast<int64_t>(number));
  const Value* otherwise = call.Get(0, "default");
  return otherwise == nullptr ? Value::Int(0) : *otherwise;
}

absl::StatusOr<Value> ToFloat(const Value& input, const Call& call) {
  double number = 0;
  if (input.is_number()) return Value::Float(input.number());
  if (input.is_string() && absl::SimpleAtod(input.string(), &number)) return Value::Float(number);
  const Value* otherwise = call.Get(0, "default");
  return otherwise == nullptr ? Value::Float(0) : *otherwise;
}

absl::StatusOr<Value> Round(const Value& input, const Call& call) {
  if (!input.is_number()) return ErrorAt(call.position, "round wants a number");
  const Value* precision = call.Get(0, "precision");
  const Value* method = call.Get(1, "method");
  const std::string how = method == nullptr ? "common" : Str(*method);
  const int64_t digits = precision != nullptr && precision->is_integer()
                             ? std::clamp<int64_t>(precision->integer(), 0, 15)
                             : 0;
  const double scale = std::pow(10.0, static_cast<double>(digits));
  if (how == "ceil") return Value::Float(std::ceil(input.number() * scale) / scale);
  if (how == "floor") return Value::Float(std::floor(input.number() * scale) / scale);
  if (input.is_integer()) return Value::Int(input.integer());
  // The decimal digits decide, halves go to even: as printf does it.
  return Value::Float(std::strtod(
      absl::StrFormat("%.*f", static_cast<int>(digits), input.number()).c_str(), nullptr));
}

absl::StatusOr<Value> Indent(Interpreter* in, const std::string& text, const Call& call) {
  const Value* width = call.Get(0, "width");
  std::string space(4, ' ');
  if (width != nullptr) {
    space =
        width->is_string()
            ? width->string()
            : std::string(static_cast<size_t>(std::clamp<int64_t>(width->integer(), 0, 256)), ' ');
  }
  const bool first = TruthOf(call.Get(1, "first"), false),
             blank = TruthOf(call.Get(2, "blank"), false);
  std::string out = first ? space : "";
  for (size_t i = 0; i < text.size(); ++i) {
    out.push_back(text[i]);
    if (text[i] != '\n') continue;
    const bool empty = i + 1 >= text.size() || text[i + 1] == '\n';
    if (!empty || blank) {
      ET_RETURN_IF_ERROR(in->Charge(call.position, 0, static_cast<int64_t>(space.size())));
      out += space;
    }
  }
  return in->NewString(call.position, std::move(out));
}

absl::StatusOr<Value> Truncate(Interpreter* in, const std::string& text, const Call& call) {
  const Value *length = call.Get(0, "length"), *kill = call.Get(1, "killwords"),
              *end = call.Get(2, "end"), *leeway = call.Get(3, "leeway");
  const int64_t most = length == nullptr ? 255 : length->integer();
  const std::string tail = end == nullptr ? "..." : Str(*end);
  const auto characters = Characters(text);
  const auto size = static_cast<int64_t>(characters.size());
  if (size <= most + (leeway == nullptr ? 5 : leeway->integer())) return Value::String(text);
  const int64_t kept = std::clamp<int64_t>(most - CharacterCount(tail), 0, size);
  std::string out;
  for (int64_t i = 0; i < kept; ++i) absl::StrAppend(&out, characters[static_cast<size_t>(i)]);
  if (!TruthOf(kill, false)) out = out.substr(0, out.rfind(' '));
  return in->NewString(call.position, out + tail);
}

absl::StatusOr<Value> UrlEncode(Interpreter* in, absl::string_view text, const Call& call) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) ||
        absl::string_view("/_.-~").find(c) != absl::string_view::npos) {
      out.push_back(c);
    } else {
      absl::StrAppendFormat(&out, "%%%02X", byte);
    }
  }
  return in->NewString(call.position, std::move(out));
}

absl::StatusOr<Value> TextFilter(Interpreter* in, absl::string_view name, const Value& input,
                                 const Call& call, bool* known) {
  const std::string text = Str(input);
  const Position& position = call.position;
  if (name == "string" || name == "safe") return in->NewString(position, text);
  if (name == "upper") return in->NewString(position, Upper(text));
  if (name == "lower") return in->NewString(position, Lower(text));
  if (name == "capitalize") return in->NewString(position, Capitalize(text));
  if (name == "title") return in->NewString(position, Title(text));
  if (name == "indent") return Indent(in, text, call);
  if (name == "truncate") return Truncate(in, text, call);
  if (name == "urlencode") return UrlEncode(in, text, call);
  if (name == "trim") {
    const Value* characters = call.Get(0, "chars");
    const bool given = characters != nullptr && characters->is_string();
    return in->NewString(
        position, std::string(Strip(text, given ? &characters->string() : nullptr, true, true)));
  }
  if (name == "replace") return in->CallMethod(Value::String(text), "replace", call);
  if (name == "wordcount") {
    ET_ASSIGN_OR_RETURN(const Value words,
                        in->CallMethod(Value::String(text), "split", {position, {}, {}}));
    return Value::Int(static_cast<int64_t>(words.list().size()));
  }
  if (name == "center") {
    const Value* width = call.Get(0, "width");
    const int64_t missing =
        std::max<int64_t>(0, std::min<int64_t>(4096, width == nullptr ? 80 : width->integer()) -
                                 CharacterCount(text));
    const auto left =
        static_cast<size_t>(missing / 2 + (missing & 1 & (CharacterCount(text) + missing)));
    return in->NewString(position, std::string(left, ' ') + text +
                                       std::string(static_cast<size_t>(missing) - left, ' '));
  }
  if (name == "format") {
    ET_ASSIGN_OR_RETURN(const Value arguments, in->NewTuple(position, call.values));
    return FormatPercent(in, position, Value::String(text), arguments);
  }
  *known = false;
  return Value();
}

}  // namespace

absl::StatusOr<Value> Interpreter::ApplyFilter(absl::string_view name, const Value& input,
                                               const Call& call) {
  if (name == "default" || name == "d") return Default(input, call);
  if (name == "tojson") return Json(this, input, call);
  if (name == "int") return ToInt(input, call);
  if (name == "float") return ToFloat(input, call);
  if (name == "round") return Round(input, call);
  if (name == "abs") {
    if (!input.is_number()) return ErrorAt(call.position, "abs wants a number");
    if (!input.is_integer()) return Value::Float(std::fabs(input.number()));
    return input.integer() < 0 ? Arithmetic(call.position, "-", Value::Int(0), input)
                               : Value::Int(input.integer());
  }
  if (name == "attr") {
    const Value* attribute = call.Get(0, "name");
    if (attribute == nullptr || !attribute->is_string())
      return ErrorAt(call.position, "attr wants a name");
    return Attribute(call.position, input, attribute->string());
  }
  bool known = true;
  ET_ASSIGN_OR_RETURN(const Value text, TextFilter(this, name, input, call, &known));
  if (known) return text;
  known = true;
  ET_ASSIGN_OR_RETURN(const Value list, ListFilter(this, name, input, call, &known));
  if (known) return list;
  return ErrorAt(call.position, absl::StrCat("the filter \"", name, "\" is not known here"));
}

}  // namespace edgetasks::text::jinja
