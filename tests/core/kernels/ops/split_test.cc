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
TEST(SplitTest, MakesEqualParts) {
  for (bool constant : {true, false}) {
    OpRunner runner(OpCode::SPLIT, ir::SplitParams{2});
    if (constant) {
      runner.AddConstant<int32_t>({}, {-1});
    } else {
      runner.AddInput<int32_t>({}, {-1});
    }
    runner.AddInput<float>({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
    runner.AddOutput(DType::kFloat32);
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run().ok());
    EXPECT_EQ(runner.OutputShape(0), (Shape{2, 2}));
    EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 2, 5, 6));
    EXPECT_THAT(runner.Output<float>(1), ElementsAre(3, 4, 7, 8));
  }
}

TEST(SplitTest, RefusesUnequalParts) {
  OpRunner runner(OpCode::SPLIT, ir::SplitParams{2});
  runner.AddConstant<int32_t>({}, {0});
  runner.AddInput<float>({3}, {1, 2, 3});
  runner.AddOutput(DType::kFloat32);
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("cannot be divided into 2"));
}

TEST(SplitVTest, TakesTheRestForMinusOne) {
  OpRunner runner(OpCode::SPLIT_V, ir::SplitParams{3});
  runner.AddInput<uint8_t>({5}, {1, 2, 3, 4, 5});
  runner.AddConstant<int64_t>({3}, {1, -1, 2});
  runner.AddConstant<int32_t>({}, {0});
  for (int i = 0; i < 3; ++i) runner.AddOutput(DType::kUInt8);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<uint8_t>(0), ElementsAre(1));
  EXPECT_THAT(runner.Output<uint8_t>(1), ElementsAre(2, 3));
  EXPECT_THAT(runner.Output<uint8_t>(2), ElementsAre(4, 5));
}

TEST(SplitVTest, RefusesSizesThatDoNotAddUp) {
  for (const std::vector<int32_t>& sizes :
       {std::vector<int32_t>{1, 1}, {3, 1}, {-1, -1}, {-2, 5}, {2147483647, -1}}) {
    OpRunner runner(OpCode::SPLIT_V, ir::SplitParams{2});
    runner.AddInput<float>({3}, {1, 2, 3});
    runner.AddConstant<int32_t>({2}, sizes);
    runner.AddConstant<int32_t>({}, {0});
    runner.AddOutput(DType::kFloat32);
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

}  // namespace
}  // namespace edgetasks
