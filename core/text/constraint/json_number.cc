#include "core/text/constraint/json_number.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/text/constraint/expression_dfa.h"

namespace edgetasks::text {
namespace {

ExprPtr Digit(char first, char last) {
  return Chars(first <= last ? CharSet(first, last) : CharSet());
}
ExprPtr Digits(int min, int max) { return Repeat(Digit('0', '9'), min, max); }

int CompareMagnitudes(const Decimal& a, const Decimal& b) {
  if (a.integer.size() != b.integer.size()) return a.integer.size() < b.integer.size() ? -1 : 1;
  if (const int order = a.integer.compare(b.integer)) return order;
  return a.fraction.compare(b.fraction);  // no trailing zeros: the longer of two equals is more
}

// Whole numbers of up to `most` digits that are more, or less, than `digits`.
ExprPtr Beyond(const std::string& digits, bool more, int most) {
  const int length = static_cast<int>(digits.size());
  std::vector<ExprPtr> parts;
  if (more && length < most) parts.push_back(Sequence({Digit('1', '9'), Digits(length, most - 1)}));
  if (!more && length > 1) {
    parts.push_back(Text("0"));
    parts.push_back(Sequence({Digit('1', '9'), Digits(0, std::min(length - 1, most) - 1)}));
  }
  for (int i = 0; i < length && length <= most; ++i) {
    const char lowest = i == 0 && length > 1 ? '1' : '0';
    ExprPtr differs = more ? Digit(static_cast<char>(digits[i] + 1), '9')
                           : Digit(lowest, static_cast<char>(digits[i] - 1));
    parts.push_back(Sequence(
        {Text(digits.substr(0, i)), std::move(differs), Digits(length - i - 1, length - i - 1)}));
  }
  return Alternatives(std::move(parts));
}

ExprPtr AnyFraction() { return Optional(Sequence({Text("."), Digits(1, kMaxFractionDigits)})); }

// Fractions, the point included or none at all, that are more (less) than 0.`digits`; `or_equal`:
// or the same.
ExprPtr FractionBeyond(const std::string& digits, bool more, bool or_equal) {
  const int length = static_cast<int>(digits.size());
  std::vector<ExprPtr> parts;
  // No fraction is zero.
  if (more ? length == 0 && or_equal : length > 0 || or_equal) parts.push_back(Text(""));
  const auto add = [&](ExprPtr behind_point) {
    parts.push_back(Sequence({Text("."), std::move(behind_point)}));
  };
  for (int i = 0; i < std::min(length, kMaxFractionDigits); ++i) {
    ExprPtr differs = more ? Digit(static_cast<char>(digits[i] + 1), '9')
                           : Digit('0', static_cast<char>(digits[i] - 1));
    add(Sequence(
        {Text(digits.substr(0, i)), std::move(differs), Digits(0, kMaxFractionDigits - i - 1)}));
    // A beginning of the digits is less than all of them: the last one is not zero.
    if (!more && i + 1 < length) add(Text(digits.substr(0, i + 1)));
  }
  if (length <= kMaxFractionDigits) {
    const int rest = kMaxFractionDigits - length;
    const ExprPtr zeros = Repeat(Text("0"), length == 0 ? 1 : 0, rest);
    if (or_equal) add(Sequence({Text(digits), zeros}));
    if (more) {
      for (int i = 0; i < rest; ++i) {
        add(Sequence(
            {Text(digits), Repeat(Text("0"), i, i), Digit('1', '9'), Digits(0, rest - i - 1)}));
      }
    }
  }
  return Alternatives(std::move(parts));
}

// Numbers without a sign on one side of a bound.
ExprPtr OneSide(const Bound& bound, bool more, bool integer) {
  const Decimal& value = bound.value;
  if (integer) {
    // Beyond 2.5 means beyond 2 upwards; downwards 2 itself is included.
    const bool include = value.fraction.empty() ? !bound.strict : !more;
    ExprPtr beyond = Beyond(value.integer, more, kMaxIntegerDigits);
    if (!include || static_cast<int>(value.integer.size()) > kMaxIntegerDigits) return beyond;
    return Alternatives({std::move(beyond), Text(value.integer)});
  }
  std::vector<ExprPtr> parts = {
      Sequence({Beyond(value.integer, more, kMaxWholeDigits), AnyFraction()})};
  if (static_cast<int>(value.integer.size()) <= kMaxWholeDigits) {
    parts.push_back(
        Sequence({Text(value.integer), FractionBeyond(value.fraction, more, !bound.strict)}));
  }
  return Alternatives(std::move(parts));
}

// Numbers without a sign between two bounds.
absl::StatusOr<ExprPtr> Between(const Bound& lower, const std::optional<Bound>& upper,
                                bool integer) {
  ExprPtr above = OneSide(lower, /*more=*/true, integer);
  if (!upper.has_value()) return above;
  return IntersectTexts({std::move(above), OneSide(*upper, /*more=*/false, integer)});
}

// Whole numbers that leave no remainder, each state a remainder.
ByteDfa Multiples(int divisor) {
  enum : uint32_t { kStart, kNegative, kZero, kFirst };
  ByteDfa dfa;
  dfa.states.resize(kFirst + divisor);
  for (int digit = 0; digit < 10; ++digit) {
    const int byte = '0' + digit;
    if (digit > 0) {
      dfa.states[kStart].next[byte] = kFirst + digit % divisor;
      dfa.states[kNegative].next[byte] = kFirst + digit % divisor;
    }
    for (int r = 0; r < divisor; ++r) {
      dfa.states[kFirst + r].next[byte] = kFirst + (r * 10 + digit) % divisor;
    }
  }
  dfa.states[kStart].next['-'] = kNegative;
  dfa.states[kStart].next['0'] = kZero;
  dfa.states[kZero].accepts = dfa.states[kFirst].accepts = true;
  return dfa;
}

ExprPtr AnyNumber(bool integer) {
  const ExprPtr minus = Optional(Text("-"));
  const auto whole = [](int digits) { return Sequence({Digit('1', '9'), Digits(0, digits - 1)}); };
  if (integer) return Alternatives({Text("0"), Sequence({minus, whole(kMaxIntegerDigits)})});
  const ExprPtr exponent =
      Optional(Sequence({OneOf({"e", "E"}), Optional(OneOf({"+", "-"})), Digits(1, 2)}));
  const ExprPtr fraction = Sequence({Text("."), Digits(1, kMaxFractionDigits)});
  return Alternatives({
      Sequence({Text("0"), Optional(fraction), exponent}),
      // A negative one is not zero in front of the exponent, so that it is none at all.
      Sequence({Text("-0."), Repeat(Text("0"), 0, kMaxFractionDigits - 4), Digit('1', '9'),
                Digits(0, 3), exponent}),
      Sequence({minus, whole(kMaxWholeDigits), Optional(fraction), exponent}),
  });
}

}  // namespace

Decimal ParseDecimal(absl::string_view number) {
  constexpr int kMaxExponent = 400;
  Decimal value;
  if (!number.empty() && number[0] == '-') {
    value.negative = true;
    number.remove_prefix(1);
  }
  int exponent = 0;
  const size_t e = number.find_first_of("eE");
  if (e != absl::string_view::npos) {
    const absl::string_view digits = number.substr(e + 1);
    if (!absl::SimpleAtoi(digits, &exponent))
      exponent = digits[0] == '-' ? -kMaxExponent : kMaxExponent;
    exponent = std::clamp(exponent, -kMaxExponent, kMaxExponent);
    number = number.substr(0, e);
  }
  const size_t point = std::min(number.find('.'), number.size());
  value.integer = std::string(number.substr(0, point));
  if (point < number.size()) value.fraction = std::string(number.substr(point + 1));
  for (; exponent > 0; --exponent) {
    value.integer.push_back(value.fraction.empty() ? '0' : value.fraction[0]);
    if (!value.fraction.empty()) value.fraction.erase(0, 1);
  }
  for (; exponent < 0; ++exponent) {
    value.fraction.insert(value.fraction.begin(),
                          value.integer.empty() ? '0' : value.integer.back());
    if (!value.integer.empty()) value.integer.pop_back();
  }
  value.integer.erase(0, std::min(value.integer.find_first_not_of('0'), value.integer.size()));
  if (value.integer.empty()) value.integer = "0";
  value.fraction.erase(value.fraction.find_last_not_of('0') + 1);
  if (value.integer == "0" && value.fraction.empty()) value.negative = false;
  return value;
}

int Compare(const Decimal& a, const Decimal& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  return a.negative ? CompareMagnitudes(b, a) : CompareMagnitudes(a, b);
}

void NumberRange::AddLower(const Bound& bound) {
  const int order = lower.has_value() ? Compare(bound.value, lower->value) : 1;
  if (order > 0 || (order == 0 && bound.strict)) lower = bound;
}

void NumberRange::AddUpper(const Bound& bound) {
  const int order = upper.has_value() ? Compare(bound.value, upper->value) : -1;
  if (order < 0 || (order == 0 && bound.strict)) upper = bound;
}

bool NumberRange::IsDisjointFrom(const NumberRange& other) const {
  const auto is_below = [](const NumberRange& a, const NumberRange& b) {
    if (!a.upper.has_value() || !b.lower.has_value()) return false;
    const int order = Compare(a.upper->value, b.lower->value);
    return order < 0 || (order == 0 && (a.upper->strict || b.lower->strict));
  };
  return is_below(*this, other) || is_below(other, *this);
}

bool NumberRange::Contains(const Decimal& value) const {
  if (integer && !value.fraction.empty()) return false;
  const int above = lower.has_value() ? Compare(value, lower->value) : 1;
  const int below = upper.has_value() ? Compare(upper->value, value) : 1;
  if (above < 0 || (above == 0 && lower->strict)) return false;
  if (below < 0 || (below == 0 && upper->strict)) return false;
  return std::all_of(multiples_of.begin(), multiples_of.end(), [&](int divisor) {
    int64_t remainder = 0;
    for (const char c : value.integer) remainder = (remainder * 10 + (c - '0')) % divisor;
    return remainder == 0 && value.fraction.empty();
  });
}

absl::StatusOr<ExprPtr> NumberTexts(const NumberRange& range) {
  std::vector<ExprPtr> conditions;
  if (!range.lower.has_value() && !range.upper.has_value()) {
    conditions.push_back(AnyNumber(range.integer));
  } else {
    std::vector<ExprPtr> signs;
    const Bound zero = {{false, "0", ""}, false}, above_zero = {{false, "0", ""}, true};
    if (!range.upper.has_value() || !range.upper->value.negative) {
      const bool has_lower = range.lower.has_value() && !range.lower->value.negative;
      ET_ASSIGN_OR_RETURN(ExprPtr part,
                          Between(has_lower ? *range.lower : zero, range.upper, range.integer));
      signs.push_back(std::move(part));
    }
    // Below zero, magnitudes run the other way.
    if (!range.lower.has_value() || range.lower->value.negative) {
      const bool has_upper = range.upper.has_value() && range.upper->value.negative;
      ET_ASSIGN_OR_RETURN(
          ExprPtr part, Between(has_upper ? *range.upper : above_zero, range.lower, range.integer));
      signs.push_back(Sequence({Text("-"), std::move(part)}));
    }
    conditions.push_back(Alternatives(std::move(signs)));
  }
  for (const int divisor : range.multiples_of) {
    if (divisor + 3 > kMaxDfaStates) {
      return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kInvalidOption,
                       "multiples of so large a number need too many states");
    }
    conditions.push_back(Dfa(std::make_shared<const ByteDfa>(Multiples(divisor))));
  }
  return IntersectTexts(std::move(conditions));
}

}  // namespace edgetasks::text
