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
TEST(PadTest, SurroundsWithZeros) {
  for (bool constant : {true, false}) {
    OpRunner runner(OpCode::PAD);
    runner.AddInput<float>({2, 2}, {1, 2, 3, 4});
    if (constant) {
      runner.AddConstant<int32_t>({2, 2}, {1, 0, 0, 2});
    } else {
      runner.AddInput<int32_t>({2, 2}, {1, 0, 0, 2});
    }
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run().ok());
    EXPECT_EQ(runner.OutputShape(0), (Shape{3, 4}));
    EXPECT_THAT(runner.Output<float>(0), ElementsAre(0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0));
  }
}

TEST(PadTest, ZeroIsTheZeroPoint) {
  OpRunner runner(OpCode::PAD);
  runner.AddInput<int8_t>({1}, {5}, PerTensor(0.5f, -3));
  runner.AddConstant<int64_t>({1, 2}, {1, 1});
  runner.AddOutput(DType::kInt8, PerTensor(0.5f, -3));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(-3, 5, -3));
}

TEST(PadTest, RefusesNegativeAndHugePaddings) {
  for (int32_t pad : {-1, 2147483647}) {
    OpRunner runner(OpCode::PAD);
    runner.AddInput<float>({1}, {5});
    runner.AddConstant<int32_t>({1, 2}, {pad, 1});
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

TEST(PadV2Test, UsesTheGivenValue) {
  OpRunner runner(OpCode::PADV2);
  runner.AddInput<int64_t>({1, 1}, {5});
  runner.AddConstant<int32_t>({2, 2}, {0, 1, 1, 0});
  runner.AddConstant<int64_t>({}, {-9});
  runner.AddOutput(DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int64_t>(0), ElementsAre(-9, 5, -9, -9));
}

}  // namespace
}  // namespace edgetasks
