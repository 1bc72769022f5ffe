#include "tests/support/schema_validator.h"

#include <cmath>
#include <regex>

namespace edgetasks::testing {
namespace {

using Json = nlohmann::ordered_json;

bool IsWhole(const Json& value) {
  return value.is_number_integer() ||
         (value.is_number_float() && std::floor(value.get<double>()) == value.get<double>());
}

bool HasType(const Json& value, const std::string& type) {
  if (type == "integer") return IsWhole(value);
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  if (type == "boolean") return value.is_boolean();
  return value.is_null();
}

int CharactersOf(const std::string& text) {
  int count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

bool Matches(const std::string& text, std::string pattern) {
  const size_t escape = pattern.find("\\u00e9");  // std::regex would take it for one byte
  if (escape != std::string::npos) pattern.replace(escape, 6, "\xC3\xA9");
  return std::regex_search(text, std::regex(pattern));
}

class Validator {
 public:
  Validator(const Json& root, std::string* why) : root_(root), why_(*why) {}

  bool Check(const Json& schema, const Json& value) {
    if (schema.is_boolean()) return schema.get<bool>() || Fail("false", value);
    if (schema.contains("$ref")) {
      const std::string target = schema["$ref"].get<std::string>().substr(1);
      if (!Check(root_.at(Json::json_pointer(target)), value)) return false;
    }
    if (schema.contains("type") && !CheckType(schema["type"], value)) return Fail("type", value);
    if (schema.contains("const") && schema["const"] != value) return Fail("const", value);
    if (schema.contains("enum")) {
      bool found = false;
      for (const Json& allowed : schema["enum"]) found |= allowed == value;
      if (!found) return Fail("enum", value);
    }
    if (!CheckCombined(schema, value)) return false;
    if (value.is_number()) return CheckNumber(schema, value);
    if (value.is_string()) return CheckString(schema, value.get<std::string>());
    if (value.is_array()) return CheckArray(schema, value);
    return !value.is_object() || CheckObject(schema, value);
  }

 private:
  bool Fail(const std::string& keyword, const Json& value) {
    if (why_.empty()) why_ = keyword + ": " + value.dump();
    return false;
  }

  static bool CheckType(const Json& type, const Json& value) {
    if (type.is_string()) return HasType(value, type.get<std::string>());
    bool found = false;
    for (const Json& one : type) found |= HasType(value, one.get<std::string>());
    return found;
  }

  bool CheckCombined(const Json& schema, const Json& value) {
    std::string ignored;
    const auto count = [&](const Json& options) {
      int valid = 0;
      for (const Json& option : options) valid += Validator(root_, &ignored).Check(option, value);
      return valid;
    };
    if (schema.contains("allOf") &&
        count(schema["allOf"]) != static_cast<int>(schema["allOf"].size())) {
      return Fail("allOf", value);
    }
    if (schema.contains("anyOf") && count(schema["anyOf"]) == 0) return Fail("anyOf", value);
    return !schema.contains("oneOf") || count(schema["oneOf"]) == 1 || Fail("oneOf", value);
  }

  bool CheckNumber(const Json& schema, const Json& value) {
    const double x = value.get<double>();
    const auto bad = [&](const char* keyword, auto violates) {
      return schema.contains(keyword) && violates(schema[keyword].get<double>());
    };
    if (bad("minimum", [&](double y) { return x < y; })) return Fail("minimum", value);
    if (bad("maximum", [&](double y) { return x > y; })) return Fail("maximum", value);
    if (bad("exclusiveMinimum", [&](double y) { return x <= y; })) return Fail("exclMin", value);
    if (bad("exclusiveMaximum", [&](double y) { return x >= y; })) return Fail("exclMax", value);
    return !bad("multipleOf", [&](double y) { return std::fmod(x, y) != 0; }) ||
           Fail("multipleOf", value);
  }

  bool CheckString(const Json& schema, const std::string& text) {
    const int length = CharactersOf(text);
    if (length < schema.value("minLength", 0)) return Fail("minLength", text);
    if (length > schema.value("maxLength", 1 << 30)) return Fail("maxLength", text);
    return !schema.contains("pattern") || Matches(text, schema["pattern"].get<std::string>()) ||
           Fail("pattern", text);
  }

  bool CheckArray(const Json& schema, const Json& value) {
    const int size = static_cast<int>(value.size());
    if (size < schema.value("minItems", 0)) return Fail("minItems", value);
    if (size > schema.value("maxItems", 1 << 30)) return Fail("maxItems", value);
    const size_t first = schema.contains("prefixItems") ? schema["prefixItems"].size() : 0;
    for (size_t i = 0; i < value.size(); ++i) {
      if (i < first && !Check(schema["prefixItems"][i], value[i])) return false;
      if (i >= first && schema.contains("items") && !Check(schema["items"], value[i])) return false;
      for (size_t j = 0; schema.value("uniqueItems", false) && j < i; ++j) {
        if (value[i] == value[j]) return Fail("uniqueItems", value);
      }
    }
    return true;
  }

  bool CheckObject(const Json& schema, const Json& value) {
    const int size = static_cast<int>(value.size());
    if (size < schema.value("minProperties", 0)) return Fail("minProperties", value);
    if (size > schema.value("maxProperties", 1 << 30)) return Fail("maxProperties", value);
    if (schema.contains("required")) {
      for (const Json& name : schema["required"]) {
        if (!value.contains(name.get<std::string>())) return Fail("required", value);
      }
    }
    for (auto item = value.begin(); item != value.end(); ++item) {
      bool found = false;
      if (schema.contains("properties") && schema["properties"].contains(item.key())) {
        found = true;
        if (!Check(schema["properties"][item.key()], *item)) return false;
      }
      if (schema.contains("patternProperties")) {
        const Json& patterns = schema["patternProperties"];
        for (auto p = patterns.begin(); p != patterns.end(); ++p) {
          if (!Matches(item.key(), p.key())) continue;
          found = true;
          if (!Check(*p, *item)) return false;
        }
      }
      if (!found && schema.contains("additionalProperties") &&
          !Check(schema["additionalProperties"], *item)) {
        return false;
      }
      if (schema.contains("propertyNames") && !Check(schema["propertyNames"], item.key())) {
        return false;
      }
    }
    return true;
  }

  const Json& root_;
  std::string& why_;
};

}  // namespace

bool IsValid(const Json& root, const Json& schema, const Json& value, std::string* why) {
  why->clear();
  return Validator(root, why).Check(schema, value);
}

}  // namespace edgetasks::testing
