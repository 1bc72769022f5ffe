// Turns conjunctions of schemas into rules.
#ifndef CORE_TEXT_CONSTRAINT_SCHEMA_COMPILER_H_
#define CORE_TEXT_CONSTRAINT_SCHEMA_COMPILER_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/text/constraint/grammar.h"
#include "core/text/constraint/schema_conjunction.h"
#include "core/text/constraint/schema_shapes.h"

namespace edgetasks::text {

// Equal conjunctions are one rule; that makes recursive schemas recursive rules.
class SchemaCompiler {
 public:
  explicit SchemaCompiler(const SchemaDocument* document) : document_(*document) {}

  absl::StatusOr<Grammar> Compile();

 private:
  using Key = std::pair<std::vector<const Json*>, std::vector<const Json*>>;

  // The rule of values that are valid; what it says is found later, one conjunction at a time.
  absl::StatusOr<ExprPtr> ValueOf(Conjunction all);
  absl::StatusOr<ExprPtr> Define(const Conjunction& all);
  absl::StatusOr<ExprPtr> OptionsOf(const Conjunction& all, const Choice& choice);
  // Those of a list of values that are valid.
  absl::StatusOr<std::vector<ExprPtr>> ListedValues(const Conjunction& all,
                                                    const std::vector<const Json*>& values);
  static ExprPtr OneOfListed(std::vector<ExprPtr> listed);
  // Whether one of a list of values is valid under all other keywords.
  absl::StatusOr<bool> IsValid(const Conjunction& all, unsigned types, const Json& value);

  absl::StatusOr<ExprPtr> ArrayOf(const Conjunction& all);
  absl::StatusOr<ExprPtr> UniqueItems(const ArrayShape& shape);
  absl::StatusOr<ExprPtr> ObjectOf(const Conjunction& all);
  absl::StatusOr<std::vector<ExprPtr>> OtherMembers(const ObjectShape& shape, int most);

  absl::StatusOr<int> AddRule(ExprPtr expr);

  const SchemaDocument& document_;
  Grammar grammar_;
  std::map<Key, int> rules_;
  std::vector<std::pair<int, Conjunction>> open_;  // rules to define
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_SCHEMA_COMPILER_H_
