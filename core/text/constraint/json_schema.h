// JSON Schemas.
#ifndef CORE_TEXT_CONSTRAINT_JSON_SCHEMA_H_
#define CORE_TEXT_CONSTRAINT_JSON_SCHEMA_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/constraint/grammar.h"

namespace edgetasks::text {

// The grammar of JSON texts that are valid under a schema of draft 2020-12. Every text of the
// grammar is valid; where a schema leaves a choice of spelling or of what nobody asked for, the
// grammar has one way:
//
//   Spelling   No white space but one space, or none, behind ',' and ':'. Strings hold characters
//              as they are; '"', '\' and control characters as \" \\ \b \f \n \r \t \u00XX.
//   Numbers    Integers have up to 15 digits; others up to 9 before and 6 behind the point, and
//              an exponent of up to 2 digits if nothing limits the number. There is no -0.
//   Objects    Properties come in the order of the schema; those not required may be missing.
//              Others come behind them, and only if additionalProperties (true or a schema),
//              patternProperties or the lack of any named property asks for them.
//   No type    A schema without `type` whose keywords speak of strings, numbers, arrays or
//              objects means these.
//   Nesting    Up to Automaton::kMaxDepth open rules: some 100 arrays and objects.
//
// Honoured: type, enum, const; properties, required, additionalProperties, patternProperties,
// propertyNames, minProperties, maxProperties; prefixItems, items, minItems, maxItems,
// uniqueItems (of finite sets, whose values then come in their order); minLength, maxLength,
// pattern (regex.h), format (json_format.h); minimum, maximum, exclusiveMinimum, exclusiveMaximum,
// multipleOf (integers); allOf, anyOf, oneOf (whose options are seen to exclude each other); $ref
// within the document, recursive too; true and false. Annotations and keywords that draft 2020-12
// does not know are ignored, as it says.
//
// Everything else is refused with its place and the reason, INVALID_ARGUMENT (kInvalidOption):
// "the JSON Schema at #/properties/a/not: ...".
absl::StatusOr<Grammar> ParseJsonSchema(absl::string_view schema);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_JSON_SCHEMA_H_
