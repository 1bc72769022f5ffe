#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::OpRunner;
using ::testing::HasSubstr;
using Function = ir::GatedActivationParams::Function;

// Each is within 2^-19 of |gate * up|: the bound of the rowwise family.
TEST(GatedActivationTest, IsTheActivationTimesTheOther) {
  for (const Function function : {Function::kSilu, Function::kGeluTanh}) {
    std::vector<float> gate, up;
    for (int i = 0; i < 40000; ++i) {  // enough for two threads
      gate.push_back(static_cast<float>(i % 41 - 20) / 3.0f);
      up.push_back(static_cast<float>(i % 7 - 3));
    }
    OpRunner runner(ir::OpCode::GATED_ACTIVATION, ir::GatedActivationParams{function});
    runner.AddInput<float>({2, 20000}, gate);
    runner.AddInput<float>({2, 20000}, up);
    runner.AddOutput(DType::kFloat32);
    const absl::Status status = runner.Run(2);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(runner.OutputShape(0), (ir::Shape{2, 20000}));
    const auto y = runner.Output<float>(0);
    for (size_t i = 0; i < gate.size(); ++i) {
      const double x = gate[i], product = x * up[i];
      const double factor =
          function == Function::kSilu
              ? 1.0 / (1.0 + std::exp(-x))
              : 0.5 * (1.0 + std::tanh(std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x)));
      ASSERT_NEAR(y[i], product * factor, std::ldexp(std::abs(product), -19)) << i;
    }
  }
}

TEST(GatedActivationTest, RefusesOtherShapes) {
  OpRunner runner(ir::OpCode::GATED_ACTIVATION, ir::GatedActivationParams{});
  runner.AddInput<float>({2, 3}, std::vector<float>(6));
  runner.AddInput<float>({3}, std::vector<float>(3));
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("gate has shape [2, 3]"));
}

}  // namespace
}  // namespace edgetasks
