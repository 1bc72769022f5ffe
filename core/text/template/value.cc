#include "core/text/template/value.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/utf8.h"

namespace edgetasks::text::jinja {
namespace {

// Saturates far below overflow.
int64_t Heavier(int64_t weight, const Value& item) {
  return std::min(weight + item.weight(), int64_t{1} << 60);
}

int DepthOf(const List& list) {
  int deepest = 0;
  for (const Value& item : list) deepest = std::max(deepest, item.depth());
  return deepest + 1;
}

void AppendQuoted(absl::string_view text, std::string* out) {
  const bool single = text.find('\'') == absl::string_view::npos;
  const char quote = single || text.find('"') != absl::string_view::npos ? '\'' : '"';
  out->push_back(quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (c == '\n') {
      out->append("\\n");
    } else if (c == '\r') {
      out->append("\\r");
    } else if (c == '\t') {
      out->append("\\t");
    } else if (byte < 0x20 || byte == 0x7F) {
      absl::StrAppendFormat(out, "\\x%02x", byte);
    } else {
      out->push_back(c);
    }
  }
  out->push_back(quote);
}

void AppendItems(const List& list, std::string* out) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out->append(", ");
    AppendRepr(list[i], out);
  }
}

void AppendDict(const Dict& dict, std::string* out) {
  out->push_back('{');
  for (size_t i = 0; i < dict.size(); ++i) {
    if (i > 0) out->append(", ");
    AppendRepr(dict[i].first, out);
    out->append(": ");
    AppendRepr(dict[i].second, out);
  }
  out->push_back('}');
}

bool SameDict(const Dict& a, const Value& b) {
  if (a.size() != b.dict().size()) return false;
  return std::all_of(a.begin(), a.end(), [&](const auto& member) {
    const Value* other = b.Find(member.first);
    return other != nullptr && *other == member.second;
  });
}

}  // namespace

Value Value::Undefined(absl::string_view what) {
  Value value;
  value.data_ = std::make_shared<const std::string>(what);
  return value;
}

Value Value::None() {
  Value value;
  value.kind_ = Kind::kNone;
  return value;
}

Value Value::Bool(bool truth) {
  Value value;
  value.kind_ = Kind::kBool;
  value.integer_ = truth ? 1 : 0;
  return value;
}

Value Value::Int(int64_t integer) {
  Value value;
  value.kind_ = Kind::kInt;
  value.integer_ = integer;
  return value;
}

Value Value::Float(double number) {
  Value value;
  value.kind_ = Kind::kFloat;
  value.float_ = number;
  return value;
}

Value Value::String(std::string text) {
  Value value;
  value.kind_ = Kind::kString;
  value.weight_ += static_cast<int64_t>(text.size());
  value.data_ = std::make_shared<const std::string>(std::move(text));
  return value;
}

Value Value::OfList(List list) {
  Value value;
  value.kind_ = Kind::kList;
  value.depth_ = DepthOf(list);
  for (const Value& item : list) value.weight_ = Heavier(value.weight_, item);
  value.data_ = std::make_shared<const List>(std::move(list));
  return value;
}

Value Value::OfTuple(List list) {
  Value value = OfList(std::move(list));
  value.kind_ = Kind::kTuple;
  return value;
}

Value Value::OfDict(Dict dict) {
  Value value;
  value.kind_ = Kind::kDict;
  for (const auto& [key, item] : dict) {
    value.depth_ = std::max({value.depth_, key.depth(), item.depth()});
    value.weight_ = Heavier(Heavier(value.weight_, key), item);
  }
  ++value.depth_;
  value.data_ = std::make_shared<const Dict>(std::move(dict));
  return value;
}

Value Value::OfNamespace(Namespace* ns) {
  Value value;
  value.kind_ = Kind::kNamespace;
  value.pointer_ = ns;
  return value;
}

Value Value::OfFunction(Function function) {
  Value value;
  value.kind_ = Kind::kFunction;
  value.data_ = std::make_shared<const Function>(std::move(function));
  return value;
}

Value Value::OfLoop(LoopState* loop) {
  Value value;
  value.kind_ = Kind::kLoop;
  value.pointer_ = loop;
  return value;
}

absl::string_view Value::undefined_name() const {
  return data_ == nullptr ? absl::string_view("a value") : absl::string_view(string());
}

bool Value::Truth() const {
  switch (kind_) {
    case Kind::kUndefined:
    case Kind::kNone:
      return false;
    case Kind::kBool:
    case Kind::kInt:
      return integer_ != 0;
    case Kind::kFloat:
      return float_ != 0;
    case Kind::kString:
      return !string().empty();
    case Kind::kList:
    case Kind::kTuple:
      return !list().empty();
    case Kind::kDict:
      return !dict().empty();
    case Kind::kNamespace:
    case Kind::kFunction:
    case Kind::kLoop:
      return true;
  }
  return false;
}

