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
TEST(SpaceToDepthTest, MovesBlocksIntoChannels) {
  OpRunner runner(OpCode::SPACE_TO_DEPTH, ir::BlockSizeParams{2});
  runner.AddInput<int32_t>({1, 2, 4, 1}, {1, 2, 3, 4, 5, 6, 7, 8});
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{1, 1, 2, 4}));
  EXPECT_THAT(runner.Output<int32_t>(0), ElementsAre(1, 2, 5, 6, 3, 4, 7, 8));
}

TEST(SpaceToDepthTest, RefusesOddSizesAndHugeBlocks) {
  for (int32_t block : {0, 3, -2, 2147483647}) {
    OpRunner runner(OpCode::SPACE_TO_DEPTH, ir::BlockSizeParams{block});
    runner.AddInput<uint8_t>({1, 2, 2, 1}, {1, 2, 3, 4});
    runner.AddOutput(DType::kUInt8);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

TEST(DepthToSpaceTest, UndoesSpaceToDepth) {
  OpRunner runner(OpCode::DEPTH_TO_SPACE, ir::BlockSizeParams{2});
  runner.AddInput<float>({1, 1, 2, 4}, {1, 2, 5, 6, 3, 4, 7, 8});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{1, 2, 4, 1}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

}  // namespace
}  // namespace edgetasks
