// What conjunctions of schemas say of strings, objects and arrays.
#ifndef CORE_TEXT_CONSTRAINT_SCHEMA_SHAPES_H_
#define CORE_TEXT_CONSTRAINT_SCHEMA_SHAPES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/text/constraint/grammar.h"
#include "core/text/constraint/schema_conjunction.h"

namespace edgetasks::text {

// The spellings of the strings that minLength, maxLength, pattern and, if `with_formats`, format
// allow; without quotes.
absl::StatusOr<ExprPtr> StringTexts(const SchemaDocument& document, const Conjunction& all,
                                    bool with_formats);

struct ObjectShape {
  struct Property {
    std::string name;
    bool required = false;
    Conjunction value;  // `nothing`: the property must not be there
  };
  // Properties without a name of their own.
  struct Others {
    ExprPtr names;  // their spellings, without quotes
    Conjunction value;
  };
  std::vector<Property> properties;
  std::vector<Others> others;  // that are generated; their names differ from all others
  Counts counts;
};
absl::StatusOr<ObjectShape> ObjectShapeOf(const SchemaDocument& document, const Conjunction& all);
// What the value of a property of that name must be.
absl::StatusOr<Conjunction> PropertyOf(const SchemaDocument& document, const Conjunction& all,
                                       const std::string& name);

struct ArrayShape {
  std::vector<Conjunction> first;  // by position
  Conjunction rest;
  Counts counts;
  const Json* unique = nullptr;  // `uniqueItems`, if it is true
};
absl::StatusOr<ArrayShape> ArrayShapeOf(const SchemaDocument& document, const Conjunction& all);

// Whether texts that are generated for `a` are never valid under `b`: then `oneOf` can be held to.
// "No" where it is not seen. `budget` limits how far it looks.
absl::StatusOr<bool> Excludes(const SchemaDocument& document, const Conjunction& a,
                              const Conjunction& b, int* budget);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_SCHEMA_SHAPES_H_