absl::string_view Value::TypeName() const {
  constexpr absl::string_view kNames[] = {"Undefined", "NoneType",  "bool",     "int",
                                          "float",     "str",       "list",     "tuple",
                                          "dict",      "Namespace", "function", "LoopContext"};
  return kNames[static_cast<int>(kind_)];
}

const Value* Value::Find(const Value& key) const {
  for (const auto& member : dict()) {
    if (member.first == key) return &member.second;
  }
  return nullptr;
}

const Value* Value::Find(absl::string_view key) const {
  for (const auto& member : dict()) {
    if (member.first.is_string() && member.first.string() == key) return &member.second;
  }
  return nullptr;
}

bool operator==(const Value& a, const Value& b) {
  if (a.is_integer() && b.is_integer()) return a.integer() == b.integer();
  if (a.is_number() && b.is_number()) return a.number() == b.number();
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Value::Kind::kString:
      return a.string() == b.string();
    case Value::Kind::kList:
    case Value::Kind::kTuple:
      return a.list() == b.list();
    case Value::Kind::kDict:
      return SameDict(a.dict(), b);
    case Value::Kind::kNamespace:
      return a.ns() == b.ns();
    case Value::Kind::kFunction:
      return &a.function() == &b.function();
    case Value::Kind::kLoop:
      return a.loop() == b.loop();
    default:
      return true;  // None, and all that is undefined
  }
}

bool Less(const Value& a, const Value& b, bool* comparable) {
  if (a.is_integer() && b.is_integer()) return a.integer() < b.integer();
  if (a.is_number() && b.is_number()) return a.number() < b.number();
  if (a.is_string() && b.is_string()) return a.string() < b.string();  // UTF-8 sorts as code points
  if (!a.is_sequence() || a.kind() != b.kind()) {
    *comparable = false;
    return false;
  }
  const List &left = a.list(), &right = b.list();
  for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
    if (left[i] != right[i]) return Less(left[i], right[i], comparable);
  }
  return left.size() < right.size();
}

std::string FloatRepr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::string digits;
  for (int precision = 0; precision < 17; ++precision) {
    digits = absl::StrFormat("%.*e", precision, value);
    if (std::strtod(digits.c_str(), nullptr) == value) break;
  }
  const size_t e = digits.find('e');
  const int exponent = std::atoi(digits.c_str() + e + 1);
  if (exponent < -4 || exponent >= 16) {
    return absl::StrFormat("%s%s%02d", digits.substr(0, e), exponent < 0 ? "e-" : "e+",
                           std::abs(exponent));
  }
  const size_t point = digits.find('.');
  const int fraction = point == std::string::npos ? 0 : static_cast<int>(e - point - 1);
  return absl::StrFormat("%.*f", std::max(1, fraction - exponent), value);
}

void AppendRepr(const Value& value, std::string* out) {
  switch (value.kind()) {
    case Value::Kind::kUndefined:
      out->append("Undefined");
      break;
    case Value::Kind::kNone:
      out->append("None");
      break;
    case Value::Kind::kBool:
      out->append(value.boolean() ? "True" : "False");
      break;
    case Value::Kind::kInt:
      absl::StrAppend(out, value.integer());
      break;
    case Value::Kind::kFloat:
      out->append(FloatRepr(value.number()));
      break;
    case Value::Kind::kString:
      AppendQuoted(value.string(), out);
      break;
    case Value::Kind::kList:
      out->push_back('[');
      AppendItems(value.list(), out);
      out->push_back(']');
      break;
    case Value::Kind::kTuple:
      out->push_back('(');
      AppendItems(value.list(), out);
      out->append(value.list().size() == 1 ? ",)" : ")");
      break;
    case Value::Kind::kDict:
      AppendDict(value.dict(), out);
      break;
    case Value::Kind::kNamespace:
    case Value::Kind::kFunction:
    case Value::Kind::kLoop:
      absl::StrAppend(out, "<", value.TypeName(), ">");
      break;
  }
}

void AppendStr(const Value& value, std::string* out) {
  if (value.is_string()) {
    out->append(value.string());
  } else if (!value.is_undefined()) {
    AppendRepr(value, out);
  }
}

std::string Str(const Value& value) {
  std::string out;
  AppendStr(value, &out);
  return out;
}

int64_t CharacterCount(absl::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::vector<absl::string_view> Characters(absl::string_view text) {
  std::vector<absl::string_view> all;
  while (!text.empty()) {
    const size_t length = std::max<size_t>(1, Utf8CharBytes(text));
    all.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return all;
}

}  // namespace edgetasks::text::jinja
