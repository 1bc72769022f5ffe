#include <cmath>
#include <functional>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::OpCode;
using test::OpRunner;
using test::PerTensor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Case {
  OpCode code;
  std::function<double(double)> formula;
  double lowest = -8.0;  // of the arguments tried
  ir::OpParams params = {};
};

double Clamp(double x, double min, double max) { return std::min(max, std::max(min, x)); }

std::vector<Case> AllCases() {
  const double pi = std::acos(-1.0);
  return {
      {OpCode::ABS, [](double x) { return std::fabs(x); }},
      {OpCode::CEIL, [](double x) { return std::ceil(x); }},
      {OpCode::COS, [](double x) { return std::cos(x); }},
      {OpCode::ELU, [](double x) { return x > 0 ? x : std::exp(x) - 1; }},
      {OpCode::EXP, [](double x) { return std::exp(x); }},
      {OpCode::FLOOR, [](double x) { return std::floor(x); }},
      {OpCode::GELU, [](double x) { return x * (1 + std::erf(x / std::sqrt(2.0))) / 2; }, -8.0,
       ir::GeluParams{false}},
      {OpCode::GELU,
       [pi](double x) {
         return x / 2 * (1 + std::tanh(std::sqrt(2 / pi) * (x + 0.044715 * std::pow(x, 3))));
       },
       -8.0, ir::GeluParams{true}},
      {OpCode::HARD_SWISH, [](double x) { return x * Clamp(x + 3, 0, 6) / 6; }},
      {OpCode::LOG, [](double x) { return std::log(x); }, 0.125},
      {OpCode::LOGISTIC, [](double x) { return 1 / (1 + std::exp(-x)); }},
      {OpCode::NEG, [](double x) { return -x; }},
      {OpCode::RELU, [](double x) { return Clamp(x, 0, 1e9); }},
      {OpCode::RELU6, [](double x) { return Clamp(x, 0, 6); }},
      {OpCode::RELU_0_TO_1, [](double x) { return Clamp(x, 0, 1); }},
      {OpCode::RELU_N1_TO_1, [](double x) { return Clamp(x, -1, 1); }},
      {OpCode::RSQRT, [](double x) { return 1 / std::sqrt(x); }, 0.125},
      {OpCode::SIGN, [](double x) { return x > 0   ? 1.0
                                           : x < 0 ? -1.0
                                                   : 0.0; }},
      {OpCode::SIN, [](double x) { return std::sin(x); }},
      {OpCode::SQRT, [](double x) { return std::sqrt(x); }, 0.0},
      {OpCode::SQUARE, [](double x) { return x * x; }},
      {OpCode::STABLEHLO_CBRT, [](double x) { return std::cbrt(x); }},
      {OpCode::TANH, [](double x) { return std::tanh(x); }},
  };
}

TEST(UnaryTest, FloatsMatchTheFormula) {
  for (const Case& c : AllCases()) {
    SCOPED_TRACE(ir::NameOf(c.code));
    std::vector<float> x;
    for (double v = c.lowest; v <= 8.0; v += 0.125) x.push_back(static_cast<float>(v));
    OpRunner runner(c.code, c.params);
    runner.AddInput<float>({static_cast<int32_t>(x.size())}, x);
    runner.AddOutput(ir::DType::kFloat32);
    ASSERT_TRUE(runner.Run().ok());
    const std::vector<float> y = runner.Output<float>(0);
    for (size_t i = 0; i < x.size(); ++i) {
      const double expected = c.formula(x[i]);
      // Up to eight roundings of 2^-24, and an argument of exp or tanh of up to 24 (its rounding
      // is multiplied by that): 32 * 2^-24 of the larger of 1 and the result.
      EXPECT_NEAR(y[i], expected, 2e-6 * std::max(1.0, std::fabs(expected))) << "x = " << x[i];
    }
  }
}

