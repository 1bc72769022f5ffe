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
TEST(ShapeTest, WritesTheDimensions) {
  OpRunner runner(OpCode::SHAPE, ir::ShapeParams{DType::kInt64});
  runner.AddInput<float>({2, 0, 3}, {});
  runner.AddOutput(DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int64_t>(0), ElementsAre(2, 0, 3));
}

TEST(ShapeTest, OfAScalarIsEmpty) {
  OpRunner runner(OpCode::SHAPE);
  runner.AddInput<float>({}, {1});
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{0}));
}

TEST(RankTest, CountsTheDimensions) {
  OpRunner runner(OpCode::RANK);
  runner.AddInput<float>({2, 1, 1}, {1, 2});
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), Shape());
  EXPECT_THAT(runner.Output<int32_t>(0), ElementsAre(3));
}

}  // namespace
}  // namespace edgetasks
