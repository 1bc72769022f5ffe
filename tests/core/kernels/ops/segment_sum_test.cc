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
TEST(SegmentSumTest, AddsRowsOfOneSegment) {
  OpRunner runner(OpCode::SEGMENT_SUM);
  runner.AddInput<float>({3, 2}, {1, 2, 3, 4, 5, 6});
  runner.AddInput<int32_t>({3}, {0, 0, 1});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2, 2}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(4, 6, 5, 6));
}

TEST(SegmentSumTest, RefusesIdsThatDoNotAscend) {
  for (const std::vector<int32_t>& ids : {std::vector<int32_t>{1, 0}, {0, 2}, {-1, 0}}) {
    OpRunner runner(OpCode::SEGMENT_SUM);
    runner.AddInput<float>({2}, {1, 2});
    runner.AddConstant<int32_t>({2}, ids);
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

}  // namespace
}  // namespace edgetasks
