#include "core/model/tflite_quantization.h"

#include <cmath>
#include <limits>

#include "core/base/half.h"
#include "tests/support/read_tflite.h"

namespace edgetasks {
namespace {

using test::IsError;
using test::IsOk;
using test::Read;
using test::TfliteBuilder;
using test::TfliteRead;
using ::testing::ElementsAre;

namespace schema = test::schema;

// A file with one tensor and this quantization.
TfliteBuilder Quantized(ir::DType dtype, std::vector<int32_t> shape, std::vector<float> scales,
                        std::vector<int64_t> zero_points, int axis = 0) {
  TfliteBuilder builder;
  builder.AddTensor("q", dtype, std::move(shape));
  builder.Quantize(0, std::move(scales), std::move(zero_points), axis);
  return builder;
}

TEST(TfliteQuantizationTest, PerTensor) {
  const TfliteRead read = Read(Quantized(ir::DType::kUInt8, {2, 3}, {0.5f}, {128}));
  ASSERT_THAT(read.status(), IsOk());
  const ir::Quantization& q = read.tensor(0).quantization;
  EXPECT_TRUE(q.per_tensor());
  EXPECT_EQ(q.scale(), 0.5f);
  EXPECT_EQ(q.zero_point(), 128);
}

TEST(TfliteQuantizationTest, PerChannelWithZeroScale) {
  const TfliteRead read = Read(Quantized(ir::DType::kInt8, {2, 3}, {0.5f, 0.0f, 2.0f}, {}, 1));
  ASSERT_THAT(read.status(), IsOk());
  const ir::Quantization& q = read.tensor(0).quantization;
  EXPECT_TRUE(q.per_channel());
  EXPECT_EQ(q.axis, 1);
  EXPECT_THAT(q.scales, ElementsAre(0.5f, 0.0f, 2.0f));
  EXPECT_THAT(q.zero_points, ElementsAre(0, 0, 0));
}

TEST(TfliteQuantizationTest, OneZeroPointServesAllScales) {
  const TfliteRead read = Read(Quantized(ir::DType::kInt8, {2}, {1.0f, 2.0f}, {-3}));
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_THAT(read.tensor(0).quantization.zero_points, ElementsAre(-3, -3));
}

TEST(TfliteQuantizationTest, StatisticsAloneAreNoQuantization) {
  TfliteBuilder builder;
  builder.AddTensor("t", ir::DType::kInt8, {2});
  builder.Quantize(0, {}, {});
  builder.tensor(0).quantization->min = {-1.0f};
  builder.tensor(0).quantization->max = {1.0f};
  const TfliteRead read = Read(builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_FALSE(read.tensor(0).quantization.quantized());
}

TEST(TfliteQuantizationTest, FloatsAreNotQuantized) {
  const TfliteRead read = Read(Quantized(ir::DType::kFloat32, {2}, {1, 2, 3}, {}));
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_FALSE(read.tensor(0).quantization.quantized());
}

TEST(TfliteQuantizationTest, ContradictionsAreRefused) {
  const float inf = std::numeric_limits<float>::infinity();
  const auto int8 = ir::DType::kInt8;
  struct Case {
    TfliteBuilder builder;
    const char* text;
  };
  const Case cases[] = {
      {Quantized(int8, {2, 3}, {1, 2}, {}, 1), "needs 3 scales (or one for all), got 2"},
      {Quantized(int8, {2, 3}, {1, 2}, {}, 2), "quantized_dimension 2"},
      {Quantized(int8, {2, 3}, {1, 2}, {}, -1), "quantized_dimension -1"},
      {Quantized(int8, {}, {1, 2}, {}, 0), "quantized_dimension 0 of a tensor of shape []"},
      {Quantized(int8, {3}, {1, 2, 3}, {0, 0}), "3 scales need as many zero points"},
      {Quantized(int8, {2}, {-1}, {0}), "scale 0 is -1"},
      {Quantized(int8, {2}, {inf}, {0}), "scale 0 is inf"},
      {Quantized(int8, {2}, {std::nanf("")}, {0}), "scale 0 is nan"},
      {Quantized(int8, {2}, {1}, {128}), "zero point 0 is 128; int8 holds -128 to 127"},
      {Quantized(ir::DType::kUInt8, {2}, {1}, {-1}), "uint8 holds 0 to 255"},
      {Quantized(ir::DType::kInt4, {2}, {1}, {8}), "int4 holds -8 to 7"},
      {Quantized(ir::DType::kInt32, {2}, {1}, {int64_t{1} << 32}), "zero point 0 is 4294967296"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(Read(c.builder).status(), IsError(ErrorDetail::kInvalidGraph, c.text));
  }
}

// Weights [2, 8] in blocks of 4, with their scales.
struct Blocks {
  TfliteBuilder builder;

  explicit Blocks(std::vector<uint16_t> scale_bits = {0x3c00, 0x3800, 0x0000, 0x8000},
                  std::vector<int32_t> scales_shape = {2, 2}, int block_size = 4) {
    std::vector<uint8_t> bytes(scale_bits.size() * 2);
    std::memcpy(bytes.data(), scale_bits.data(), bytes.size());
    builder.AddConstantBytes("w", ir::DType::kInt4, {2, 8}, std::vector<uint8_t>(8, 0x21));
    builder.AddConstantBytes("w_scales", ir::DType::kFloat16, std::move(scales_shape), bytes);
    builder.QuantizeBlocks(0, 1, block_size);
  }
  schema::BlockwiseQuantizationT& details() {
    return *builder.tensor(0).quantization->details.AsBlockwiseQuantization();
  }
};

TEST(TfliteQuantizationTest, Blockwise) {
  const TfliteRead read = Read(Blocks().builder);
  ASSERT_THAT(read.status(), IsOk());
  const ir::Quantization& q = read.tensor(0).quantization;
  EXPECT_TRUE(q.blockwise());
  EXPECT_EQ(q.block_size, 4);
  EXPECT_THAT(q.block_scales, ElementsAre(0x3c00, 0x3800, 0x0000, 0x8000));
  EXPECT_EQ(static_cast<const void*>(q.block_scales.data()), read.tensor(1).data.data());
}

TEST(TfliteQuantizationTest, BlocksMustFit) {
  EXPECT_THAT(Read(Blocks({0x3c00, 0x3c00, 0x3c00, 0x3c00}, {2, 2}, 3).builder).status(),
              IsError(ErrorDetail::kInvalidGraph, "blocks of 3 do not divide"));
  for (int size : {0, -4}) {
    EXPECT_THAT(Read(Blocks({0x3c00, 0x3c00, 0x3c00, 0x3c00}, {2, 2}, size).builder).status(),
                IsError(ErrorDetail::kInvalidGraph, "do not divide"));
  }
  EXPECT_THAT(Read(Blocks({0x3c00, 0x3c00}, {2, 1}).builder).status(),
              IsError(ErrorDetail::kInvalidGraph, "needs 4 scales"));
}

TEST(TfliteQuantizationTest, BlockScalesMustBeFiniteAndNotNegative) {
  for (int bits : {0x7c00, 0x7e00, 0xfc00, 0xbc00, 0x8001}) {
    const auto bad = static_cast<uint16_t>(bits);
    EXPECT_THAT(Read(Blocks({0x3c00, 0x3c00, bad, 0x3c00}).builder).status(),
                IsError(ErrorDetail::kInvalidGraph, "block scale 2"));
  }
}

TEST(TfliteQuantizationTest, BlockScalesMustBeAConstantOfFloat16) {
  for (int index : {-1, 2, 1 << 30}) {
    Blocks blocks;
    blocks.details().scales = index;
    EXPECT_THAT(Read(blocks.builder).status(),
                IsError(ErrorDetail::kCorruptFile, "the block scales are tensor"));
  }
  Blocks not_constant;
  not_constant.builder.tensor(1).buffer = 0;
  EXPECT_THAT(Read(not_constant.builder).status(),
              IsError(ErrorDetail::kUnsupportedType, "supported: constant float16"));
  Blocks other_type;
  other_type.builder.tensor(1).type = test::TensorTypeOf(ir::DType::kInt16);
  EXPECT_THAT(Read(other_type.builder).status(),
              IsError(ErrorDetail::kUnsupportedType, "supported: constant float16"));
}

TEST(TfliteQuantizationTest, QuantizationThatNoKernelKnowsIsRefused) {
  Blocks with_zero_points;
  with_zero_points.details().zero_points = 1;
  EXPECT_THAT(Read(with_zero_points.builder).status(),
              IsError(ErrorDetail::kUnsupportedType, "with zero points"));
  Blocks tiles;
  tiles.details().block_shape = {2, 4};
  EXPECT_THAT(Read(tiles.builder).status(),
              IsError(ErrorDetail::kUnsupportedType, "blocks of several dimensions"));
  Blocks several_axes;
  several_axes.builder.tensor(0).quantization->details.Set(schema::MultiAxisQuantizationT());
  EXPECT_THAT(Read(several_axes.builder).status(),
              IsError(ErrorDetail::kUnsupportedType, "kind 3"));
}

}  // namespace
}  // namespace edgetasks
