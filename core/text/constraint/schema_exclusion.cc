// Whether two schemas exclude each other.
#include <algorithm>

#include "core/base/status_macros.h"
#include "core/text/constraint/expression_dfa.h"
#include "core/text/constraint/json_text.h"
#include "core/text/constraint/schema_shapes.h"

namespace edgetasks::text {
namespace {

bool IsAmong(const std::vector<const Json*>& values, const Json& value) {
  return std::any_of(values.begin(), values.end(), [&](const Json* v) { return *v == value; });
}

// What is generated for `a` is one of `values`; those of one type.
absl::StatusOr<bool> ValuesExcluded(const SchemaDocument& document,
                                    const std::vector<const Json*>& values, const Conjunction& b) {
  ET_ASSIGN_OR_RETURN(const auto values_of_b, ValuesOf(document, b));
  ET_ASSIGN_OR_RETURN(const unsigned types, TypesOf(document, b, /*narrow=*/false));
  for (const Json* value : values) {
    const unsigned type = TypeOf(*value);
    if ((type & types) == 0) continue;
    if (values_of_b.has_value() && !IsAmong(*values_of_b, *value)) continue;
    if (value->is_number()) {
      ET_ASSIGN_OR_RETURN(const NumberRange range, RangeOf(document, b, types));
      if (!range.Contains(ParseDecimal(value->dump()))) continue;
    }
    if (value->is_string()) {
      ET_ASSIGN_OR_RETURN(const ExprPtr texts, StringTexts(document, b, /*with_formats=*/false));
      ET_ASSIGN_OR_RETURN(const ByteDfa dfa, ToDfa(texts));
      if (!dfa.Accepts(JsonSpelling(value->get_ref<const std::string&>()))) continue;
    }
    return false;
  }
  return true;
}

absl::StatusOr<bool> StringsExcluded(const SchemaDocument& document, const Conjunction& a,
                                     const Conjunction& b) {
  // Many validators take formats for annotations: they exclude nothing.
  ET_ASSIGN_OR_RETURN(const ExprPtr of_a, StringTexts(document, a, /*with_formats=*/false));
  ET_ASSIGN_OR_RETURN(const ExprPtr of_b, StringTexts(document, b, /*with_formats=*/false));
  const absl::StatusOr<ExprPtr> both = IntersectTexts({of_a, of_b});
  if (!both.ok()) return false;  // too large to see
  return (*both)->dfa->IsEmpty();
}

absl::StatusOr<bool> ObjectsExcluded(const SchemaDocument& document, const Conjunction& a,
                                     const Conjunction& b, int* budget) {
  ET_ASSIGN_OR_RETURN(const ObjectShape of_a, ObjectShapeOf(document, a));
  ET_ASSIGN_OR_RETURN(const ObjectShape of_b, ObjectShapeOf(document, b));
  for (const ObjectShape::Property& p : of_b.properties) {
    if (!p.required) continue;
    const auto same = std::find_if(of_a.properties.begin(), of_a.properties.end(),
                                   [&](const auto& q) { return q.name == p.name; });
    if (same == of_a.properties.end()) {
      if (of_a.others.empty()) return true;  // never generated
      continue;
    }
    ET_ASSIGN_OR_RETURN(const bool excluded, Excludes(document, same->value, p.value, budget));
    if (excluded) return true;
  }
  for (const ObjectShape::Property& p : of_a.properties) {
    if (!p.required) continue;
    ET_ASSIGN_OR_RETURN(const Conjunction in_b, PropertyOf(document, b, p.name));
    ET_ASSIGN_OR_RETURN(const bool excluded, Excludes(document, p.value, in_b, budget));
    if (excluded) return true;
  }
  return false;
}

absl::StatusOr<bool> ArraysExcluded(const SchemaDocument& document, const Conjunction& a,
                                    const Conjunction& b, int* budget) {
  ET_ASSIGN_OR_RETURN(const ArrayShape of_a, ArrayShapeOf(document, a));
  ET_ASSIGN_OR_RETURN(const ArrayShape of_b, ArrayShapeOf(document, b));
  const auto below = [](const Counts& x, const Counts& y) { return x.max >= 0 && x.max < y.min; };
  if (below(of_a.counts, of_b.counts) || below(of_b.counts, of_a.counts)) return true;
  const size_t both = static_cast<size_t>(std::min(of_a.counts.min, 100));
  for (size_t i = 0; i < both; ++i) {
    const Conjunction& x = i < of_a.first.size() ? of_a.first[i] : of_a.rest;
    const Conjunction& y = i < of_b.first.size() ? of_b.first[i] : of_b.rest;
    ET_ASSIGN_OR_RETURN(const bool excluded, Excludes(document, x, y, budget));
    if (excluded) return true;
    if (i >= of_a.first.size() && i >= of_b.first.size()) break;
  }
  return false;
}

absl::StatusOr<bool> TypeExcluded(const SchemaDocument& document, unsigned type,
                                  const Conjunction& a, const Conjunction& b, int* budget) {
  switch (type) {
    case kJsonInteger:
    case kJsonFraction: {
      ET_ASSIGN_OR_RETURN(const NumberRange of_a, RangeOf(document, a, kJsonFraction));
      ET_ASSIGN_OR_RETURN(const NumberRange of_b, RangeOf(document, b, kJsonFraction));
      return of_a.IsDisjointFrom(of_b);
    }
    case kJsonString:
      return StringsExcluded(document, a, b);
    case kJsonArray:
      return ArraysExcluded(document, a, b, budget);
    case kJsonObjectType:
      return ObjectsExcluded(document, a, b, budget);
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<bool> Excludes(const SchemaDocument& document, const Conjunction& a,
                              const Conjunction& b, int* budget) {
  if (a.nothing || b.nothing) return true;
  if (--*budget < 0) return false;
  // Each option of one against the other.
  for (const bool of_a : {true, false}) {
    const Conjunction& open = of_a ? a : b;
    const Choice choice = OpenChoice(open);
    if (choice.options == nullptr) continue;
    for (const Json& option : *choice.options) {
      ET_ASSIGN_OR_RETURN(const Conjunction one, WithOption(document, open, choice, &option));
      ET_ASSIGN_OR_RETURN(const bool excluded,
                          Excludes(document, of_a ? one : a, of_a ? b : one, budget));
      if (!excluded) return false;
    }
    return true;
  }
  ET_ASSIGN_OR_RETURN(const auto values_of_a, ValuesOf(document, a));
  ET_ASSIGN_OR_RETURN(const auto values_of_b, ValuesOf(document, b));
  if (values_of_a.has_value()) return ValuesExcluded(document, *values_of_a, b);
  if (values_of_b.has_value()) return ValuesExcluded(document, *values_of_b, a);
  ET_ASSIGN_OR_RETURN(const unsigned types_of_a, TypesOf(document, a, /*narrow=*/true));
  ET_ASSIGN_OR_RETURN(const unsigned types_of_b, TypesOf(document, b, /*narrow=*/false));
  for (unsigned type = kJsonNull; type <= kJsonObjectType; type <<= 1) {
    if ((types_of_a & types_of_b & type) == 0) continue;
    ET_ASSIGN_OR_RETURN(const bool excluded, TypeExcluded(document, type, a, b, budget));
    if (!excluded) return false;
  }
  return true;
}

}  // namespace edgetasks::text
