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
using test::PerTensor;
using ::testing::ElementsAre;
// The examples of tf.space_to_batch's documentation.
TEST(SpaceToBatchNdTest, MovesBlocksIntoTheBatch) {
  OpRunner runner(OpCode::SPACE_TO_BATCH_ND);
  runner.AddInput<float>({1, 2, 2, 1}, {1, 2, 3, 4});
  runner.AddConstant<int32_t>({2}, {2, 2});
  runner.AddConstant<int32_t>({2, 2}, {0, 0, 0, 0});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{4, 1, 1, 1}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 2, 3, 4));
}

TEST(SpaceToBatchNdTest, PadsWithTheZeroPoint) {
  OpRunner runner(OpCode::SPACE_TO_BATCH_ND);
  runner.AddInput<int8_t>({1, 2, 4, 1}, {1, 2, 3, 4, 5, 6, 7, 8}, PerTensor(1, 9));
  runner.AddConstant<int32_t>({2}, {2, 2});
  runner.AddConstant<int32_t>({2, 2}, {0, 0, 2, 0});
  runner.AddOutput(DType::kInt8, PerTensor(1, 9));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{4, 1, 3, 1}));
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(9, 1, 3, 9, 2, 4, 9, 5, 7, 9, 6, 8));
}

TEST(BatchToSpaceNdTest, CropsTheJoinedBlocks) {
  OpRunner runner(OpCode::BATCH_TO_SPACE_ND);
  runner.AddInput<float>({4, 1, 3, 1}, {0, 1, 3, 0, 2, 4, 0, 5, 7, 0, 6, 8});
  runner.AddConstant<int32_t>({2}, {2, 2});
  runner.AddConstant<int32_t>({2, 2}, {0, 1, 2, 0});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{1, 1, 4, 1}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 2, 3, 4));
}

TEST(BatchToSpaceNdTest, RefusesABatchThatDoesNotDivideAndCropsThatAreTooLarge) {
  for (const auto& [block, crop] :
       std::vector<std::pair<int32_t, int32_t>>{{3, 0}, {0, 0}, {2, 5}, {2, -1}, {2147483647, 0}}) {
    OpRunner runner(OpCode::BATCH_TO_SPACE_ND);
    runner.AddInput<float>({2, 2, 1}, {1, 2, 3, 4});
    runner.AddConstant<int32_t>({1}, {block});
    runner.AddConstant<int32_t>({1, 2}, {crop, 0});
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

}  // namespace
}  // namespace edgetasks
