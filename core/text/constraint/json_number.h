// Numbers within bounds, as texts.
#ifndef CORE_TEXT_CONSTRAINT_JSON_NUMBER_H_
#define CORE_TEXT_CONSTRAINT_JSON_NUMBER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/constraint/grammar.h"

namespace edgetasks::text {

// A decimal number, exactly.
struct Decimal {
  bool negative = false;  // never of zero
  std::string integer;    // digits before the point, without leading zeros but "0"
  std::string fraction;   // digits behind it, without trailing zeros
};
// Of a JSON number such as "-1.25e3". Exponents beyond +-400 are cut to that: doubles have none.
Decimal ParseDecimal(absl::string_view number);
int Compare(const Decimal& a, const Decimal& b);  // < 0, 0, > 0

struct Bound {
  Decimal value;
  bool strict = false;  // the value itself is outside
};

struct NumberRange {
  bool integer = false;  // only whole numbers, spelled without point and exponent
  std::optional<Bound> lower, upper;
  std::vector<int> multiples_of;  // each >= 1; they need `integer`

  void AddLower(const Bound& bound);  // keeps the narrower one
  void AddUpper(const Bound& bound);
  bool IsDisjointFrom(const NumberRange& other) const;
  bool Contains(const Decimal& value) const;
};

inline constexpr int kMaxIntegerDigits = 15;
// Of numbers with a fraction. All together are no more than doubles hold exactly enough to be
// ordered as the texts are.
inline constexpr int kMaxWholeDigits = 9, kMaxFractionDigits = 6;

// The texts of the numbers in the range. RESOURCE_EXHAUSTED without a place if multiples_of need
// automata that are too large.
absl::StatusOr<ExprPtr> NumberTexts(const NumberRange& range);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_JSON_NUMBER_H_
