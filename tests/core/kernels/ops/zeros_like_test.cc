#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::OpCode;
using test::OpRunner;
using test::PerTensor;
using ::testing::ElementsAre;

TEST(ZerosLikeTest, TakesTheShapeOnly) {
  OpRunner runner(OpCode::ZEROS_LIKE);
  runner.AddInput<int64_t>({1, 2}, {1, 2});
  runner.AddOutput(ir::DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{1, 2}));
  EXPECT_THAT(runner.Output<int64_t>(0), ElementsAre(0, 0));
}

TEST(ZerosLikeTest, RefusesAZeroPointThatIsNotZero) {
  OpRunner runner(OpCode::ZEROS_LIKE);
  runner.AddInput<int8_t>({1}, {1}, PerTensor(1.0f, 5));
  runner.AddOutput(ir::DType::kInt8, PerTensor(1.0f, 5));
  EXPECT_FALSE(runner.Run().ok());
}

}  // namespace
}  // namespace edgetasks
