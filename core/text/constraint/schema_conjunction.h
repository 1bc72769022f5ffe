// Schemas that must hold at the same time.
#ifndef CORE_TEXT_CONSTRAINT_SCHEMA_CONJUNCTION_H_
#define CORE_TEXT_CONSTRAINT_SCHEMA_CONJUNCTION_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/text/constraint/json_number.h"
#include "core/text/constraint/schema_document.h"

namespace edgetasks::text {

// A value is valid if it is valid under all members. References and `allOf` are members already;
// what is left of `anyOf` and `oneOf` are arrays of which an option must be chosen.
struct Conjunction {
  std::vector<const Json*> members;  // objects, in the order of the document, each once
  std::vector<const Json*> chosen;   // arrays of options one of which is a member, sorted alike
  bool nothing = false;              // `false` is a member: no value is valid
};

// The types of values. A number that is whole is an integer too.
enum JsonTypes : unsigned {
  kJsonNull = 1,
  kJsonBoolean = 2,
  kJsonInteger = 4,
  kJsonFraction = 8,  // "number" is both
  kJsonString = 16,
  kJsonArray = 32,
  kJsonObjectType = 64,
  kJsonAllTypes = 127,
};

// Adds a schema, with all it refers to. Errors: keywords that are not supported or wrong, and
// schemas that refer to themselves without a value between them.
absl::Status AddSchema(const SchemaDocument& document, const Json* schema, Conjunction* all);

struct Choice {
  const Json* options = nullptr;  // an array; nullptr: there is no such choice
  bool exclusive = false;         // `oneOf`
};
// A choice of which no option is a member yet.
Choice OpenChoice(const Conjunction& all);
// The conjunction with one of the options.
absl::StatusOr<Conjunction> WithOption(const SchemaDocument& document, const Conjunction& all,
                                       const Choice& choice, const Json* option);

// The types that `type` allows. `narrow`: without one, those of which keywords speak.
absl::StatusOr<unsigned> TypesOf(const SchemaDocument& document, const Conjunction& all,
                                 bool narrow);
unsigned TypeOf(const Json& value);

// The values of `enum` and `const`; nothing if there are no such keywords.
absl::StatusOr<std::optional<std::vector<const Json*>>> ValuesOf(const SchemaDocument& document,
                                                                 const Conjunction& all);

// Of the keywords about numbers. `types` holds a type of numbers.
absl::StatusOr<NumberRange> RangeOf(const SchemaDocument& document, const Conjunction& all,
                                    unsigned types);

struct Counts {
  int min = 0, max = -1;  // -1: without a limit
};
// The narrowest of all members' keywords.
absl::StatusOr<Counts> CountsOf(const SchemaDocument& document, const Conjunction& all,
                                const char* min_keyword, const char* max_keyword);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_SCHEMA_CONJUNCTION_H_
