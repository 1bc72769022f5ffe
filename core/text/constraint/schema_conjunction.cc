#include "core/text/constraint/schema_conjunction.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/base/status_macros.h"

namespace edgetasks::text {
namespace {

// Keywords that would change what is valid, and why they are refused.
constexpr std::pair<const char*, const char*> kUnsupported[] = {
    {"not", "what must not be cannot be held to; say what may be"},
    {"if", "conditions are not supported; use oneOf or anyOf"},
    {"then", "conditions are not supported; use oneOf or anyOf"},
    {"else", "conditions are not supported; use oneOf or anyOf"},
    {"contains", "not supported; use prefixItems or items"},
    {"minContains", "not supported; use prefixItems or items"},
    {"maxContains", "not supported; use prefixItems or items"},
    {"dependentRequired", "not supported; use anyOf"},
    {"dependentSchemas", "not supported; use anyOf"},
    {"dependencies", "not supported; use anyOf"},
    {"unevaluatedItems", "not supported; use items"},
    {"unevaluatedProperties", "not supported; use additionalProperties"},
    {"additionalItems", "draft 2020-12 calls it items, behind prefixItems"},
    {"$dynamicRef", "not supported; use $ref"},
    {"$recursiveRef", "not supported; use $ref"},
};

constexpr std::pair<const char*, unsigned> kTypeNames[] = {
    {"null", kJsonNull},        {"boolean", kJsonBoolean},
    {"integer", kJsonInteger},  {"number", kJsonInteger | kJsonFraction},
    {"string", kJsonString},    {"array", kJsonArray},
    {"object", kJsonObjectType}};

// Keywords that speak of one type.
constexpr std::pair<const char*, unsigned> kSpeaksOf[] = {
    {"minLength", kJsonString},
    {"maxLength", kJsonString},
    {"pattern", kJsonString},
    {"format", kJsonString},
    {"minimum", kJsonInteger | kJsonFraction},
    {"maximum", kJsonInteger | kJsonFraction},
    {"exclusiveMinimum", kJsonInteger | kJsonFraction},
    {"exclusiveMaximum", kJsonInteger | kJsonFraction},
    {"multipleOf", kJsonInteger},
    {"items", kJsonArray},
    {"prefixItems", kJsonArray},
    {"minItems", kJsonArray},
    {"maxItems", kJsonArray},
    {"uniqueItems", kJsonArray},
    {"properties", kJsonObjectType},
    {"required", kJsonObjectType},
    {"additionalProperties", kJsonObjectType},
    {"patternProperties", kJsonObjectType},
    {"propertyNames", kJsonObjectType},
    {"minProperties", kJsonObjectType},
    {"maxProperties", kJsonObjectType},
};

// Of references and allOf, each leading to the next: what follows them recurses.
constexpr size_t kMaxChain = 200;

// Adds to a list in the order of the document; false if it is there already.
bool Insert(const SchemaDocument& document, const Json* value, std::vector<const Json*>* list) {
  const auto at = std::lower_bound(
      list->begin(), list->end(), value,
      [&](const Json* a, const Json* b) { return document.IndexOf(a) < document.IndexOf(b); });
  if (at != list->end() && *at == value) return false;
  list->insert(at, value);
  return true;
}

absl::Status AddSchemaFrom(const SchemaDocument& document, const Json* schema, size_t depth,
                           Conjunction* all) {
  if (schema->is_boolean()) {
    all->nothing |= !schema->get<bool>();
    return absl::OkStatus();
  }
  if (!schema->is_object()) {
    return document.Refuse(schema, "", "expected a schema: an object, true or false");
  }
  if (depth > kMaxChain) {
    return document.Refuse(schema, "", "more than ", kMaxChain, " schemas refer to each other");
  }
  for (const auto& [keyword, why] : kUnsupported) {
    if (schema->contains(keyword)) return document.Refuse(schema, keyword, why);
  }
  if (!Insert(document, schema, &all->members)) return absl::OkStatus();
  if (schema->contains("$ref")) {
    ET_ASSIGN_OR_RETURN(const Json* target, document.Resolve(*schema));
    ET_RETURN_IF_ERROR(AddSchemaFrom(document, target, depth + 1, all));
  }
  for (const char* keyword : {"allOf", "anyOf", "oneOf"}) {
    const Json* list = Find(*schema, keyword);
    if (list == nullptr) continue;
    if (!list->is_array() || list->empty()) {
      return document.Refuse(list, "", "expected a list of schemas");
    }
    if (keyword != std::string("allOf")) continue;
    for (const Json& part : *list)
      ET_RETURN_IF_ERROR(AddSchemaFrom(document, &part, depth + 1, all));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddSchema(const SchemaDocument& document, const Json* schema, Conjunction* all) {
  return AddSchemaFrom(document, schema, 0, all);
}

Choice OpenChoice(const Conjunction& all) {
  for (const Json* schema : all.members) {
    for (const bool exclusive : {false, true}) {
      const Json* options = Find(*schema, exclusive ? "oneOf" : "anyOf");
      if (options == nullptr) continue;
      if (std::find(all.chosen.begin(), all.chosen.end(), options) == all.chosen.end()) {
        return {options, exclusive};
      }
    }
  }
  return {};
}

absl::StatusOr<Conjunction> WithOption(const SchemaDocument& document, const Conjunction& all,
                                       const Choice& choice, const Json* option) {
  Conjunction result = all;
  Insert(document, choice.options, &result.chosen);
  ET_RETURN_IF_ERROR(AddSchema(document, option, &result));
  return result;
}

unsigned TypeOf(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return kJsonNull;
    case Json::value_t::boolean:
      return kJsonBoolean;
    case Json::value_t::number_float:
      return std::trunc(value.get<double>()) == value.get<double>() ? kJsonInteger : kJsonFraction;
    case Json::value_t::string:
      return kJsonString;
    case Json::value_t::array:
      return kJsonArray;
    case Json::value_t::object:
      return kJsonObjectType;
    default:
      return kJsonInteger;
  }
}

absl::StatusOr<unsigned> TypesOf(const SchemaDocument& document, const Conjunction& all,
                                 bool narrow) {
  unsigned types = kJsonAllTypes, spoken_of = 0;
  bool has_type = false;
  for (const Json* schema : all.members) {
    has_type |= schema->contains("enum") || schema->contains("const");
    for (const auto& [keyword, type] : kSpeaksOf) {
      if (schema->contains(keyword)) spoken_of |= type;
    }
    const Json* type = Find(*schema, "type");
    if (type == nullptr) continue;
    has_type = true;
    unsigned allowed = 0;
    const auto add = [&](const Json& name) {
      for (const auto& [known, bits] : kTypeNames) {
        if (name.is_string() && name.get_ref<const std::string&>() == known) {
          allowed |= bits;
          return true;
        }
      }
      return false;
    };
    bool known = type->is_array() && !type->empty();
    if (type->is_array()) {
      for (const Json& name : *type) known = known && add(name);
    } else {
      known = add(*type);
    }
    if (!known) {
      return document.Refuse(type, "",
                             "expected null, boolean, integer, number, string, array, "
                             "object, or a list of them");
    }
    types &= allowed;
  }
  return narrow && !has_type && spoken_of != 0 ? types & spoken_of : types;
}

absl::StatusOr<std::optional<std::vector<const Json*>>> ValuesOf(const SchemaDocument& document,
                                                                 const Conjunction& all) {
  std::optional<std::vector<const Json*>> values;
  const auto keep = [&](const std::vector<const Json*>& list) {
    std::vector<const Json*> kept;
    const auto is_in = [](const std::vector<const Json*>& in, const Json& value) {
      return std::any_of(in.begin(), in.end(), [&](const Json* v) { return *v == value; });
    };
    for (const Json* value : list) {
      if ((!values.has_value() || is_in(*values, *value)) && !is_in(kept, *value)) {
        kept.push_back(value);
      }
    }
    values = std::move(kept);
  };
  for (const Json* schema : all.members) {
    if (const Json* value = Find(*schema, "const")) keep({value});
    const Json* list = Find(*schema, "enum");
    if (list == nullptr) continue;
    if (!list->is_array()) return document.Refuse(list, "", "expected a list of values");
    std::vector<const Json*> of_list;
    for (const Json& value : *list) of_list.push_back(&value);
    keep(of_list);
  }
  return values;
}

absl::StatusOr<NumberRange> RangeOf(const SchemaDocument& document, const Conjunction& all,
                                    unsigned types) {
  NumberRange range;
  range.integer = (types & kJsonFraction) == 0;
  for (const Json* schema : all.members) {
    for (const char* keyword : {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"}) {
      const Json* value = Find(*schema, keyword);
      if (value == nullptr) continue;
      if (!value->is_number()) return document.Refuse(value, "", "expected a number");
      const std::string name = keyword;
      const Bound bound = {ParseDecimal(value->dump()), name[0] == 'e'};
      if (name.find("inimum") != std::string::npos) {
        range.AddLower(bound);
      } else {
        range.AddUpper(bound);
      }
    }
    const Json* divisor = Find(*schema, "multipleOf");
    if (divisor == nullptr) continue;
    const double value = divisor->is_number() ? divisor->get<double>() : 0;
    if (!(value >= 1 && value <= 1e6 && std::trunc(value) == value)) {
      return document.Refuse(divisor, "", "only whole numbers from 1 to 1000000 are supported");
    }
    range.multiples_of.push_back(static_cast<int>(value));
    range.integer = true;
  }
  return range;
}

absl::StatusOr<Counts> CountsOf(const SchemaDocument& document, const Conjunction& all,
                                const char* min_keyword, const char* max_keyword) {
  Counts counts;
  for (const Json* schema : all.members) {
    ET_ASSIGN_OR_RETURN(const std::optional<int> min, document.CountOf(schema, min_keyword));
    ET_ASSIGN_OR_RETURN(const std::optional<int> max, document.CountOf(schema, max_keyword));
    if (min.has_value()) counts.min = std::max(counts.min, *min);
    if (max.has_value()) counts.max = counts.max < 0 ? *max : std::min(counts.max, *max);
  }
  return counts;
}

}  // namespace edgetasks::text
