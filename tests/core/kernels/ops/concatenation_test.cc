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
TEST(ConcatenationTest, JoinsAlongAnyAxis) {
  for (int axis : {0, 1, -1}) {
    OpRunner runner(OpCode::CONCATENATION, ir::ConcatenationParams{axis, ir::Activation::kNone});
    runner.AddInput<int32_t>({1, 2}, {1, 2});
    runner.AddConstant<int32_t>({1, 2}, {3, 4});
    runner.AddOutput(DType::kInt32);
    ASSERT_TRUE(runner.Run().ok());
    EXPECT_EQ(runner.OutputShape(0), (axis == 0 ? Shape{2, 2} : Shape{1, 4}));
    EXPECT_THAT(runner.Output<int32_t>(0), ElementsAre(1, 2, 3, 4));
  }
}

TEST(ConcatenationTest, InterleavesRowsOfOtherWidths) {
  OpRunner runner(OpCode::CONCATENATION, ir::ConcatenationParams{1, ir::Activation::kNone});
  runner.AddInput<float>({2, 1}, {1, 2});
  runner.AddInput<float>({2, 0}, {});
  runner.AddInput<float>({2, 2}, {3, 4, 5, 6});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 3, 4, 2, 5, 6));
}

// 0.5 * (q - 10) in steps of 0.25 with zero point 4: 2 * (q - 10) + 4, clamped to [0, 255].
TEST(ConcatenationTest, RequantizesUint8) {
  OpRunner runner(OpCode::CONCATENATION);
  runner.AddInput<uint8_t>({3}, {10, 12, 200}, PerTensor(0.5f, 10));
  runner.AddInput<uint8_t>({2}, {4, 5}, PerTensor(0.25f, 4));
  runner.AddOutput(DType::kUInt8, PerTensor(0.25f, 4));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<uint8_t>(0), ElementsAre(4, 8, 255, 4, 5));
}

// (q - 0) / 2 - 1, ties away from zero.
TEST(ConcatenationTest, RequantizesInt8) {
  OpRunner runner(OpCode::CONCATENATION);
  runner.AddInput<int8_t>({3}, {3, -3, -128}, PerTensor(0.25f, 0));
  runner.AddOutput(DType::kInt8, PerTensor(0.5f, -1));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(1, -3, -65));
}

TEST(ConcatenationTest, AnOutputScaleOfZeroGivesTheZeroPoint) {
  OpRunner runner(OpCode::CONCATENATION);
  runner.AddInput<int8_t>({2}, {3, -3}, PerTensor(0.25f, 0));
  runner.AddOutput(DType::kInt8, PerTensor(0.0f, -1));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(-1, -1));
}

TEST(ConcatenationTest, RefusesShapesThatDoNotFit) {
  OpRunner runner(OpCode::CONCATENATION, ir::ConcatenationParams{0, ir::Activation::kNone});
  runner.AddInput<float>({1, 2}, {1, 2});
  runner.AddInput<float>({1, 1}, {1});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("input 1 of shape [1, 1]"));
}

TEST(ConcatenationTest, RefusesAScalarAndALeftOutInput) {
  OpRunner scalar(OpCode::CONCATENATION);
  scalar.AddInput<float>({}, {1});
  scalar.AddOutput(DType::kFloat32);
  EXPECT_EQ(GetErrorDetail(scalar.Run()), ErrorDetail::kInvalidGraph);
  OpRunner missing(OpCode::CONCATENATION);
  missing.AddInput<float>({1}, {1});
  missing.AddMissingInput();
  missing.AddOutput(DType::kFloat32);
  EXPECT_EQ(GetErrorDetail(missing.Run()), ErrorDetail::kInvalidGraph);
}

}  // namespace
}  // namespace edgetasks
