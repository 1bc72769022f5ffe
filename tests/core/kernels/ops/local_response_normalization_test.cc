#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::OpRunner;
using ::testing::HasSubstr;

TEST(LocalResponseNormalizationTest, MatchesTheFormula) {
  const std::vector<float> x = {1, -2, 3, 0.5f, -1, 2};
  OpRunner runner(ir::OpCode::LOCAL_RESPONSE_NORMALIZATION,
                  ir::LocalResponseNormalizationParams{2, 9.0f, 4.0f, 0.5f});
  runner.AddInput<float>({1, 1, 1, 6}, x);
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  const auto out = runner.Output<float>(0);
  for (int i = 0; i < 6; ++i) {
    double squares = 0;
    for (int j = 0; j < 6; ++j) squares += std::abs(i - j) <= 2 ? x[j] * x[j] : 0;
    // A handful of roundings of 2^-24 and one power, of values of at most 1.
    EXPECT_NEAR(out[i], x[i] / std::sqrt(9 + 4 * squares), 1e-6);
  }
}

TEST(LocalResponseNormalizationTest, ARadiusBeyondTheRowTakesAllOfIt) {
  OpRunner runner(ir::OpCode::LOCAL_RESPONSE_NORMALIZATION,
                  ir::LocalResponseNormalizationParams{2147483647, 0.0f, 1.0f, 1.0f});
  runner.AddInput<float>({2}, {1, 3});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_NEAR(runner.Output<float>(0)[1], 0.3, 1e-6);
}

TEST(LocalResponseNormalizationTest, RefusesANegativeRadius) {
  OpRunner runner(ir::OpCode::LOCAL_RESPONSE_NORMALIZATION,
                  ir::LocalResponseNormalizationParams{-1, 0.0f, 1.0f, 1.0f});
  runner.AddInput<float>({2}, {1, 3});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("radius is -1"));
}

}  // namespace
}  // namespace edgetasks
