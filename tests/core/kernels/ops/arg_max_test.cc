#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using ir::OpCode;
using ir::Shape;
using test::OpRunner;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
TEST(ArgMaxTest, FindsTheFirstLargest) {
  OpRunner runner(OpCode::ARG_MAX, ir::ArgParams{DType::kInt64});
  runner.AddInput<float>({2, 3}, {1, 7, 7, -1, -2, -3});
  runner.AddConstant<int32_t>({}, {-1});
  runner.AddOutput(DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2}));
  EXPECT_THAT(runner.Output<int64_t>(0), ElementsAre(1, 0));
}

TEST(ArgMinTest, ReducesAnOuterAxis) {
  OpRunner runner(OpCode::ARG_MIN, ir::ArgParams{DType::kInt32});
  runner.AddInput<int8_t>({2, 3}, {1, -7, 3, 0, -7, 9});
  runner.AddInput<int64_t>({1}, {0});
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int32_t>(0), ElementsAre(1, 0, 0));
}

TEST(ArgMaxTest, TakesBooleansAndRefusesNothing) {
  OpRunner runner(OpCode::ARG_MAX);
  runner.AddInput<bool>({3}, {false, true, true});
  runner.AddConstant<int32_t>({}, {0});
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int32_t>(0), ElementsAre(1));
  OpRunner empty(OpCode::ARG_MAX);
  empty.AddInput<float>({2, 0}, {});
  empty.AddConstant<int32_t>({}, {1});
  empty.AddOutput(DType::kInt32);
  EXPECT_THAT(std::string(empty.Run().message()), HasSubstr("no element along axis 1"));
}

}  // namespace
}  // namespace edgetasks
