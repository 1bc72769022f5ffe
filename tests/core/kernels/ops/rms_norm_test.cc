#include <cmath>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::OpRunner;
using ::testing::HasSubstr;

TEST(RmsNormTest, DividesEachRowByItsRootMeanSquare) {
  constexpr int kRows = 1200, kDepth = 60;  // enough for two threads
  std::mt19937 random(1);
  std::vector<float> x(kRows * kDepth), weight(kDepth);
  for (float& value : x) value = std::normal_distribution<float>(0.5f, 2.0f)(random);
  for (float& value : weight) value = std::normal_distribution<float>()(random);
  OpRunner runner(ir::OpCode::RMS_NORM, ir::NormParams{0.25f});
  runner.AddInput<float>({2, kRows / 2, kDepth}, x);
  runner.AddInput<float>({kDepth}, weight);
  runner.AddOutput(DType::kFloat32);
  const absl::Status status = runner.Run(2);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{2, kRows / 2, kDepth}));
  const auto y = runner.Output<float>(0);
  for (int r = 0; r < kRows; ++r) {
    double squares = 0;
    for (int i = 0; i < kDepth; ++i) squares += std::pow(static_cast<double>(x[r * kDepth + i]), 2);
    const double rms = std::sqrt(squares / kDepth + 0.25);
    for (int i = 0; i < kDepth; ++i) {
      const double exact = x[r * kDepth + i] / rms * weight[i];
      // The bound of the rowwise family.
      const double bound = (kDepth / 16.0 + 20) * std::ldexp(std::abs(exact), -24);
      ASSERT_NEAR(y[r * kDepth + i], exact, bound);
    }
  }
}

TEST(RmsNormTest, RefusesAWeightOfAnotherSize) {
  OpRunner runner(ir::OpCode::RMS_NORM, ir::NormParams{});
  runner.AddInput<float>({2, 3}, std::vector<float>(6));
  runner.AddInput<float>({2}, std::vector<float>(2));
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("expected [.., D] and [D]"));
}

}  // namespace
}  // namespace edgetasks
