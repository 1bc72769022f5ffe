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
TEST(GatherTest, PicksAlongTheAxis) {
  OpRunner runner(OpCode::GATHER, ir::GatherParams{1, 0});
  runner.AddInput<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  runner.AddInput<int32_t>({2, 2}, {2, 0, 0, 1});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2, 2, 2}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(3, 1, 1, 2, 6, 4, 4, 5));
}

TEST(GatherTest, PairsBatches) {
  OpRunner runner(OpCode::GATHER, ir::GatherParams{1, 1});
  runner.AddInput<int8_t>({2, 3}, {1, 2, 3, 4, 5, 6});
  runner.AddInput<int64_t>({2, 1}, {2, 0});
  runner.AddOutput(DType::kInt8);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2, 1}));
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(3, 4));
}

TEST(GatherTest, AScalarIndexDropsTheAxis) {
  OpRunner runner(OpCode::GATHER, ir::GatherParams{0, 0});
  runner.AddInput<int64_t>({2, 2}, {1, 2, 3, 4});
  runner.AddInput<int32_t>({}, {1});
  runner.AddOutput(DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2}));
  EXPECT_THAT(runner.Output<int64_t>(0), ElementsAre(3, 4));
}

TEST(GatherTest, MovesPackedInt4Rows) {
  OpRunner runner(OpCode::GATHER, ir::GatherParams{0, 0});
  runner.AddBytes(DType::kInt4, {3, 4}, {0x01, 0x02, 0x03, 0x04, 0x05, 0x06}, {}, true);
  runner.AddInput<int32_t>({2}, {2, 1});
  runner.AddOutput(DType::kInt4);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<uint8_t>(0), ElementsAre(0x05, 0x06, 0x03, 0x04));
}

TEST(GatherTest, NamesAnIndexOutside) {
  OpRunner runner(OpCode::GATHER, ir::GatherParams{0, 0});
  runner.AddInput<float>({2}, {1, 2});
  runner.AddInput<int32_t>({2}, {0, -1});
  runner.AddOutput(DType::kFloat32);
  const absl::Status status = runner.Run();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kBadValue);
  EXPECT_THAT(std::string(status.message()), HasSubstr("index -1 at position 1"));
}

TEST(GatherTest, RefusesBatchesThatDoNotFit) {
  for (const auto& params :
       {ir::GatherParams{0, 1}, ir::GatherParams{1, 2}, ir::GatherParams{1, -3},
        ir::GatherParams{1, 1}, ir::GatherParams{2, 0}}) {
    OpRunner runner(OpCode::GATHER, params);
    runner.AddInput<float>({2, 2}, {1, 2, 3, 4});
    runner.AddInput<int32_t>({3}, {0, 0, 0});
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

}  // namespace
}  // namespace edgetasks
