#include "core/text/constraint/schema_compiler.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/text/constraint/expression_dfa.h"
#include "core/text/constraint/json_schema.h"
#include "core/text/constraint/json_text.h"

namespace edgetasks::text {
namespace {

// Options multiply and properties are counted: schemas that need more are refused.
constexpr size_t kMaxRules = 20000;
// Pairs of schemas to look at until options of `oneOf` are seen to exclude each other.
constexpr int kExclusionBudget = 2000;

// Recursion goes as deep as the document, which is limited.
ExprPtr LiteralText(const Json& value) {
  if (!value.is_structured()) {
    return Text(value.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  std::vector<ExprPtr> parts = {Text(value.is_array() ? "[" : "{")};
  for (auto item = value.begin(); item != value.end(); ++item) {
    if (item != value.begin()) parts.push_back(JsonComma());
    if (value.is_object()) {
      parts.push_back(Quoted(Text(JsonSpelling(item.key()))));
      parts.push_back(JsonColon());
    }
    parts.push_back(LiteralText(*item));
  }
  parts.push_back(Text(value.is_array() ? "]" : "}"));
  return Sequence(std::move(parts));
}

// Keywords about arrays or objects, beside lists of values.
bool SpeaksOfParts(const Json& schema) {
  for (const char* keyword : {"items", "prefixItems", "minItems", "maxItems", "uniqueItems",
                              "properties", "required", "additionalProperties", "patternProperties",
                              "propertyNames", "minProperties", "maxProperties"}) {
    if (schema.contains(keyword)) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<Grammar> SchemaCompiler::Compile() {
  Conjunction root;
  ET_RETURN_IF_ERROR(AddSchema(document_, &document_.root(), &root));
  ET_ASSIGN_OR_RETURN(const int start, AddRule(nullptr));
  grammar_.start = start;
  ET_ASSIGN_OR_RETURN(grammar_.rules[start], ValueOf(std::move(root)));
  while (!open_.empty()) {
    const auto [rule, all] = std::move(open_.back());
    open_.pop_back();
    ET_ASSIGN_OR_RETURN(grammar_.rules[rule], Define(all));
  }
  return std::move(grammar_);
}

absl::StatusOr<int> SchemaCompiler::AddRule(ExprPtr expr) {
  if (grammar_.rules.size() >= kMaxRules) {
    return document_.Refuse(&document_.root(), "", "the schema needs more than ", kMaxRules,
                            " rules; use fewer alternatives or smaller counts");
  }
  return grammar_.AddRule(absl::StrCat("schema ", grammar_.rules.size()), std::move(expr));
}

absl::StatusOr<ExprPtr> SchemaCompiler::ValueOf(Conjunction all) {
  if (all.nothing) return Nothing();
  const auto known = rules_.find({all.members, all.chosen});
  if (known != rules_.end()) return Rule(known->second);
  ET_ASSIGN_OR_RETURN(const int rule, AddRule(nullptr));
  rules_[{all.members, all.chosen}] = rule;
  open_.emplace_back(rule, std::move(all));
  return Rule(rule);
}

absl::StatusOr<ExprPtr> SchemaCompiler::Define(const Conjunction& all) {
  const Choice choice = OpenChoice(all);
  if (choice.options != nullptr) return OptionsOf(all, choice);
  ET_ASSIGN_OR_RETURN(const auto values, ValuesOf(document_, all));
  if (values.has_value()) {
    ET_ASSIGN_OR_RETURN(std::vector<ExprPtr> listed, ListedValues(all, *values));
    return OneOfListed(std::move(listed));
  }
  ET_ASSIGN_OR_RETURN(const unsigned types, TypesOf(document_, all, /*narrow=*/true));
  std::vector<ExprPtr> parts;
  if ((types & kJsonNull) != 0) parts.push_back(Text("null"));
  if ((types & kJsonBoolean) != 0) parts.push_back(OneOf({"true", "false"}));
  if ((types & (kJsonInteger | kJsonFraction)) != 0) {
    ET_ASSIGN_OR_RETURN(const NumberRange range, RangeOf(document_, all, types));
    absl::StatusOr<ExprPtr> texts = NumberTexts(range);
    if (!texts.ok()) return document_.Refuse(all.members[0], "", texts.status().message());
    parts.push_back(*std::move(texts));
  }
  if ((types & kJsonString) != 0) {
    ET_ASSIGN_OR_RETURN(ExprPtr texts, StringTexts(document_, all, /*with_formats=*/true));
    parts.push_back(Quoted(std::move(texts)));
  }
  if ((types & kJsonArray) != 0) {
    ET_ASSIGN_OR_RETURN(ExprPtr array, ArrayOf(all));
    parts.push_back(std::move(array));
  }
  if ((types & kJsonObjectType) != 0) {
    ET_ASSIGN_OR_RETURN(ExprPtr object, ObjectOf(all));
    parts.push_back(std::move(object));
  }
  return Alternatives(std::move(parts));
}

absl::StatusOr<ExprPtr> SchemaCompiler::OptionsOf(const Conjunction& all, const Choice& choice) {
  std::vector<Conjunction> options;
  for (const Json& option : *choice.options) {
    ET_ASSIGN_OR_RETURN(Conjunction one, WithOption(document_, all, choice, &option));
    options.push_back(std::move(one));
  }
  int budget = kExclusionBudget;
  for (size_t i = 0; choice.exclusive && i < options.size(); ++i) {
    for (size_t j = 0; j < options.size(); ++j) {
      if (i == j) continue;
      ET_ASSIGN_OR_RETURN(const bool excluded,
                          Excludes(document_, options[i], options[j], &budget));
      if (excluded) continue;
      return document_.Refuse(choice.options, "", "it is not seen that options ", i, " and ", j,
                              " exclude each other; use anyOf, or tell them apart by type, value, "
                              "or a required property");
    }
  }
  std::vector<ExprPtr> parts;
  for (Conjunction& option : options) {
    ET_ASSIGN_OR_RETURN(ExprPtr part, ValueOf(std::move(option)));
    parts.push_back(std::move(part));
  }
  return Alternatives(std::move(parts));
}

absl::StatusOr<std::vector<ExprPtr>> SchemaCompiler::ListedValues(
    const Conjunction& all, const std::vector<const Json*>& values) {
  ET_ASSIGN_OR_RETURN(const unsigned types, TypesOf(document_, all, /*narrow=*/false));
  std::vector<ExprPtr> texts;
  for (const Json* value : values) {
    ET_ASSIGN_OR_RETURN(const bool valid, IsValid(all, types, *value));
    if (valid) texts.push_back(LiteralText(*value));
  }
  return texts;
}

// Long lists of words share their beginnings.
ExprPtr SchemaCompiler::OneOfListed(std::vector<ExprPtr> listed) {
  std::vector<std::string> texts;
  std::vector<ExprPtr> parts;
  for (ExprPtr& value : listed) {
    if (value->kind == Expr::Kind::kTexts) {
      texts.push_back(value->texts[0]);
    } else {
      parts.push_back(std::move(value));
    }
  }
  parts.push_back(OneOf(std::move(texts)));
  return Alternatives(std::move(parts));
}

absl::StatusOr<bool> SchemaCompiler::IsValid(const Conjunction& all, unsigned types,
                                             const Json& value) {
  const unsigned type = TypeOf(value);
  if ((type & types) == 0) return false;
  if (value.is_number()) {
    ET_ASSIGN_OR_RETURN(const NumberRange range, RangeOf(document_, all, types));
    return range.Contains(ParseDecimal(value.dump()));
  }
  if (value.is_string()) {
    ET_ASSIGN_OR_RETURN(const ExprPtr texts, StringTexts(document_, all, /*with_formats=*/true));
    const absl::StatusOr<ByteDfa> dfa = ToDfa(texts);
    if (!dfa.ok()) return document_.Refuse(&value, "", dfa.status().message());
    return dfa->Accepts(JsonSpelling(value.get_ref<const std::string&>()));
  }
  if (!value.is_structured()) return true;
  for (const Json* schema : all.members) {
    if (!SpeaksOfParts(*schema)) continue;
    return document_.Refuse(&value, "",
                            "an array or object in enum or const is not supported "
                            "together with keywords about its parts");
  }
  return true;
}

// "[", items in their places, "]".
absl::StatusOr<ExprPtr> SchemaCompiler::ArrayOf(const Conjunction& all) {
  ET_ASSIGN_OR_RETURN(const ArrayShape shape, ArrayShapeOf(document_, all));
  Counts counts = shape.counts;
  const int first = static_cast<int>(shape.first.size());
  if (shape.unique != nullptr && counts.max != 0 && counts.max != 1) {
    ET_ASSIGN_OR_RETURN(ExprPtr items, UniqueItems(shape));
    return Sequence({Text("["), std::move(items), Text("]")});
  }
  if (shape.rest.nothing && (counts.max < 0 || counts.max > first)) counts.max = first;
  if (counts.max >= 0 && counts.min > counts.max) return Nothing();
  ET_ASSIGN_OR_RETURN(const ExprPtr rest, ValueOf(shape.rest));
  // What stands behind the first items, from the end.
  ExprPtr tail;
  const int min = std::max(0, counts.min - first);
  const int max = counts.max < 0 ? -1 : std::max(0, counts.max - first);
  if (first > 0 || max == 0) {
    tail = max == 0 ? Text("") : Repeat(Sequence({JsonComma(), rest}), min, max);
  } else {
    const ExprPtr more =
        Repeat(Sequence({JsonComma(), rest}), std::max(0, min - 1), max < 0 ? -1 : max - 1);
    tail = Sequence({rest, more});
    if (min == 0) tail = Optional(std::move(tail));
  }
  for (int i = first - 1; i >= 0; --i) {
    if (counts.max >= 0 && i >= counts.max) {
      tail = Text("");
      continue;
    }
    ET_ASSIGN_OR_RETURN(const ExprPtr item, ValueOf(shape.first[i]));
    tail = Sequence({i > 0 ? JsonComma() : Text(""), item, std::move(tail)});
    if (i >= counts.min) tail = Optional(std::move(tail));
    // A rule each: the nesting of expressions stays small.
    ET_ASSIGN_OR_RETURN(const int rule, AddRule(std::move(tail)));
    tail = Rule(rule);
  }
  return Sequence({Text("["), std::move(tail), Text("]")});
}

// Each of the values once at most, in their order: rule (i, n) says what follows when those before
// value i were looked at and n of them were taken.
absl::StatusOr<ExprPtr> SchemaCompiler::UniqueItems(const ArrayShape& shape) {
  const auto refuse = [&] {
    return document_.Refuse(shape.unique, "", "supported only if all items are values of one enum");
  };
  if (!shape.first.empty() || shape.rest.nothing || OpenChoice(shape.rest).options != nullptr) {
    return refuse();
  }
  ET_ASSIGN_OR_RETURN(const auto values, ValuesOf(document_, shape.rest));
  if (!values.has_value()) return refuse();
  ET_ASSIGN_OR_RETURN(const std::vector<ExprPtr> texts, ListedValues(shape.rest, *values));
  const int size = static_cast<int>(texts.size());
  const int max = shape.counts.max < 0 ? size : std::min(shape.counts.max, size);
  if (shape.counts.min > max) return Nothing();
  std::vector<ExprPtr> next;  // of value i + 1, by n
  for (int n = 0; n <= size; ++n) {
    next.push_back(n >= shape.counts.min && n <= max ? Text("") : Nothing());
  }
  for (int i = size - 1; i >= 0; --i) {
    std::vector<ExprPtr> current;
    for (int n = 0; n <= i; ++n) {
      ExprPtr taken = Sequence({n > 0 ? JsonComma() : Text(""), texts[i], next[n + 1]});
      ET_ASSIGN_OR_RETURN(const int rule, AddRule(Alternatives({std::move(taken), next[n]})));
      current.push_back(Rule(rule));
    }
    next = std::move(current);
  }
  return next[0];
}

absl::StatusOr<Grammar> ParseJsonSchema(absl::string_view schema) {
  ET_ASSIGN_OR_RETURN(const auto document, SchemaDocument::Parse(schema));
  return SchemaCompiler(document.get()).Compile();
}

}  // namespace edgetasks::text
