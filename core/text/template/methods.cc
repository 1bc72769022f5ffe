#include "core/text/template/methods.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace edgetasks::text::jinja {
namespace {

constexpr absl::string_view kStringMethods[] = {
    "strip",    "lstrip",  "rstrip",  "split",        "rsplit",       "splitlines", "startswith",
    "endswith", "replace", "upper",   "lower",        "title",        "capitalize", "find",
    "rfind",    "count",   "index",   "join",         "isdigit",      "isalpha",    "isalnum",
    "isspace",  "isupper", "islower", "removeprefix", "removesuffix", "partition",  "zfill"};
constexpr absl::string_view kDictMethods[] = {"items", "keys", "values", "get", "copy"};
constexpr absl::string_view kListMethods[] = {"index", "count", "copy"};
constexpr absl::string_view kChanging[] = {"append", "extend",     "insert", "pop",
                                           "remove", "clear",      "sort",   "reverse",
                                           "update", "setdefault", "popitem"};

template <size_t N>
bool IsIn(const absl::string_view (&names)[N], absl::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool IsSpace(char32_t c) {
  return (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

char32_t ToUpper(char32_t c) {
  if ((c >= 'a' && c <= 'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7) ||
      (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) || (c >= 0x430 && c <= 0x44F)) {
    return c - 32;
  }
  return c >= 0x450 && c <= 0x45F ? c - 80 : c;
}

char32_t ToLower(char32_t c) {
  if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
      (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F)) {
    return c + 32;
  }
  return c >= 0x400 && c <= 0x40F ? c + 80 : c;
}

bool IsLetter(char32_t c) {
  return ToUpper(c) != c || ToLower(c) != c || (c >= 0x80 && !IsSpace(c) && c != 0xD7 && c != 0xF7);
}

template <typename Map>
std::string MapCharacters(absl::string_view text, Map map) {
  std::string out;
  for (const absl::string_view c : Characters(text)) {
    if (Utf8CharBytes(c) == 0) {
      out.append(c.data(), c.size());
    } else {
      AppendUtf8(map(DecodeUtf8Char(c)), &out);
    }
  }
  return out;
}

template <typename Holds>
bool AllCharacters(absl::string_view text, Holds holds) {
  const auto all = Characters(text);
  return !all.empty() && std::all_of(all.begin(), all.end(), [&](absl::string_view c) {
    return Utf8CharBytes(c) > 0 && holds(DecodeUtf8Char(c));
  });
}

// Pieces between separators, at most `most` cuts (all where negative), from the left or the right.
std::vector<std::string> Split(absl::string_view text, const std::string* separator, int64_t most,
                               bool from_right) {
  std::vector<std::string> parts;
  if (separator == nullptr) {  // at runs of white space
    while (true) {
      text = from_right ? Strip(text, nullptr, false, true) : Strip(text, nullptr, true, false);
      if (text.empty()) break;
      if (most >= 0 && static_cast<int64_t>(parts.size()) == most) {
        parts.emplace_back(text);
        break;
      }
      const auto all = Characters(text);
      size_t length = 0;
      for (size_t i = 0; i < all.size(); ++i) {
        const absl::string_view c = from_right ? all[all.size() - 1 - i] : all[i];
        if (Utf8CharBytes(c) > 0 && IsSpace(DecodeUtf8Char(c))) break;
        length += c.size();
      }
      parts.emplace_back(from_right ? text.substr(text.size() - length) : text.substr(0, length));
      text = from_right ? text.substr(0, text.size() - length) : text.substr(length);
    }
  } else {
    while (most < 0 || static_cast<int64_t>(parts.size()) < most) {
      const size_t at = from_right ? text.rfind(*separator) : text.find(*separator);
      if (at == absl::string_view::npos) break;
      const absl::string_view after = text.substr(at + separator->size());
      parts.emplace_back(from_right ? after : text.substr(0, at));
      text = from_right ? text.substr(0, at) : after;
    }
    parts.emplace_back(text);
  }
  if (from_right) std::reverse(parts.begin(), parts.end());
  return parts;
}

absl::StatusOr<Value> Strings(Interpreter* in, const Position& position,
                              const std::vector<std::string>& texts) {
  List list;
  for (const std::string& text : texts) {
    ET_ASSIGN_OR_RETURN(Value value, in->NewString(position, text));
    list.push_back(std::move(value));
  }
  return in->NewList(position, std::move(list));
}

// A string argument; null if it was not given or is None.
absl::StatusOr<const std::string*> StringArgument(const Call& call, size_t index,
                                                  absl::string_view name) {
  const Value* value = call.Get(index, name);
  if (value == nullptr || value->is_none()) return nullptr;
  if (!value->is_string()) {
    return ErrorAt(call.position, absl::StrCat("expected a str, got a ", value->TypeName()));
  }
  return &value->string();
}

absl::StatusOr<std::string> Needed(const Call& call, size_t index, absl::string_view name) {
  ET_ASSIGN_OR_RETURN(const std::string* text, StringArgument(call, index, name));
  if (text == nullptr) return ErrorAt(call.position, "expected a str as an argument");
  return *text;
}

absl::StatusOr<int64_t> IntegerArgument(const Call& call, size_t index, absl::string_view name,
                                        int64_t otherwise) {
  const Value* value = call.Get(index, name);
  if (value == nullptr || value->is_none()) return otherwise;
  if (!value->is_integer()) return ErrorAt(call.position, "expected an int as an argument");
  return value->integer();
}

absl::StatusOr<Value> SplitMethod(Interpreter* in, absl::string_view self, absl::string_view name,
                                  const Call& call) {
  if (name == "splitlines") {
    std::vector<std::string> lines;
    while (!self.empty()) {
      const size_t end = self.find_first_of("\n\r");
      lines.emplace_back(self.substr(0, end));
      if (end == absl::string_view::npos) break;
      self.remove_prefix(end + (self.substr(end, 2) == "\r\n" ? 2 : 1));
    }
    return Strings(in, call.position, lines);
  }
  if (name == "partition") {
    ET_ASSIGN_OR_RETURN(const std::string separator, Needed(call, 0, "sep"));
    const size_t at = self.find(separator);
    const bool found = at != absl::string_view::npos;
    const std::vector<std::string> parts = {
        std::string(self.substr(0, at)), found ? separator : "",
        std::string(found ? self.substr(at + separator.size()) : absl::string_view())};
    ET_ASSIGN_OR_RETURN(const Value list, Strings(in, call.position, parts));
    return in->NewTuple(call.position, list.list());
  }
  ET_ASSIGN_OR_RETURN(const std::string* separator, StringArgument(call, 0, "sep"));
  ET_ASSIGN_OR_RETURN(const int64_t most, IntegerArgument(call, 1, "maxsplit", -1));
  if (separator != nullptr && separator->empty()) return ErrorAt(call.position, "empty separator");
  return Strings(in, call.position, Split(self, separator, most, name == "rsplit"));
}

// startswith and endswith take one or a tuple.
absl::StatusOr<Value> Affix(const std::string& self, absl::string_view name, const Call& call) {
  const Value* wanted = call.Get(0, "prefix");
  if (wanted == nullptr) return ErrorAt(call.position, "expected a str as an argument");
  const List one = {*wanted};
  for (const Value& affix : wanted->is_sequence() ? wanted->list() : one) {
    if (!affix.is_string()) return ErrorAt(call.position, "expected a str as an argument");
    const bool holds = name == "startswith" ? absl::StartsWith(self, affix.string())
                                            : absl::EndsWith(self, affix.string());
    if (holds) return Value::Bool(true);
  }
  return Value::Bool(false);
}

absl::StatusOr<Value> Replace(Interpreter* in, const std::string& self, const Call& call) {
  ET_ASSIGN_OR_RETURN(const std::string from, Needed(call, 0, "old"));
  ET_ASSIGN_OR_RETURN(const std::string to, Needed(call, 1, "new"));
  ET_ASSIGN_OR_RETURN(int64_t most, IntegerArgument(call, 2, "count", -1));
  std::string out;
  size_t at = 0;
  if (from.empty()) {  // before every character, and at the end
    for (const absl::string_view c : Characters(self)) {
      if (most != 0) out += to;
      if (most > 0) --most;
      out.append(c.data(), c.size());
      ET_RETURN_IF_ERROR(in->Charge(call.position, 0, static_cast<int64_t>(to.size())));
    }
    if (most != 0) out += to;
    return in->NewString(call.position, std::move(out));
  }
  while (most != 0) {
    const size_t found = self.find(from, at);
    if (found == std::string::npos) break;
    out.append(self, at, found - at);
    out += to;
    ET_RETURN_IF_ERROR(in->Charge(call.position, 0, static_cast<int64_t>(to.size())));
    at = found + from.size();
    if (most > 0) --most;
  }
  out.append(self, at);
  return in->NewString(call.position, std::move(out));
}

absl::StatusOr<Value> Find(const std::string& self, absl::string_view name, const Call& call) {
  ET_ASSIGN_OR_RETURN(const std::string wanted, Needed(call, 0, "sub"));
  if (name == "count") {
    if (wanted.empty()) return Value::Int(CharacterCount(self) + 1);
    int64_t count = 0;
    for (size_t at = 0; (at = self.find(wanted, at)) != std::string::npos; at += wanted.size()) {
      ++count;
    }
    return Value::Int(count);
  }
  const size_t at = name == "rfind" ? self.rfind(wanted) : self.find(wanted);
  if (at != std::string::npos) return Value::Int(CharacterCount(self.substr(0, at)));
  if (name == "index") return ErrorAt(call.position, "substring not found");
  return Value::Int(-1);
}

absl::StatusOr<Value> StringMethod(Interpreter* in, const std::string& self, absl::string_view name,
                                   const Call& call) {
  if (name == "strip" || name == "lstrip" || name == "rstrip") {
    ET_ASSIGN_OR_RETURN(const std::string* characters, StringArgument(call, 0, "chars"));
    return in->NewString(call.position,
                         std::string(Strip(self, characters, name != "rstrip", name != "lstrip")));
  }
  if (absl::EndsWith(name, "split") || name == "splitlines" || name == "partition") {
    return SplitMethod(in, self, name, call);
  }
  if (name == "startswith" || name == "endswith") return Affix(self, name, call);
  if (name == "replace") return Replace(in, self, call);
  if (absl::EndsWith(name, "find") || name == "count" || name == "index")
    return Find(self, name, call);
  if (name == "upper") return in->NewString(call.position, Upper(self));
  if (name == "lower") return in->NewString(call.position, Lower(self));
  if (name == "title") return in->NewString(call.position, Title(self));
  if (name == "capitalize") return in->NewString(call.position, Capitalize(self));
  if (name == "isdigit")
    return Value::Bool(AllCharacters(self, [](char32_t c) { return c >= '0' && c <= '9'; }));
  if (name == "isspace") return Value::Bool(AllCharacters(self, IsSpace));
  if (name == "isalpha") return Value::Bool(AllCharacters(self, IsLetter));
  if (name == "isalnum") {
    return Value::Bool(
        AllCharacters(self, [](char32_t c) { return IsLetter(c) || (c >= '0' && c <= '9'); }));
  }
  if (name == "isupper") return Value::Bool(Upper(self) == self && Lower(self) != self);
  if (name == "islower") return Value::Bool(Lower(self) == self && Upper(self) != self);
  if (name == "join") {
    if (call.values.size() != 1) return ErrorAt(call.position, "join wants one list");
    return in->ApplyFilter("join", call.values[0], {call.position, {Value::String(self)}, {}});
  }
  if (name == "zfill") {
    ET_ASSIGN_OR_RETURN(const int64_t width, IntegerArgument(call, 0, "width", 0));
    const int64_t missing = std::min<int64_t>(width, 4096) - CharacterCount(self);
    const size_t sign = !self.empty() && (self[0] == '-' || self[0] == '+') ? 1 : 0;
    return in->NewString(call.position,
                         self.substr(0, sign) +
                             std::string(static_cast<size_t>(std::max<int64_t>(0, missing)), '0') +
                             self.substr(sign));
  }
  ET_ASSIGN_OR_RETURN(const std::string affix, Needed(call, 0, "prefix"));
  if (name == "removeprefix" && absl::StartsWith(self, affix)) {
    return in->NewString(call.position, self.substr(affix.size()));
  }
  if (name == "removesuffix" && absl::EndsWith(self, affix)) {
    return in->NewString(call.position, self.substr(0, self.size() - affix.size()));
  }
  return Value::String(self);
}

absl::StatusOr<Value> DictMethod(Interpreter* in, const Value& self, absl::string_view name,
                                 const Call& call) {
  if (name == "copy") return self;
  if (name == "get") {
    if (call.values.empty()) return ErrorAt(call.position, "get wants a key");
    const Value* found = self.Find(call.values[0]);
    if (found != nullptr) return *found;
    return call.values.size() > 1 ? call.values[1] : Value::None();
  }
  List list;
  for (const auto& [key, value] : self.dict()) {
    if (name == "keys") {
      list.push_back(key);
    } else if (name == "values") {
      list.push_back(value);
    } else {
      ET_ASSIGN_OR_RETURN(Value pair, in->NewTuple(call.position, {key, value}));
      list.push_back(std::move(pair));
    }
  }
  return in->NewList(call.position, std::move(list));
}

}  // namespace

std::string Upper(absl::string_view text) {
  const std::string sharp = absl::StrReplaceAll(text, {{"\xC3\x9F", "SS"}});
  return MapCharacters(sharp, ToUpper);
}
std::string Lower(absl::string_view text) { return MapCharacters(text, ToLower); }

std::string Capitalize(absl::string_view text) {
  const auto all = Characters(text);
  if (all.empty()) return "";
  return Upper(all[0]) + Lower(text.substr(all[0].size()));
}

std::string Title(absl::string_view text) {
  bool inside = false;
  return MapCharacters(text, [&](char32_t c) {
    const char32_t mapped = inside ? ToLower(c) : ToUpper(c);
    inside = IsLetter(c);
    return mapped;
  });
}

absl::string_view Strip(absl::string_view text, const std::string* characters, bool left,
                        bool right) {
  const auto all = Characters(text);
  const auto goes = [&](absl::string_view c) {
    if (characters != nullptr) return absl::StrContains(*characters, c);
    return Utf8CharBytes(c) > 0 && IsSpace(DecodeUtf8Char(c));
  };
  size_t first = 0, last = all.size();
  while (left && first < last && goes(all[first])) text.remove_prefix(all[first++].size());
  while (right && last > first && goes(all[last - 1])) text.remove_suffix(all[--last].size());
  return text;
}

bool HasMethod(const Value& value, absl::string_view name) {
  if (value.is_string()) return IsIn(kStringMethods, name);
  if (value.is_dict())
    return IsIn(kDictMethods, name) || name == "update" || name == "pop" || name == "setdefault" ||
           name == "clear" || name == "popitem";
  return value.is_sequence() && (IsIn(kListMethods, name) || IsIn(kChanging, name));
}

absl::StatusOr<Value> Interpreter::CallMethod(const Value& self, absl::string_view name,
                                              const Call& call) {
  if (self.kind() == Value::Kind::kLoop) {
    LoopState* const loop = self.loop();
    if (name == "cycle" && !call.values.empty()) {
      return call.values[static_cast<size_t>(loop->index0) % call.values.size()];
    }
    ET_ASSIGN_OR_RETURN(Value now, NewList(call.position, call.values));
    const bool changed = !loop->has_last_changed || now != loop->last_changed;
    loop->has_last_changed = true;
    loop->last_changed = std::move(now);
    return Value::Bool(changed);
  }
  if (IsIn(kChanging, name) && !self.is_string()) {
    return ErrorAt(call.position, absl::StrCat(name, "() would change a ", self.TypeName(),
                                               ", which a template may not"));
  }
  if (self.is_string()) return StringMethod(this, self.string(), name, call);
  if (self.is_dict()) return DictMethod(this, self, name, call);
  if (name == "copy") return self;
  if (call.values.size() != 1) return ErrorAt(call.position, "expected one argument");
  const List& list = self.list();
  if (name == "count") return Value::Int(std::count(list.begin(), list.end(), call.values[0]));
  const auto found = std::find(list.begin(), list.end(), call.values[0]);
  if (found == list.end()) return ErrorAt(call.position, "the value is not in the list");
  return Value::Int(found - list.begin());
}

absl::StatusOr<Value> FormatPercent(Interpreter* in, const Position& position, const Value& format,
                                    const Value& value) {
  const List one = {value};
  const List& arguments = value.kind() == Value::Kind::kTuple ? value.list() : one;
  const std::string& text = format.string();
  std::string out;
  size_t next = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const size_t end = text.find_first_not_of("0123456789.+- #", i + 1);
    if (end == std::string::npos) return ErrorAt(position, "incomplete format");
    if (text[end] == '%') {
      out.push_back('%');
      i = end;
      continue;
    }
    if (next >= arguments.size()) return ErrorAt(position, "not enough arguments for the format");
    const Value& argument = arguments[next++];
    const std::string spec = text.substr(i, end - i);
    const bool plain = spec == "%" || (text[end] == 'f' && spec.size() < 5 && spec[1] == '.');
    if (!plain) return ErrorAt(position, absl::StrCat("the format ", spec, " is not known here"));
    std::string shown;
    switch (text[end]) {
      case 's':
      case 'r':
        text[end] == 's' ? AppendStr(argument, &shown) : AppendRepr(argument, &shown);
        out += shown;
        break;
      case 'd':
      case 'i':
        if (!argument.is_number()) return ErrorAt(position, "%d wants a number");
        out += absl::StrCat(static_cast<int64_t>(argument.number()));
        break;
      case 'f':
        if (!argument.is_number()) return ErrorAt(position, "%f wants a number");
        {
          const size_t point = spec.find('.');
          const int precision =
              point == std::string::npos ? 6 : std::atoi(spec.c_str() + point + 1);
          out += absl::StrFormat("%.*f", precision, argument.number());
        }
        break;
      default:
        return ErrorAt(position,
                       absl::StrCat("the format %", text.substr(end, 1), " is not known here"));
    }
    i = end;
  }
  if (next < arguments.size()) return ErrorAt(position, "not all arguments were formatted");
  return in->NewString(position, std::move(out));
}

}  // namespace edgetasks::text::jinja
