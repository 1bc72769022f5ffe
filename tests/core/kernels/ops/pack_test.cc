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
TEST(PackTest, StacksAlongANewAxis) {
  OpRunner runner(OpCode::PACK, ir::PackParams{2, -1});
  runner.AddInput<int64_t>({3}, {1, 2, 3});
  runner.AddInput<int64_t>({3}, {4, 5, 6});
  runner.AddOutput(DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{3, 2}));
  EXPECT_THAT(runner.Output<int64_t>(0), ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(PackTest, MakesAListOfScalars) {
  OpRunner runner(OpCode::PACK, ir::PackParams{2, 0});
  runner.AddInput<int32_t>({}, {1});
  runner.AddConstant<int32_t>({}, {-1});
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2}));
  EXPECT_THAT(runner.Output<int32_t>(0), ElementsAre(1, -1));
}

TEST(PackTest, RefusesOtherShapes) {
  OpRunner runner(OpCode::PACK, ir::PackParams{2, 0});
  runner.AddInput<int32_t>({1}, {1});
  runner.AddInput<int32_t>({2}, {1, 2});
  runner.AddOutput(DType::kInt32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("input 1 has shape [2]"));
}

TEST(UnpackTest, SplitsAnAxisAway) {
  OpRunner runner(OpCode::UNPACK, ir::UnpackParams{3, 1});
  runner.AddInput<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  for (int i = 0; i < 3; ++i) runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(1), (Shape{2}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 4));
  EXPECT_THAT(runner.Output<float>(2), ElementsAre(3, 6));
}

TEST(UnpackTest, RefusesAnotherNumberOfOutputs) {
  OpRunner runner(OpCode::UNPACK, ir::UnpackParams{2, 0});
  runner.AddInput<float>({3}, {1, 2, 3});
  runner.AddOutput(DType::kFloat32);
  runner.AddOutput(DType::kFloat32);
  EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
}

}  // namespace
}  // namespace edgetasks
