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
using ::testing::HasSubstr;
TEST(ReshapeTest, FillsInTheOpenDimension) {
  OpRunner runner(OpCode::RESHAPE);
  runner.AddInput<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  runner.AddConstant<int32_t>({2}, {3, -1});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{3, 2}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(ReshapeTest, TakesAShapeComputedAtRunTime) {
  OpRunner runner(OpCode::RESHAPE);
  runner.AddInput<int8_t>({4}, {1, 2, 3, 4});
  runner.AddInput<int32_t>({2}, {2, 2});
  runner.AddOutput(DType::kInt8);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2, 2}));
}

TEST(ReshapeTest, TakesTheAttributeWhereTheInputIsLeftOut) {
  OpRunner runner(OpCode::RESHAPE, ir::ReshapeParams{{1, 4}});
  runner.AddInput<bool>({4}, {true, false, true, true});
  runner.AddOutput(DType::kBool);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{1, 4}));
  EXPECT_THAT(runner.Output<bool>(0), ElementsAre(true, false, true, true));
}

TEST(ReshapeTest, MakesAScalarOfOneElement) {
  OpRunner runner(OpCode::RESHAPE);
  runner.AddInput<int64_t>({1, 1}, {7});
  runner.AddConstant<int32_t>({0}, {});
  runner.AddOutput(DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), Shape());
}

TEST(ReshapeTest, CopiesPackedInt4) {
  OpRunner runner(OpCode::RESHAPE, ir::ReshapeParams{{3, 1}});
  runner.AddBytes(DType::kInt4, {3}, {0x21, 0x03}, {}, false);
  runner.AddOutput(DType::kInt4);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<uint8_t>(0), ElementsAre(0x21, 0x03));
}

TEST(ReshapeTest, RefusesAnotherNumberOfElements) {
  for (const std::vector<int32_t>& dims : {std::vector<int32_t>{5},
                                           {4, -1},
                                           {0, -1},
                                           {-2},
                                           {-1, -1},
                                           {1 << 30, 1 << 30, 1 << 30, -1}}) {
    OpRunner runner(OpCode::RESHAPE);
    runner.AddInput<float>({6}, {1, 2, 3, 4, 5, 6});
    runner.AddConstant<int32_t>({static_cast<int32_t>(dims.size())}, dims);
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

TEST(ReshapeTest, RefusesToChangeTheScale) {
  OpRunner runner(OpCode::RESHAPE, ir::ReshapeParams{{2}});
  runner.AddInput<int8_t>({2}, {1, 2}, PerTensor(0.5f, 0));
  runner.AddOutput(DType::kInt8, PerTensor(0.25f, 0));
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("cannot requantize"));
}

TEST(ExpandDimsTest, CountsTheAxisFromTheEnd) {
  OpRunner runner(OpCode::EXPAND_DIMS);
  runner.AddInput<float>({2, 1}, {1, 2});
  runner.AddConstant<int32_t>({}, {-1});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2, 1, 1}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 2));
}

TEST(ExpandDimsTest, RefusesAnAxisOutside) {
  OpRunner runner(OpCode::EXPAND_DIMS);
  runner.AddInput<float>({2}, {1, 2});
  runner.AddConstant<int32_t>({1}, {2});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("axis 2"));
}

TEST(SqueezeTest, DropsTheNamedDimensions) {
  OpRunner runner(OpCode::SQUEEZE, ir::SqueezeParams{{-1}});
  runner.AddInput<float>({1, 2, 1}, {1, 2});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{1, 2}));
}

TEST(SqueezeTest, DropsAllDimensionsOfOneWithoutAList) {
  OpRunner runner(OpCode::SQUEEZE);
  runner.AddInput<float>({1, 2, 1}, {1, 2});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2}));
}

TEST(SqueezeTest, RefusesADimensionThatIsNotOne) {
  OpRunner runner(OpCode::SQUEEZE, ir::SqueezeParams{{0}});
  runner.AddInput<float>({2}, {1, 2});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("is not 1"));
}

}  // namespace
}  // namespace edgetasks
