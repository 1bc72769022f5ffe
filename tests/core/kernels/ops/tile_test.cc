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
TEST(TileTest, RepeatsEachDimension) {
  OpRunner runner(OpCode::TILE);
  runner.AddInput<int8_t>({2, 1, 2}, {1, 2, 3, 4});
  runner.AddConstant<int32_t>({3}, {1, 2, 2});
  runner.AddOutput(DType::kInt8);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2, 2, 4}));
  EXPECT_THAT(runner.Output<int8_t>(0),
              ElementsAre(1, 2, 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4, 3, 4));
}

TEST(TileTest, ZeroTimesIsEmpty) {
  OpRunner runner(OpCode::TILE);
  runner.AddInput<float>({1, 2}, {1, 2});
  runner.AddInput<int64_t>({2}, {0, 2147483647});
  runner.AddOutput(DType::kFloat32);
  const absl::Status status = runner.Run();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidGraph);  // 2 * (2^31 - 1) is no dimension
  OpRunner empty(OpCode::TILE);
  empty.AddInput<float>({1, 2}, {1, 2});
  empty.AddInput<int64_t>({2}, {0, 3});
  empty.AddOutput(DType::kFloat32);
  ASSERT_TRUE(empty.Run().ok());
  EXPECT_EQ(empty.OutputShape(0), (Shape{0, 6}));
}

TEST(BroadcastToTest, RepeatsDimensionsOfOne) {
  OpRunner runner(OpCode::BROADCAST_TO);
  runner.AddInput<int64_t>({2, 1}, {1, 2});
  runner.AddConstant<int64_t>({3}, {2, 2, 3});
  runner.AddOutput(DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int64_t>(0), ElementsAre(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2));
}

TEST(BroadcastToTest, RefusesOtherDimensions) {
  for (const std::vector<int32_t>& dims : {std::vector<int32_t>{3}, {3, 3}, {}, {-1, 2}}) {
    OpRunner runner(OpCode::BROADCAST_TO);
    runner.AddInput<float>({1, 2}, {1, 2});
    runner.AddConstant<int32_t>({static_cast<int32_t>(dims.size())}, dims);
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

}  // namespace
}  // namespace edgetasks
