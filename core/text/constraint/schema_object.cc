// Objects: properties in their order, counted.
#include <algorithm>
#include <utility>

#include "core/base/status_macros.h"
#include "core/text/constraint/json_text.h"
#include "core/text/constraint/schema_compiler.h"

namespace edgetasks::text {
namespace {

ExprPtr Separator(int members) { return members > 0 ? JsonComma() : Text(""); }

}  // namespace

// What follows the named properties, by the number of members so far (up to `most`, which stands
// for all beyond). The names of these members may repeat, and then the last value counts: so only
// the first of them adds for sure to what minProperties counts.
absl::StatusOr<std::vector<ExprPtr>> SchemaCompiler::OtherMembers(const ObjectShape& shape,
                                                                  int most) {
  const Counts& counts = shape.counts;
  std::vector<int> rules;
  for (int n = 0; n <= most; ++n) {
    ET_ASSIGN_OR_RETURN(const int rule, AddRule(nullptr));
    rules.push_back(rule);
  }
  std::vector<ExprPtr> result;
  for (int n = 0; n <= most; ++n) {
    std::vector<ExprPtr> parts;
    if (n >= counts.min) parts.push_back(Text(""));
    if ((counts.max < 0 || n < counts.max) && n + 1 >= counts.min) {
      for (const ObjectShape::Others& others : shape.others) {
        ET_ASSIGN_OR_RETURN(ExprPtr value, ValueOf(others.value));
        parts.push_back(Sequence({Separator(n), Quoted(others.names), JsonColon(), std::move(value),
                                  Rule(rules[std::min(n + 1, most)])}));
      }
    }
    grammar_.rules[rules[n]] = Alternatives(std::move(parts));
    result.push_back(Rule(rules[n]));
  }
  return result;
}

absl::StatusOr<ExprPtr> SchemaCompiler::ObjectOf(const Conjunction& all) {
  ET_ASSIGN_OR_RETURN(const ObjectShape shape, ObjectShapeOf(document_, all));
  const Counts& counts = shape.counts;
  const int size = static_cast<int>(shape.properties.size());
  const int enough = size + (shape.others.empty() ? 0 : 1);
  if (counts.min > enough) {
    for (const Json* schema : all.members) {
      if (!schema->contains("minProperties")) continue;
      return document_.Refuse(schema, "minProperties", "only ", enough,
                              " properties are sure to differ; name more of them");
    }
  }
  if (counts.max >= 0 && counts.min > counts.max) return Nothing();
  // Members are counted as far as it matters.
  int most = std::max(1, counts.min);
  if (counts.max >= 0) {
    most = std::max(most, shape.others.empty() ? std::min(counts.max, size) : counts.max);
  }
  if (most > 10000) {
    return document_.Refuse(all.members[0], "maxProperties", "only up to 10000 are supported");
  }
  ET_ASSIGN_OR_RETURN(std::vector<ExprPtr> next, OtherMembers(shape, most));
  for (int i = size - 1; i >= 0; --i) {
    const ObjectShape::Property& property = shape.properties[i];
    ET_ASSIGN_OR_RETURN(const ExprPtr value, ValueOf(property.value));
    std::vector<ExprPtr> current;
    for (int n = 0; n <= std::min(i, most); ++n) {
      std::vector<ExprPtr> parts;
      if (counts.max < 0 || n < counts.max) {
        parts.push_back(Sequence({Separator(n), Quoted(Text(JsonSpelling(property.name))),
                                  JsonColon(), value, next[std::min(n + 1, most)]}));
      }
      if (!property.required) parts.push_back(next[n]);
      ET_ASSIGN_OR_RETURN(const int rule, AddRule(Alternatives(std::move(parts))));
      current.push_back(Rule(rule));
    }
    next = std::move(current);
  }
  return Sequence({Text("{"), next[0], Text("}")});
}

}  // namespace edgetasks::text
