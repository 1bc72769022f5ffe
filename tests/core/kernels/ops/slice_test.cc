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
TEST(SliceTest, CutsABox) {
  OpRunner runner(OpCode::SLICE);
  runner.AddInput<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  runner.AddConstant<int32_t>({2}, {0, 1});
  runner.AddConstant<int32_t>({2}, {2, -1});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2, 2}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(2, 3, 5, 6));
}

TEST(SliceTest, TakesBeginAtRunTime) {
  for (int32_t size : {1, -1}) {
    OpRunner runner(OpCode::SLICE);
    runner.AddInput<int16_t>({3}, {7, 8, 9});
    runner.AddInput<int64_t>({1}, {2});
    runner.AddConstant<int64_t>({1}, {size});
    runner.AddOutput(DType::kInt16);
    ASSERT_TRUE(runner.Run().ok());
    EXPECT_THAT(runner.Output<int16_t>(0), ElementsAre(9));
  }
}

TEST(SliceTest, NamesABeginOutsideAtRunTime) {
  OpRunner runner(OpCode::SLICE);
  runner.AddInput<float>({3}, {7, 8, 9});
  runner.AddInput<int32_t>({1}, {2});
  runner.AddConstant<int32_t>({1}, {2});
  runner.AddOutput(DType::kFloat32);
  const absl::Status status = runner.Run();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kBadValue);
  EXPECT_THAT(std::string(status.message()), HasSubstr("begin 2 and size 2 leave dimension 0"));
}

TEST(SliceTest, RefusesABoxOutside) {
  for (const auto& [begin, size] : std::vector<std::pair<int32_t, int32_t>>{
           {-1, 1}, {0, 4}, {4, 0}, {2147483647, 1}, {0, -2}, {1, 2147483647}}) {
    OpRunner runner(OpCode::SLICE);
    runner.AddInput<float>({3}, {7, 8, 9});
    runner.AddConstant<int32_t>({1}, {begin});
    runner.AddConstant<int32_t>({1}, {size});
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

}  // namespace
}  // namespace edgetasks
