#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::OpRunner;
using test::PerTensor;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;

TEST(L2NormalizationTest, DividesEachRowByItsLength) {
  OpRunner runner(ir::OpCode::L2_NORMALIZATION);
  runner.AddInput<float>({3, 2}, {3, 4, 0, -2, 0, 0});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run(2).ok());
  const auto near = [](float x) { return FloatNear(x, 2e-7f); };  // three roundings below 1
  EXPECT_THAT(runner.Output<float>(0),
              ElementsAre(near(0.6f), near(0.8f), near(0), near(-1), near(0), near(0)));
}

TEST(L2NormalizationTest, Int8IgnoresTheInputScale) {
  OpRunner runner(ir::OpCode::L2_NORMALIZATION);
  runner.AddInput<int8_t>({2, 2}, {13, 14, 10, 10}, PerTensor(123.0f, 10));
  runner.AddOutput(DType::kInt8, PerTensor(1.0f / 128, 0));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(77, 102, 0, 0));  // 0.6, 0.8 in 128ths
}

TEST(L2NormalizationTest, Uint8SaturatesAtItsGreatest) {
  OpRunner runner(ir::OpCode::L2_NORMALIZATION);
  runner.AddInput<uint8_t>({1, 2}, {0, 100}, PerTensor(1.0f, 0));
  runner.AddOutput(DType::kUInt8, PerTensor(1.0f / 128, 128));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<uint8_t>(0), ElementsAre(128, 255));
}

TEST(L2NormalizationTest, RefusesAFusedActivation) {
  OpRunner runner(ir::OpCode::L2_NORMALIZATION, ir::ActivationParams{ir::Activation::kRelu});
  runner.AddInput<float>({1}, {1});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("supported: NONE"));
}

}  // namespace
}  // namespace edgetasks
