#include <cstdint>
#include <limits>
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
TEST(TopKV2Test, SortsAndPrefersTheLowerIndex) {
  for (bool constant : {true, false}) {
    OpRunner runner(OpCode::TOPK_V2);
    runner.AddInput<float>({2, 4}, {3, 9, 3, 9, -1, -4, -2, -3});
    if (constant) {
      runner.AddConstant<int32_t>({}, {3});
    } else {
      runner.AddInput<int32_t>({}, {3});
    }
    runner.AddOutput(DType::kFloat32);
    runner.AddOutput(DType::kInt32);
    ASSERT_TRUE(runner.Run().ok());
    EXPECT_EQ(runner.OutputShape(1), (Shape{2, 3}));
    EXPECT_THAT(runner.Output<float>(0), ElementsAre(9, 9, 3, -1, -2, -3));
    EXPECT_THAT(runner.Output<int32_t>(1), ElementsAre(1, 3, 0, 0, 2, 3));
  }
}

TEST(TopKV2Test, PutsNaNLast) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  OpRunner runner(OpCode::TOPK_V2);
  runner.AddInput<float>({4}, {nan, 1, nan, -1});
  runner.AddConstant<int32_t>({}, {4});
  runner.AddOutput(DType::kFloat32);
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int32_t>(1), ElementsAre(1, 3, 0, 2));
}

TEST(TopKV2Test, RefusesMoreThanThereIs) {
  for (int32_t k : {-1, 3}) {
    OpRunner runner(OpCode::TOPK_V2);
    runner.AddInput<uint8_t>({2}, {1, 2});
    runner.AddConstant<int32_t>({}, {k});
    runner.AddOutput(DType::kUInt8);
    runner.AddOutput(DType::kInt32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

}  // namespace
}  // namespace edgetasks
