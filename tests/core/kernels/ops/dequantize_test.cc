#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using ir::OpCode;
using test::OpRunner;
using test::PerTensor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(DequantizeTest, ScalesIntegers) {
  OpRunner runner(OpCode::DEQUANTIZE);
  runner.AddInput<uint8_t>({3}, {0, 128, 255}, PerTensor(0.5f, 128));
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(-64, 0, 63.5f));
}

TEST(DequantizeTest, ScalesChannelsOfPackedInt4) {
  ir::Quantization q;
  q.scales = {1.0f, 0.5f};
  q.zero_points = {0, 1};
  q.axis = 0;
  OpRunner runner(OpCode::DEQUANTIZE);
  runner.AddBytes(DType::kInt4, {2, 3}, {0x21, 0xf3, 0x78}, q, true);  // 1 2 3 | -1 -8 7
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 2, 3, -1, -4.5f, 3));
}

TEST(DequantizeTest, ScalesBlocks) {
  const std::vector<uint16_t> scales = {0x3c00, 0x4000, 0x3800, 0x0000};  // 1, 2, 0.5, 0
  ir::Quantization q;
  q.block_size = 2;
  q.block_scales = scales;
  OpRunner runner(OpCode::DEQUANTIZE);
  runner.AddConstant<int8_t>({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}, q);
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 2, 6, 8, 2.5f, 3, 0, 0));
}

TEST(DequantizeTest, WidensHalves) {
  OpRunner half(OpCode::DEQUANTIZE);
  half.AddBytes(DType::kFloat16, {2}, {0x00, 0x3c, 0x00, 0xc1}, {}, true);
  half.AddOutput(DType::kFloat32);
  ASSERT_TRUE(half.Run().ok());
  EXPECT_THAT(half.Output<float>(0), ElementsAre(1.0f, -2.5f));

  OpRunner bfloat(OpCode::DEQUANTIZE);
  bfloat.AddBytes(DType::kBFloat16, {1}, {0x20, 0xc0}, {}, true);
  bfloat.AddOutput(DType::kFloat32);
  ASSERT_TRUE(bfloat.Run().ok());
  EXPECT_THAT(bfloat.Output<float>(0), ElementsAre(-2.5f));
}

TEST(DequantizeTest, RefusesMissingScalesAndBrokenBlocks) {
  OpRunner missing(OpCode::DEQUANTIZE);
  missing.AddInput<int8_t>({1}, {1});
  missing.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(missing.Run().message()), HasSubstr("needs scales"));

  const std::vector<uint16_t> scales = {0x3c00};
  ir::Quantization q;
  q.block_size = 2;
  q.block_scales = scales;
  OpRunner blocks(OpCode::DEQUANTIZE);
  blocks.AddInput<int8_t>({3}, {1, 2, 3}, q);
  blocks.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(blocks.Run().message()), HasSubstr("whole blocks"));
}

}  // namespace
}  // namespace edgetasks
