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
TEST(GatherNdTest, PicksSlices) {
  OpRunner runner(OpCode::GATHER_ND);
  runner.AddInput<float>({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  runner.AddConstant<int32_t>({2, 2}, {1, 0, 0, 1});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2, 2}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(5, 6, 3, 4));
}

TEST(GatherNdTest, NamesAnIndexOutside) {
  OpRunner runner(OpCode::GATHER_ND);
  runner.AddInput<float>({2, 2}, {1, 2, 3, 4});
  runner.AddInput<int64_t>({1, 2}, {0, 2});
  runner.AddOutput(DType::kFloat32);
  EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kBadValue);
}

TEST(GatherNdTest, RefusesIndexVectorsThatAreTooLong) {
  OpRunner runner(OpCode::GATHER_ND);
  runner.AddInput<float>({2}, {1, 2});
  runner.AddInput<int32_t>({1, 2}, {0, 0});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("do not fit"));
}

TEST(ScatterNdTest, AddsWhereIndicesRepeat) {
  for (bool constant : {true, false}) {
    OpRunner runner(OpCode::SCATTER_ND);
    runner.AddInput<int32_t>({3, 1}, {2, 0, 2});
    runner.AddInput<float>({3, 2}, {1, 2, 3, 4, 5, 6});
    if (constant) {
      runner.AddConstant<int32_t>({2}, {3, 2});
    } else {
      runner.AddInput<int32_t>({2}, {3, 2});
    }
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run().ok());
    EXPECT_EQ(runner.OutputShape(0), (Shape{3, 2}));
    EXPECT_THAT(runner.Output<float>(0), ElementsAre(3, 4, 0, 0, 6, 8));
  }
}

TEST(ScatterNdTest, WrapsIntegers) {
  OpRunner runner(OpCode::SCATTER_ND);
  runner.AddInput<int32_t>({2, 1}, {0, 0});
  runner.AddInput<int32_t>({2}, {2147483647, 1});
  runner.AddConstant<int32_t>({1}, {1});
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int32_t>(0), ElementsAre(-2147483647 - 1));
}

TEST(ScatterNdTest, RefusesShapesThatDoNotFit) {
  for (const std::vector<int32_t>& dims :
       {std::vector<int32_t>{3, 3}, {3}, {-1, 2}, {2147483647, 2147483647}}) {
    OpRunner runner(OpCode::SCATTER_ND);
    runner.AddInput<int32_t>({1, 1}, {0});
    runner.AddInput<float>({1, 2}, {1, 2});
    runner.AddConstant<int32_t>({static_cast<int32_t>(dims.size())}, dims);
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

TEST(ScatterNdTest, NamesAnIndexOutside) {
  OpRunner runner(OpCode::SCATTER_ND);
  runner.AddInput<int32_t>({1, 1}, {3});
  runner.AddInput<float>({1}, {1});
  runner.AddConstant<int32_t>({1}, {3});
  runner.AddOutput(DType::kFloat32);
  EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kBadValue);
}

}  // namespace
}  // namespace edgetasks
