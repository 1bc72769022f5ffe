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
TEST(EmbeddingLookupTest, CopiesFloatRows) {
  OpRunner runner(OpCode::EMBEDDING_LOOKUP);
  runner.AddInput<int32_t>({3}, {2, 0, 2});
  runner.AddConstant<float>({3, 2}, {1, 2, 3, 4, 5, 6});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{3, 2}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(5, 6, 1, 2, 5, 6));
}

TEST(EmbeddingLookupTest, KeepsTheDimensionsOfTheIds) {
  OpRunner runner(OpCode::EMBEDDING_LOOKUP);
  runner.AddInput<int32_t>({1, 2}, {1, 0});
  runner.AddConstant<int8_t>({2, 1, 2}, {1, 2, 3, 4});
  runner.AddOutput(DType::kInt8);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{1, 2, 1, 2}));
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(3, 4, 1, 2));
}

TEST(EmbeddingLookupTest, DequantizesPerTensor) {
  OpRunner runner(OpCode::EMBEDDING_LOOKUP);
  runner.AddInput<int32_t>({1}, {1});
  runner.AddConstant<uint8_t>({2, 2}, {0, 0, 3, 5}, PerTensor(0.5f, 1));
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 2));
}

TEST(EmbeddingLookupTest, DequantizesPerRow) {
  ir::Quantization q;
  q.scales = {0.5f, 0.0f, 2.0f};
  q.zero_points = {0, 0, 0};
  OpRunner runner(OpCode::EMBEDDING_LOOKUP);
  runner.AddInput<int32_t>({3}, {0, 1, 2});
  runner.AddConstant<int8_t>({3, 2}, {1, -2, 3, 4, -128, 127}, q);
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run(2).ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(0.5f, -1, 0, 0, -256, 254));
}

// Rows of three nibbles: the second row starts in the middle of a byte.
TEST(EmbeddingLookupTest, UnpacksInt4RowsOfOddLength) {
  ir::Quantization q;
  q.scales = {1.0f, 0.5f};
  q.zero_points = {0, 0};
  OpRunner runner(OpCode::EMBEDDING_LOOKUP);
  runner.AddInput<int32_t>({2}, {1, 0});
  runner.AddBytes(DType::kInt4, {2, 3}, {0xF1, 0x87, 0x2E}, q, true);  // 1 -1 7 | -8 -2 2
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(-4, -1, 1, 1, -1, 7));
}

TEST(EmbeddingLookupTest, UsesOneScaleABlock) {
  const uint16_t scales[] = {0x3C00, 0x4000, 0x3800, 0x0000};  // binary16 of 1, 2, 0.5, 0
  ir::Quantization q;
  q.block_size = 2;
  q.block_scales = scales;
  OpRunner runner(OpCode::EMBEDDING_LOOKUP);
  runner.AddInput<int32_t>({2}, {1, 0});
  runner.AddBytes(DType::kInt4, {2, 4}, {0x21, 0x43, 0xFE, 0x11}, q, true);
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(-1, -0.5f, 0, 0, 1, 2, 6, 8));
}

TEST(EmbeddingLookupTest, WidensFloat16) {
  OpRunner runner(OpCode::EMBEDDING_LOOKUP);
  runner.AddInput<int32_t>({1}, {1});
  runner.AddBytes(DType::kFloat16, {2, 1}, {0, 0, 0x00, 0xC0}, {}, true);
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(-2));
}

TEST(EmbeddingLookupTest, NamesAnIdOutsideTheTable) {
  for (int32_t id : {-1, 2}) {
    OpRunner runner(OpCode::EMBEDDING_LOOKUP);
    runner.AddInput<int32_t>({2}, {0, id});
    runner.AddConstant<float>({2, 1}, {1, 2});
    runner.AddOutput(DType::kFloat32);
    const absl::Status status = runner.Run();
    EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kBadValue);
    EXPECT_THAT(std::string(status.message()), HasSubstr("at position 1 is outside a table of 2"));
  }
}

TEST(EmbeddingLookupTest, RefusesScalesThatDoNotFit) {
  ir::Quantization q;
  q.scales = {0.5f, 0.5f, 0.5f};
  q.zero_points = {0, 0, 0};
  q.axis = 1;
  OpRunner runner(OpCode::EMBEDDING_LOOKUP);
  runner.AddInput<int32_t>({1}, {0});
  runner.AddConstant<int8_t>({1, 3}, {1, 2, 3}, q);
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("one scale a row"));
  OpRunner bare(OpCode::EMBEDDING_LOOKUP);
  bare.AddInput<int32_t>({1}, {0});
  bare.AddConstant<int8_t>({1, 3}, {1, 2, 3});
  bare.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(bare.Run().message()), HasSubstr("have no scale"));
}

}  // namespace
}  // namespace edgetasks
