#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using ir::OpCode;
using test::OpRunner;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(BitcastTest, KeepsTheBits) {
  OpRunner runner(OpCode::BITCAST);
  runner.AddInput<float>({2}, {1.0f, -2.0f});
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int32_t>(0),
              ElementsAre(0x3f800000, static_cast<int32_t>(0xc0000000u)));
}

TEST(BitcastTest, NarrowerTypesAddADimension) {
  OpRunner runner(OpCode::BITCAST);
  runner.AddInput<int32_t>({1}, {0x04030201});
  runner.AddOutput(DType::kInt8);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{1, 4}));
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(1, 2, 3, 4));
}

TEST(BitcastTest, WiderTypesTakeADimension) {
  OpRunner runner(OpCode::BITCAST);
  runner.AddInput<int16_t>({1, 2}, {1, 2});
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{1}));
  EXPECT_THAT(runner.Output<int32_t>(0), ElementsAre(0x20001));
}

TEST(BitcastTest, RefusesADimensionThatDoesNotFit) {
  OpRunner wide(OpCode::BITCAST);
  wide.AddInput<int16_t>({3}, {1, 2, 3});
  wide.AddOutput(DType::kInt32);
  EXPECT_THAT(std::string(wide.Run().message()), HasSubstr("last dimension must be 2"));

  OpRunner deep(OpCode::BITCAST);
  deep.AddInput<int32_t>({1, 1, 1, 1, 1, 1, 1, 1}, {1});
  deep.AddOutput(DType::kInt8);
  EXPECT_FALSE(deep.Run().ok());
}

}  // namespace
}  // namespace edgetasks
