#include "tests/support/random_schema.h"

#include <algorithm>
#include <vector>

namespace edgetasks::testing {
namespace {

const char* const kNames[] = {"name", "age", "friends", "a b", "x/y", "\xC3\xA9", "q\"", "mood"};

}  // namespace

nlohmann::ordered_json RandomSchema::Next() {
  recursive_ = OneIn(4);
  Json schema = Schema(3);
  if (!recursive_) return schema;
  const Json tree = {
      {"type", "object"},
      {"properties",
       {{"label", String()},
        {"children", {{"type", "array"}, {"items", {{"$ref", "#/$defs/tree"}}}, {"maxItems", 2}}}}},
      {"required", {"label"}}};
  if (OneIn(2))
    schema = {{"type", "array"}, {"items", {{"$ref", "#/$defs/tree"}}}, {"minItems", 1}};
  if (!schema.is_object()) schema = Json::object();
  schema["$defs"] = {{"tree", tree}};
  return schema;
}

nlohmann::ordered_json RandomSchema::Schema(int depth) {
  switch (Below(depth > 0 ? 12 : 6)) {
    case 0:
      return Integer();
    case 1:
      return Number();
    case 2:
    case 3:
      return String();
    case 4:
      return Listed();
    case 5:
      if (recursive_ && OneIn(2)) return {{"$ref", "#/$defs/tree"}};
      return OneIn(8) ? Json(true) : Json({{"type", OneIn(2) ? "boolean" : "null"}});
    case 6:
    case 7:
      return Array(depth - 1);
    case 8:
      return Combined(depth - 1);
    default:
      return Object(depth - 1);
  }
}

nlohmann::ordered_json RandomSchema::Integer() {
  Json schema = {{"type", "integer"}};
  const int low = Below(4000) - 2000;
  if (OneIn(2)) schema[OneIn(3) ? "exclusiveMinimum" : "minimum"] = low;
  if (OneIn(2)) schema[OneIn(3) ? "exclusiveMaximum" : "maximum"] = low + 40 + Below(100000);
  if (OneIn(4)) schema["multipleOf"] = 1 + Below(20);
  return schema;
}

nlohmann::ordered_json RandomSchema::Number() {
  Json schema = {{"type", "number"}};
  const int low = Below(400) - 200;
  if (OneIn(2)) schema[OneIn(3) ? "exclusiveMinimum" : "minimum"] = low / 8.0;
  if (OneIn(2))
    schema[OneIn(3) ? "exclusiveMaximum" : "maximum"] = low / 8.0 + (1 + Below(99)) / 50.0;
  return schema;
}

nlohmann::ordered_json RandomSchema::String() {
  static const char* const kPatterns[] = {"^[A-Z][a-z]{2,8}$", "^(yes|no|maybe)$", "ing$",
                                          "^#\\w+$",           "[0-9]{3}",         "^[^\"]*$",
                                          "^$|^a.*z$",         "\\u00e9"};
  static const char* const kFormats[] = {"date", "time",     "date-time", "uuid",
                                         "ipv4", "hostname", "email",     "uri"};
  Json schema = {{"type", "string"}};
  switch (Below(5)) {
    case 0:
      schema["pattern"] = kPatterns[Below(8)];
      break;
    case 1:
      schema["format"] = kFormats[Below(8)];
      break;
    case 2:
      schema["pattern"] = "^[a-z ]*$";
      [[fallthrough]];
    default: {
      const int low = Below(6);
      if (OneIn(2)) schema["minLength"] = low;
      if (OneIn(2)) schema["maxLength"] = low + Below(30);
    }
  }
  return schema;
}

nlohmann::ordered_json RandomSchema::Listed() {
  Json values = {"happy", "sad", 3, -1.5, nullptr, true, "\"\\\n", {{"k", {1, "x"}}}, {1, 2}};
  std::shuffle(values.begin(), values.end(), random_);
  if (OneIn(3)) return {{"const", values[0]}};
  const size_t count = 1 + Below(static_cast<int>(values.size()));
  while (values.size() > count) values.erase(values.size() - 1);
  return {{"enum", values}};
}

nlohmann::ordered_json RandomSchema::Array(int depth) {
  Json schema = {{"type", "array"}};
  const int low = Below(3);
  if (OneIn(4)) {
    schema["items"] = {{"enum", {"red", "green", "blue", "\xC3\xA9"}}};
    schema["uniqueItems"] = true;
    schema["minItems"] = low;
    return schema;
  }
  if (OneIn(3)) {
    for (int i = 1 + Below(3); i > 0; --i) schema["prefixItems"].push_back(Schema(depth));
    schema["items"] = OneIn(2) ? Json(false) : Schema(depth);
    schema["minItems"] = Below(static_cast<int>(schema["prefixItems"].size()) + 1);
    return schema;
  }
  schema["items"] = Schema(depth);
  if (OneIn(2)) schema["minItems"] = low;
  if (OneIn(2)) schema["maxItems"] = low + Below(4);
  return schema;
}

nlohmann::ordered_json RandomSchema::Object(int depth) {
  Json schema = {{"type", "object"}};
  std::vector<std::string> names(std::begin(kNames), std::end(kNames));
  std::shuffle(names.begin(), names.end(), random_);
  names.resize(Below(5));
  int required = 0;
  for (const std::string& name : names) {
    schema["properties"][name] = Schema(depth);
    if (!OneIn(2)) continue;
    schema["required"].push_back(name);
    ++required;
  }
  switch (Below(6)) {
    case 0:
      schema["additionalProperties"] = false;
      break;
    case 1:
      schema["additionalProperties"] = Schema(0);
      break;
    case 2:
      schema["patternProperties"] = {{"^p_", Schema(0)}, {"_t$", true}};
      schema["additionalProperties"] = false;
      break;
    case 3:
      schema["additionalProperties"] = true;
      schema["propertyNames"] = {{"maxLength", 12}};
      break;
    default:
      break;
  }
  const int size = static_cast<int>(names.size());
  if (OneIn(5)) schema["minProperties"] = Below(size + 1);
  if (OneIn(5)) schema["maxProperties"] = std::max(required, schema.value("minProperties", 0)) + 1;
  return schema;
}

nlohmann::ordered_json RandomSchema::Combined(int depth) {
  switch (Below(4)) {
    case 0:
      return {{"anyOf", {Schema(depth), Schema(depth), Schema(0)}}};
    case 1:
      return {{"oneOf", {Integer(), String(), {{"type", "null"}}}}};
    case 2: {
      Json options = Json::array();
      for (const char* kind : {"cat", "dog", "cow"}) {
        options.push_back({{"type", "object"},
                           {"properties", {{"kind", {{"const", kind}}}, {kind, Schema(depth)}}},
                           {"required", {"kind"}}});
      }
      return {{"oneOf", options}};
    }
    default: {
      Json both = Object(depth);
      both.erase("propertyNames");
      both.erase("maxProperties");
      both["additionalProperties"] = true;
      Json number = Integer();
      return {{"allOf", {both, {{"properties", {{"count", number}}}, {"required", {"count"}}}}}};
    }
  }
}

}  // namespace edgetasks::testing
