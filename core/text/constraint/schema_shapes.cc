#include "core/text/constraint/schema_shapes.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/base/status_macros.h"
#include "core/text/constraint/expression_dfa.h"
#include "core/text/constraint/json_format.h"
#include "core/text/constraint/json_text.h"
#include "core/text/constraint/regex.h"

namespace edgetasks::text {
namespace {

// Every part of the names that patterns cut out is a part of its own: 2 to that power.
constexpr size_t kMaxPatterns = 4;

// The spellings of texts in which a pattern matches. `where` is the pattern, or stands at it.
absl::StatusOr<ExprPtr> PatternTexts(const SchemaDocument& document, const Json* where,
                                     absl::string_view pattern) {
  const absl::StatusOr<ExprPtr> texts = ParseRegex(pattern, {/*search=*/true, /*ecma_dot=*/true});
  if (!texts.ok()) return document.Refuse(where, "", texts.status().message());
  return JsonSpelling(*texts);
}

// The member `keyword` of a schema, which must be an object if it is there.
absl::StatusOr<const Json*> ObjectAt(const SchemaDocument& document, const Json* schema,
                                     const char* keyword) {
  const Json* value = Find(*schema, keyword);
  if (value != nullptr && !value->is_object()) {
    return document.Refuse(value, "", "expected an object");
  }
  return value;
}

// A pattern of patternProperties and the spellings that it matches.
struct NamePattern {
  const Json* schema;  // under it
  const Json* owner;   // the schema with patternProperties
  ByteDfa texts;
};

absl::StatusOr<std::vector<NamePattern>> NamePatterns(const SchemaDocument& document,
                                                      const Conjunction& all) {
  std::vector<NamePattern> patterns;
  for (const Json* schema : all.members) {
    ET_ASSIGN_OR_RETURN(const Json* map, ObjectAt(document, schema, "patternProperties"));
    if (map == nullptr) continue;
    for (auto item = map->begin(); item != map->end(); ++item) {
      ET_ASSIGN_OR_RETURN(const ExprPtr texts, PatternTexts(document, &*item, item.key()));
      const absl::StatusOr<ByteDfa> dfa = ToDfa(texts);
      if (!dfa.ok()) return document.Refuse(&*item, "", dfa.status().message());
      patterns.push_back({&*item, schema, *dfa});
    }
  }
  return patterns;
}

// The schemas for a property: those of its name and of the patterns it matches, or else the one of
// additionalProperties, for each schema by itself.
absl::StatusOr<Conjunction> ValueOfName(const SchemaDocument& document, const Conjunction& all,
                                        const std::string* name,
                                        const std::vector<const NamePattern*>& matched) {
  Conjunction value;
  for (const Json* schema : all.members) {
    bool found = false;
    ET_ASSIGN_OR_RETURN(const Json* properties, ObjectAt(document, schema, "properties"));
    const Json* named =
        name == nullptr || properties == nullptr ? nullptr : Find(*properties, name->c_str());
    if (named != nullptr) {
      ET_RETURN_IF_ERROR(AddSchema(document, named, &value));
      found = true;
    }
    for (const NamePattern* pattern : matched) {
      if (pattern->owner != schema) continue;
      ET_RETURN_IF_ERROR(AddSchema(document, pattern->schema, &value));
      found = true;
    }
    const Json* others = Find(*schema, "additionalProperties");
    if (!found && others != nullptr) ET_RETURN_IF_ERROR(AddSchema(document, others, &value));
  }
  return value;
}

// Spellings that propertyNames allows; any if there is none.
absl::StatusOr<ExprPtr> AllowedNames(const SchemaDocument& document, const Conjunction& all) {
  std::vector<ExprPtr> conditions;
  for (const Json* schema : all.members) {
    const Json* names = Find(*schema, "propertyNames");
    if (names == nullptr) continue;
    Conjunction name;
    ET_RETURN_IF_ERROR(AddSchema(document, names, &name));
    if (OpenChoice(name).options != nullptr) {
      return document.Refuse(names, "", "anyOf and oneOf are not supported for names");
    }
    ET_ASSIGN_OR_RETURN(const unsigned types, TypesOf(document, name, /*narrow=*/false));
    if (name.nothing || (types & kJsonString) == 0) conditions.push_back(Nothing());
    ET_ASSIGN_OR_RETURN(const auto values, ValuesOf(document, name));
    if (values.has_value()) {
      std::vector<std::string> texts;
      for (const Json* value : *values) {
        if (value->is_string()) {
          texts.push_back(JsonSpelling(value->get_ref<const std::string&>()));
        }
      }
      conditions.push_back(OneOf(std::move(texts)));
    }
    ET_ASSIGN_OR_RETURN(ExprPtr texts, StringTexts(document, name, /*with_formats=*/true));
    conditions.push_back(std::move(texts));
  }
  if (conditions.empty()) return JsonCharacters(0, -1);
  return IntersectTexts(std::move(conditions));
}

// Names in the order of the document: of properties, then those that are only required.
absl::StatusOr<std::vector<ObjectShape::Property>> NamesOf(const SchemaDocument& document,
                                                           const Conjunction& all) {
  std::vector<ObjectShape::Property> list;
  std::unordered_map<std::string, size_t> index;
  const auto add = [&](const std::string& name) -> ObjectShape::Property& {
    const auto [at, is_new] = index.emplace(name, list.size());
    if (is_new) {
      list.emplace_back();
      list.back().name = name;
    }
    return list[at->second];
  };
  for (const Json* schema : all.members) {
    ET_ASSIGN_OR_RETURN(const Json* properties, ObjectAt(document, schema, "properties"));
    if (properties == nullptr) continue;
    for (auto item = properties->begin(); item != properties->end(); ++item) add(item.key());
  }
  for (const Json* schema : all.members) {
    const Json* required = Find(*schema, "required");
    if (required == nullptr) continue;
    if (!required->is_array()) return document.Refuse(required, "", "expected a list of names");
    for (const Json& name : *required) {
      if (!name.is_string()) return document.Refuse(&name, "", "expected a name");
      add(name.get_ref<const std::string&>()).required = true;
    }
  }
  return list;
}

absl::Status FindOthers(const SchemaDocument& document, const Conjunction& all,
                        const std::vector<NamePattern>& patterns, const ExprPtr& allowed,
                        ObjectShape* shape) {
  if (patterns.size() > kMaxPatterns) {
    return document.Refuse(patterns[kMaxPatterns].schema, "", "only ", kMaxPatterns,
                           " patterns of properties are supported");
  }
  // `additionalProperties: true` and the like ask for others; without a word they may be left out.
  bool wanted = shape->properties.empty() && patterns.empty();
  for (const Json* schema : all.members) wanted |= schema->contains("additionalProperties");
  std::vector<std::string> taken;
  for (const auto& property : shape->properties) taken.push_back(JsonSpelling(property.name));
  for (unsigned subset = wanted ? 0 : 1; subset < 1u << patterns.size(); ++subset) {
    std::vector<const NamePattern*> matched;
    ExprPtr names = allowed;
    if (!taken.empty()) {
      ET_ASSIGN_OR_RETURN(names, WithoutTexts(names, OneOf(taken)));
    }
    for (size_t i = 0; i < patterns.size(); ++i) {
      const ExprPtr texts = Dfa(std::make_shared<const ByteDfa>(patterns[i].texts));
      if ((subset >> i & 1) != 0) {
        matched.push_back(&patterns[i]);
        ET_ASSIGN_OR_RETURN(names, IntersectTexts({names, texts}));
      } else {
        ET_ASSIGN_OR_RETURN(names, WithoutTexts(names, texts));
      }
    }
    ET_ASSIGN_OR_RETURN(Conjunction value, ValueOfName(document, all, nullptr, matched));
    if (value.nothing) continue;
    shape->others.push_back({std::move(names), std::move(value)});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExprPtr> StringTexts(const SchemaDocument& document, const Conjunction& all,
                                    bool with_formats) {
  std::vector<ExprPtr> conditions;
  const Json* where = nullptr;
  for (const Json* schema : all.members) {
    if (const Json* pattern = Find(*schema, "pattern")) {
      if (!pattern->is_string()) return document.Refuse(pattern, "", "expected a string");
      where = pattern;
      ET_ASSIGN_OR_RETURN(ExprPtr texts,
                          PatternTexts(document, pattern, pattern->get_ref<const std::string&>()));
      conditions.push_back(std::move(texts));
    }
    const Json* format = Find(*schema, "format");
    if (format == nullptr) continue;
    if (!format->is_string()) return document.Refuse(format, "", "expected a string");
    const char* pattern = JsonFormatPattern(format->get_ref<const std::string&>());
    if (pattern == nullptr) {
      return document.Refuse(format, "", "not a known format; these are: ", kJsonFormats);
    }
    if (!with_formats) continue;
    ET_ASSIGN_OR_RETURN(const ExprPtr texts, ParseRegex(pattern, {}));
    conditions.push_back(JsonSpelling(texts));
    where = format;
  }
  ET_ASSIGN_OR_RETURN(const Counts counts, CountsOf(document, all, "minLength", "maxLength"));
  if (conditions.empty() || counts.min > 0 || counts.max >= 0) {
    if (counts.max >= 0 && counts.min > counts.max) return Nothing();
    conditions.push_back(JsonCharacters(counts.min, counts.max));
  }
  absl::StatusOr<ExprPtr> texts = IntersectTexts(std::move(conditions));
  if (!texts.ok()) return document.Refuse(where, "", texts.status().message());
  return texts;
}

absl::StatusOr<Conjunction> PropertyOf(const SchemaDocument& document, const Conjunction& all,
                                       const std::string& name) {
  ET_ASSIGN_OR_RETURN(const std::vector<NamePattern> patterns, NamePatterns(document, all));
  std::vector<const NamePattern*> matched;
  const std::string spelling = JsonSpelling(name);
  for (const NamePattern& pattern : patterns) {
    if (pattern.texts.Accepts(spelling)) matched.push_back(&pattern);
  }
  return ValueOfName(document, all, &name, matched);
}

absl::StatusOr<ObjectShape> ObjectShapeOf(const SchemaDocument& document, const Conjunction& all) {
  ObjectShape shape;
  ET_ASSIGN_OR_RETURN(shape.counts, CountsOf(document, all, "minProperties", "maxProperties"));
  ET_ASSIGN_OR_RETURN(shape.properties, NamesOf(document, all));
  ET_ASSIGN_OR_RETURN(const std::vector<NamePattern> patterns, NamePatterns(document, all));
  ET_ASSIGN_OR_RETURN(const ExprPtr allowed, AllowedNames(document, all));
  bool all_allowed = true;
  for (const Json* schema : all.members) all_allowed &= !schema->contains("propertyNames");
  ByteDfa names;
  if (!all_allowed) {
    ET_ASSIGN_OR_RETURN(names, ToDfa(allowed));
  }
  for (ObjectShape::Property& property : shape.properties) {
    std::vector<const NamePattern*> matched;
    const std::string spelling = JsonSpelling(property.name);
    for (const NamePattern& pattern : patterns) {
      if (pattern.texts.Accepts(spelling)) matched.push_back(&pattern);
    }
    ET_ASSIGN_OR_RETURN(property.value, ValueOfName(document, all, &property.name, matched));
    property.value.nothing |= !all_allowed && !names.Accepts(spelling);
  }
  ET_RETURN_IF_ERROR(FindOthers(document, all, patterns, allowed, &shape));
  return shape;
}

absl::StatusOr<ArrayShape> ArrayShapeOf(const SchemaDocument& document, const Conjunction& all) {
  ArrayShape shape;
  ET_ASSIGN_OR_RETURN(shape.counts, CountsOf(document, all, "minItems", "maxItems"));
  size_t first = 0;
  for (const Json* schema : all.members) {
    if (const Json* list = Find(*schema, "prefixItems")) {
      if (!list->is_array()) return document.Refuse(list, "", "expected a list of schemas");
      first = std::max(first, list->size());
    }
    const Json* unique = Find(*schema, "uniqueItems");
    if (unique == nullptr) continue;
    if (!unique->is_boolean()) return document.Refuse(unique, "", "expected true or false");
    if (unique->get<bool>()) shape.unique = unique;
  }
  for (size_t i = 0; i <= first; ++i) {
    Conjunction item;
    for (const Json* schema : all.members) {
      const Json* list = Find(*schema, "prefixItems");
      const Json* items = Find(*schema, "items");
      if (items != nullptr && items->is_array()) {
        return document.Refuse(items, "", "a list of schemas is called prefixItems");
      }
      if (list != nullptr && i < list->size()) {
        ET_RETURN_IF_ERROR(AddSchema(document, &(*list)[i], &item));
      } else if (items != nullptr) {
        ET_RETURN_IF_ERROR(AddSchema(document, items, &item));
      }
    }
    if (i == first) {
      shape.rest = std::move(item);
    } else {
      shape.first.push_back(std::move(item));
    }
  }
  return shape;
}

}  // namespace edgetasks::text
