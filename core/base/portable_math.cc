#include "core/base/portable_math.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace edgetasks::portable {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// ln(2) in two parts, the first with 32 bits, so that its product with an exponent is exact.
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;

// pi / 2 in three parts, the first two with 33 bits (W. J. Cody and W. Waite, "Software Manual for
// the Elementary Functions", 1980: reduction by parts).
constexpr double kHalfPi1 = 1.57079632673412561417e+00;
constexpr double kHalfPi2 = 6.07710050630396597660e-11;
constexpr double kHalfPi3 = 2.02226624879595063154e-21;
constexpr double kFarthest = 0x1p20;

// The nearest whole number, ties to even, of |x| < 2^51.
double Nearest(double x) { return (x + 0x1.8p52) - 0x1.8p52; }

// 2^n, -1022 <= n <= 1023.
double PowerOfTwo(int64_t n) {
  const int64_t bits = (n + 1023) << 52;
  double power;
  std::memcpy(&power, &bits, sizeof(power));
  return power;
}

// 1 / k!.
struct InverseFactorials {
  double of[22] = {1.0};
  constexpr InverseFactorials() {
    double factorial = 1.0;
    for (int k = 1; k < 22; ++k) of[k] = 1.0 / (factorial *= k);
  }
};
constexpr InverseFactorials kInverse;

// sum over k = 0 .. 9 of (x^2)^k / (2 k + first)!, the Taylor series of sinh(x) / x (first = 1) and
// cosh(x) (first = 0), or with -x^2 for x^2 of sin(x) / x and cos(x).
template <int kFirst>
double Series(double square) {
  double sum = kInverse.of[18 + kFirst];
  for (int k = 16; k >= 0; k -= 2) sum = sum * square + kInverse.of[k + kFirst];
  return sum;
}
double SinSeries(double r) { return r * Series<1>(-r * r); }
double CosSeries(double r) { return Series<0>(-r * r); }

// x less a number of quarter turns, between -pi / 4 and pi / 4 or so; the number.
double Reduce(double x, int64_t* quarters) {
  const double n = Nearest(x * 6.36619772367581382433e-01);  // 2 / pi
  *quarters = static_cast<int64_t>(n);
  return ((x - n * kHalfPi1) - n * kHalfPi2) - n * kHalfPi3;
}

double Turned(double x, int64_t more_quarters) {
  int64_t quarters = 0;
  const double r = Reduce(x, &quarters);
  switch ((quarters + more_quarters) & 3) {
    case 0:
      return SinSeries(r);
    case 1:
      return CosSeries(r);
    case 2:
      return -SinSeries(r);
    default:
      return -CosSeries(r);
  }
}

}  // namespace

double Exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 709.78) return kInfinity;
  if (x < -708.0) return 0.0;
  // 2^n * exp(r), |r| <= ln(2) / 2: of the Taylor series what is left out is below 2^-56.
  const double n = Nearest(x * 1.44269504088896338700);
  const double r = (x - n * kLn2High) - n * kLn2Low;
  double sum = kInverse.of[14];
  for (int k = 13; k >= 0; --k) sum = sum * r + kInverse.of[k];
  // In two steps: 2^1024 is no double.
  const auto half = static_cast<int64_t>(n) / 2;
  return sum * PowerOfTwo(half) * PowerOfTwo(static_cast<int64_t>(n) - half);
}

double Log(double x) {
  if (std::isnan(x) || x < 0.0) return kNan;
  if (x == 0.0) return -kInfinity;
  if (x == kInfinity) return x;
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // exact
  if (m < 0.70710678118654752440) {
    m *= 2.0;
    --exponent;
  }
  // ln(m) = 2 artanh(s), |s| < 0.172: of the series what is left out is below 2^-60.
  const double s = (m - 1.0) / (m + 1.0), square = s * s;
  constexpr double kTerms[] = {1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13,
                               1.0 / 11, 1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3};
  double sum = 0.0;
  for (const double term : kTerms) sum = (sum + term) * square;
  return exponent * kLn2High + (exponent * kLn2Low + (2.0 * s * sum + 2.0 * s));
}

double Tanh(double x) {
  if (std::isnan(x)) return x;
  if (std::abs(x) < 0x1p-10) {
    const double square = x * x;
    return x * (1.0 - square * (1.0 / 3.0 - square * (2.0 / 15.0)));
  }
  if (std::abs(x) > 20.0) return x > 0.0 ? 1.0 : -1.0;
  if (std::abs(x) < 0.5) {
    // By series, which lose nothing where both exponentials are near 1.
    return x * Series<1>(x * x) / Series<0>(x * x);
  }
  const double power = Exp(2.0 * x);
  return (power - 1.0) / (power + 1.0);
}

double Sin(double x) { return std::abs(x) <= kFarthest ? Turned(x, 0) : std::sin(x); }
double Cos(double x) { return std::abs(x) <= kFarthest ? Turned(x, 1) : std::cos(x); }

}  // namespace edgetasks::portable
