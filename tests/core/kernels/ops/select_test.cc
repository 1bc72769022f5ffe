#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using ir::OpCode;
using test::OpRunner;
using ::testing::ElementsAre;

TEST(SelectTest, ChoosesElementByElement) {
  OpRunner runner(OpCode::SELECT);
  runner.AddBytes(DType::kBool, {3}, {1, 0, 2}, {}, false);
  runner.AddInput<float>({3}, {1, 2, 3});
  runner.AddInput<float>({3}, {10, 20, 30});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 20, 3));
}

TEST(SelectTest, FirstVersionDecidesAboutRows) {
  OpRunner runner(OpCode::SELECT);
  runner.AddBytes(DType::kBool, {2}, {0, 1}, {}, false);
  runner.AddInput<int64_t>({2, 2}, {1, 2, 3, 4});
  runner.AddInput<int64_t>({2, 2}, {10, 20, 30, 40});
  runner.AddOutput(DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int64_t>(0), ElementsAre(10, 20, 3, 4));
}

TEST(SelectTest, SecondVersionBroadcastsAllThree) {
  OpRunner runner(OpCode::SELECT_V2);
  runner.AddBytes(DType::kBool, {2}, {0, 1}, {}, false);
  runner.AddInput<int16_t>({2, 1}, {1, 2});
  runner.AddInput<int16_t>({}, {-1});
  runner.AddOutput(DType::kInt16);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{2, 2}));
  EXPECT_THAT(runner.Output<int16_t>(0), ElementsAre(-1, 1, -1, 2));
}

TEST(SelectTest, TakesAScalarCondition) {
  OpRunner runner(OpCode::SELECT_V2);
  runner.AddBytes(DType::kBool, {}, {1}, {}, false);
  runner.AddInput<int8_t>({2}, {1, 2});
  runner.AddInput<int8_t>({2}, {3, 4});
  runner.AddOutput(DType::kInt8);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(1, 2));
}

TEST(SelectTest, RefusesDifferentTypes) {
  OpRunner runner(OpCode::SELECT_V2);
  runner.AddBytes(DType::kBool, {}, {1}, {}, false);
  runner.AddInput<int8_t>({1}, {1});
  runner.AddInput<float>({1}, {1});
  runner.AddOutput(DType::kInt8);
  EXPECT_FALSE(runner.Run().ok());
}

}  // namespace
}  // namespace edgetasks