// One rounding to a step of the output: the nearest step, or, where the double formula and ours
// differ in the last bit of a tie, the next one. Ties do not occur with these scales.
template <typename T>
void ExpectQuantizedMatchesTheFormula(const Case& c, float input_scale, int32_t input_zero_point,
                                      float output_scale, int32_t output_zero_point,
                                      const std::vector<T>& q) {
  SCOPED_TRACE(ir::NameOf(c.code));
  OpRunner runner(c.code, c.params);
  runner.AddInput<T>({static_cast<int32_t>(q.size())}, q, PerTensor(input_scale, input_zero_point));
  runner.AddOutput(ir::DTypeOf<T>(), PerTensor(output_scale, output_zero_point));
  ASSERT_TRUE(runner.Run().ok());
  const std::vector<T> y = runner.Output<T>(0);
  for (size_t i = 0; i < q.size(); ++i) {
    const double x = static_cast<double>(input_scale) * (q[i] - input_zero_point);
    if (x < c.lowest) continue;
    const double steps = c.formula(x) / output_scale + output_zero_point;
    EXPECT_NEAR(y[i], Clamp(steps, std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max()),
                0.5 + 1e-6)
        << "q = " << static_cast<int>(q[i]);
  }
}

TEST(UnaryTest, QuantizedNumbersRoundOnce) {
  std::vector<int8_t> int8;
  std::vector<uint8_t> uint8;
  std::vector<int16_t> int16;
  for (int i = 0; i < 256; ++i) {
    int8.push_back(static_cast<int8_t>(i - 128));
    uint8.push_back(static_cast<uint8_t>(i));
    int16.push_back(static_cast<int16_t>((i - 128) * 255));
  }
  for (const Case& c : AllCases()) {
    ExpectQuantizedMatchesTheFormula<int8_t>(c, 0.0511f, -7, 0.0231f, -19, int8);
    ExpectQuantizedMatchesTheFormula<uint8_t>(c, 0.0511f, 121, 0.0231f, 17, uint8);
    ExpectQuantizedMatchesTheFormula<int16_t>(c, 0.000213f, 11, 0.000173f, -5, int16);
  }
}

TEST(UnaryTest, RoundsHalvesToEven) {
  OpRunner runner(OpCode::ROUND);
  runner.AddInput<float>({6}, {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 2.4f});
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(0, 2, 2, 0, -2, 2));
}

TEST(UnaryTest, LargeArgumentsStayFinite) {
  for (OpCode code : {OpCode::LOGISTIC, OpCode::TANH, OpCode::ELU}) {
    OpRunner runner(code);
    runner.AddInput<float>({2}, {-1000, 1000});
    runner.AddOutput(ir::DType::kFloat32);
    ASSERT_TRUE(runner.Run().ok());
    for (float y : runner.Output<float>(0)) EXPECT_TRUE(std::isfinite(y));
  }
}

TEST(UnaryTest, UndefinedQuantizedResultsSaturate) {
  OpRunner rsqrt(OpCode::RSQRT);
  rsqrt.AddInput<int8_t>({3}, {-1, 0, 4}, PerTensor(1.0f, 0));
  rsqrt.AddOutput(ir::DType::kInt8, PerTensor(0.25f, 0));
  ASSERT_TRUE(rsqrt.Run().ok());
  EXPECT_THAT(rsqrt.Output<int8_t>(0), ElementsAre(-128, 127, 2));
}

TEST(UnaryTest, TakesPlainIntegers) {
  constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
  const auto run = [](OpCode code) {
    OpRunner runner(code);
    runner.AddInput<int32_t>({3}, {-3, 0, kMin});
    runner.AddOutput(ir::DType::kInt32);
    EXPECT_TRUE(runner.Run().ok());
    return runner.Output<int32_t>(0);
  };
  EXPECT_THAT(run(OpCode::ABS), ElementsAre(3, 0, kMin));
  EXPECT_THAT(run(OpCode::NEG), ElementsAre(3, 0, kMin));
  EXPECT_THAT(run(OpCode::SIGN), ElementsAre(-1, 0, -1));
  EXPECT_THAT(run(OpCode::SQUARE), ElementsAre(9, 0, 0));
}

TEST(UnaryTest, NamesWhatItCannotDo) {
  OpRunner type(OpCode::EXP);
  type.AddInput<int32_t>({1}, {1});
  type.AddOutput(ir::DType::kInt32);
  EXPECT_THAT(std::string(type.Run().message()), HasSubstr("EXP: input 0 is int32; supported"));

  OpRunner unquantized(OpCode::TANH);
  unquantized.AddInput<int8_t>({1}, {1});
  unquantized.AddOutput(ir::DType::kInt8);
  EXPECT_THAT(std::string(unquantized.Run().message()), HasSubstr("one scale and zero point"));
}

}  // namespace
}  // namespace edgetasks
