// Against the C library's functions of long double, and against the bits of another machine.
#include "core/base/portable_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>

namespace edgetasks::portable {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A number in [low, high), the same ones on every machine.
class Arguments {
 public:
  double Next(double low, double high) {
    return low + (high - low) * (static_cast<double>(random_() >> 11) * 0x1p-53);
  }

 private:
  std::mt19937_64 random_{1};
};

using Function = double (*)(double);
using Exact = long double (*)(long double);

void ExpectWithinBound(Function function, Exact exact, double low, double high) {
  Arguments arguments;
  for (int i = 0; i < 100000; ++i) {
    const double x = arguments.Next(low, high);
    const long double expected = exact(x);
    ASSERT_LE(std::fabs(function(x) - expected), std::fabs(expected) * 0x1p-50L) << x;
  }
}

TEST(PortableMathTest, IsWithinItsBound) {
  ExpectWithinBound(Exp, std::exp, -700.0, 709.0);
  ExpectWithinBound(Exp, std::exp, -1.0, 1.0);
  ExpectWithinBound(Log, std::log, 0.0, 4.0);
  ExpectWithinBound(Log, std::log, 0.999, 1.001);
  ExpectWithinBound(Log, std::log, 0.0, 1e300);
  ExpectWithinBound(Log, std::log, 0.0, 1e-310);
  ExpectWithinBound(Tanh, std::tanh, -25.0, 25.0);
  ExpectWithinBound(Tanh, std::tanh, -0.6, 0.6);
  ExpectWithinBound(Tanh, std::tanh, -1e-3, 1e-3);
  for (const double far : {1.0, 100.0, 1e6}) {
    ExpectWithinBound(Sin, std::sin, -far, far);
    ExpectWithinBound(Cos, std::cos, -far, far);
  }
}

TEST(PortableMathTest, KnowsTheEnds) {
  EXPECT_EQ(Exp(0.0), 1.0);
  EXPECT_EQ(Exp(800.0), kInfinity);
  EXPECT_EQ(Exp(kInfinity), kInfinity);
  EXPECT_EQ(Exp(-kInfinity), 0.0);
  EXPECT_EQ(Log(1.0), 0.0);
  EXPECT_EQ(Log(0.0), -kInfinity);
  EXPECT_EQ(Log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(Log(-1.0)));
  EXPECT_EQ(Tanh(kInfinity), 1.0);
  EXPECT_EQ(Tanh(-kInfinity), -1.0);
  EXPECT_TRUE(std::signbit(Tanh(-0.0)));
  EXPECT_EQ(Sin(0.0), 0.0);
  EXPECT_EQ(Cos(0.0), 1.0);
  const double nan = std::nan("");
  for (const Function function : {Exp, Log, Tanh, Sin, Cos}) EXPECT_TRUE(std::isnan(function(nan)));
}

// FNV-1a of the bits of 100,000 results.
uint64_t Hash(Function function, double low, double high) {
  Arguments arguments;
  uint64_t hash = 0xCBF29CE484222325u;
  for (int i = 0; i < 100000; ++i) {
    const double y = function(arguments.Next(low, high));
    uint64_t bits;
    std::memcpy(&bits, &y, sizeof(bits));
    hash = (hash ^ bits) * 0x100000001B3u;
  }
  return hash;
}

// Found on x86-64; every machine has to find the same.
TEST(PortableMathTest, HasTheSameBitsEverywhere) {
  EXPECT_EQ(Hash(Exp, -50.0, 50.0), 0xD2E92D059EAD762Bu);
  EXPECT_EQ(Hash(Log, 0.0, 1000.0), 0x3460238EF81AB623u);
  EXPECT_EQ(Hash(Tanh, -10.0, 10.0), 0xA5955D27463961CAu);
  EXPECT_EQ(Hash(Sin, -10000.0, 10000.0), 0xB60A588D8864E621u);
  EXPECT_EQ(Hash(Cos, -10000.0, 10000.0), 0x81067AB64DB0479Bu);
}

}  // namespace
}  // namespace edgetasks::portable
