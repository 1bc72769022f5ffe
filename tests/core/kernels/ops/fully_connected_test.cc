#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/half.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matmul_data.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::MatMulSize;
using test::OpRunner;
using test::PerTensor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ir::FullyConnectedParams Params(ir::Activation activation = ir::Activation::kNone) {
  ir::FullyConnectedParams params;
  params.activation = activation;
  return params;
}
ir::FullyConnectedParams WeightOnly() {
  ir::FullyConnectedParams params;
  params.weight_only = true;
  return params;
}

ir::Quantization PerRow(const std::vector<float>& scales) {
  ir::Quantization q;
  q.scales = scales;
  q.zero_points.assign(scales.size(), 0);
  return q;
}

// depth additions and a few operations more, each rounded by 2^-24 of what it sums up.
double FloatBound(const MatMulSize& size, double magnitude) {
  return (size.depth + 4) * std::ldexp(1.0, -23) * magnitude;
}

class FullyConnectedTest : public ::testing::Test {
 protected:
  test::MatMulRandom random_;
};

TEST_F(FullyConnectedTest, MultipliesByHand) {
  OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
  runner.AddInput<float>({2, 3}, {1, 2, 3, -1, 0, 4});
  runner.AddConstant<float>({2, 3}, {1, 0, 2, -1, 1, 0.5f});
  runner.AddConstant<float>({2}, {10, 20});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{2, 2}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(17, 22.5f, 17, 23));
}

TEST_F(FullyConnectedTest, ClampsToTheFusedActivation) {
  for (auto [activation, low, high] : {std::tuple{ir::Activation::kRelu, 0.0f, 100.0f},
                                       {ir::Activation::kRelu6, 0.0f, 6.0f},
                                       {ir::Activation::kReluN1To1, -1.0f, 1.0f}}) {
    OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params(activation));
    runner.AddInput<float>({2, 1}, {-100, 100});
    runner.AddConstant<float>({1, 1}, {1});
    runner.AddMissingInput();
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run().ok());
    EXPECT_THAT(runner.Output<float>(0), ElementsAre(low, high));
  }
}

TEST_F(FullyConnectedTest, KeepsDimensionsIfAsked) {
  for (bool keep : {false, true}) {
    ir::FullyConnectedParams params;
    params.keep_num_dims = keep;
    OpRunner runner(ir::OpCode::FULLY_CONNECTED, params);
    runner.AddInput<float>({2, 1, 3}, random_.Floats(6));
    runner.AddConstant<float>({4, 3}, random_.Floats(12));
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run().ok());
    EXPECT_EQ(runner.OutputShape(0), keep ? (ir::Shape{2, 1, 4}) : (ir::Shape{2, 4}));
  }
}

TEST_F(FullyConnectedTest, FloatsOfEverySizeAndThreadCount) {
  for (const MatMulSize& size : test::MatMulSizes()) {
    const auto a = random_.Floats(size.rows * size.depth);
    const auto b = random_.Floats(size.columns * size.depth);
    const auto bias = random_.Floats(size.columns);
    const test::Product expected = test::Multiply(size, a, b);
    for (int threads : {1, 3}) {
      for (bool constant : {false, true}) {
        OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
        runner.AddInput<float>({size.rows, size.depth}, a);
        runner.AddBytes(DType::kFloat32, {size.columns, size.depth}, test::BytesOf(b), {},
                        constant);
        runner.AddConstant<float>({size.columns}, bias);
        runner.AddOutput(DType::kFloat32);
        ASSERT_TRUE(runner.Run(threads).ok());
        const auto output = runner.Output<float>(0);
        for (size_t i = 0; i < output.size(); ++i) {
          const double offset = bias[i % size.columns];
          ASSERT_NEAR(output[i], expected.sums[i] + offset,
                      FloatBound(size, expected.magnitudes[i] + std::abs(offset)));
        }
      }
    }
  }
}

TEST_F(FullyConnectedTest, HalfWeightsAreFloats) {
  for (const MatMulSize& size : test::MatMulSizes()) {
    for (DType type : {DType::kFloat16, DType::kBFloat16}) {
      const auto a = random_.Floats(size.rows * size.depth);
      std::vector<uint16_t> bits;
      std::vector<float> b;
      for (float value : random_.Floats(size.columns * size.depth)) {
        const bool half = type == DType::kFloat16;
        bits.push_back(half ? FloatToHalf(value) : FloatToBFloat16(value));
        b.push_back(half ? HalfToFloat(bits.back()) : BFloat16ToFloat(bits.back()));
      }
      const test::Product expected = test::Multiply(size, a, b);
      OpRunner runner(ir::OpCode::FULLY_CONNECTED, WeightOnly());
      runner.AddInput<float>({size.rows, size.depth}, a);
      runner.AddBytes(type, {size.columns, size.depth}, test::BytesOf(bits), {}, true);
      runner.AddOutput(DType::kFloat32);
      ASSERT_TRUE(runner.Run(2).ok());
      const auto output = runner.Output<float>(0);
      for (size_t i = 0; i < output.size(); ++i) {
        ASSERT_NEAR(output[i], expected.sums[i], FloatBound(size, expected.magnitudes[i]));
      }
    }
  }
}

TEST_F(FullyConnectedTest, WeightOnlyIntegersKeepActivationsAsFloats) {
  for (const MatMulSize& size : test::MatMulSizes()) {
    for (DType type : {DType::kInt8, DType::kInt4}) {
      const int limit = type == DType::kInt8 ? 128 : 8;
      const auto a = random_.Floats(size.rows * size.depth);
      const auto b = random_.Integers<int8_t>(size.columns * size.depth, -limit, limit - 1);
      const auto scales = random_.Scales(size.columns, 1.0f / 64);
      const test::Product expected = test::Multiply(size, a, b);
      OpRunner runner(ir::OpCode::FULLY_CONNECTED, WeightOnly());
      runner.AddInput<float>({size.rows, size.depth}, a);
      runner.AddBytes(type, {size.columns, size.depth},
                      type == DType::kInt8 ? test::BytesOf(b) : test::PackInt4(b), PerRow(scales),
                      true);
      runner.AddOutput(DType::kFloat32);
      ASSERT_TRUE(runner.Run(2).ok());
      const auto output = runner.Output<float>(0);
      for (size_t i = 0; i < output.size(); ++i) {
        const float scale = scales[i % size.columns];
        ASSERT_NEAR(output[i], expected.sums[i] * scale,
                    FloatBound(size, expected.magnitudes[i] * scale));
      }
    }
  }
}

TEST_F(FullyConnectedTest, WeightOnlyIntegersMayHaveZeroPoints) {
  OpRunner runner(ir::OpCode::FULLY_CONNECTED, WeightOnly());
  runner.AddInput<float>({1, 3}, {1, 2, 0.5f});
  ir::Quantization q;
  q.scales = {0.5f, 2.0f};
  q.zero_points = {10, -20};
  runner.AddConstant<int8_t>({2, 3}, {11, 10, 8, -20, -21, -18}, q);
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(0.5f * (1 - 1), 2.0f * (-2 + 1)));
}

// Rows that span exactly 255 steps of size 1 quantize without loss, so that the sums are exact.
std::vector<float> LosslessRows(test::MatMulRandom* random, const MatMulSize& size) {
  std::vector<float> values;
  for (int32_t i = 0; i < size.rows; ++i) {
    const int low = i % 2 == 0 ? -128 : -55;  // zero points 0 and -73
    for (int v : random->Integers<int>(size.depth, low, low + 255)) {
      values.push_back(static_cast<float>(v));
    }
    float* row = values.data() + static_cast<int64_t>(i) * size.depth;
    if (size.depth == 1) {
      row[0] = 255;
    } else {
      row[0] = static_cast<float>(low);
      row[size.depth - 1] = static_cast<float>(low + 255);
    }
  }
  return values;
}

TEST_F(FullyConnectedTest, HybridIsExactWhereQuantizationLosesNothing) {
  std::vector<MatMulSize> sizes = test::MatMulSizes();
  // A few rows meet more rows of weights than a tile holds.
  sizes.insert(sizes.end(), {{1, 1100, 40}, {3, 1367, 6}, {11, 377, 10}});
  for (const MatMulSize& size : sizes) {
    for (DType type : {DType::kInt8, DType::kInt4}) {
      for (bool per_channel : {false, true}) {
        const int limit = type == DType::kInt8 ? 128 : 8;
        const auto a = LosslessRows(&random_, size);
        const auto b = random_.Integers<int8_t>(size.columns * size.depth, -limit, limit - 1);
        const auto scales = random_.Scales(per_channel ? size.columns : 1, 1.0f / 64);
        const test::Product expected = test::Multiply(size, a, b);
        OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
        runner.AddInput<float>({size.rows, size.depth}, a);
        runner.AddBytes(type, {size.columns, size.depth},
                        type == DType::kInt8 ? test::BytesOf(b) : test::PackInt4(b), PerRow(scales),
                        true);
        runner.AddOutput(DType::kFloat32);
        ASSERT_TRUE(runner.Run(2).ok());
        const auto output = runner.Output<float>(0);
        for (size_t i = 0; i < output.size(); ++i) {
          const double scale = scales[per_channel ? i % size.columns : 0];
          // The activation scale 255 / 255 may be off by one rounding, and the integer sum may take
          // one to become a float, its products two more: 4 * 2^-24.
          const double exact = expected.sums[i] * scale;
          ASSERT_NEAR(output[i], exact, std::ldexp(std::abs(exact), -22)) << i;
        }
      }
    }
  }
}

TEST_F(FullyConnectedTest, HybridStaysWithinAStepOfEachActivation) {
  const MatMulSize size{3, 65, 129};
  const auto a = random_.Floats(size.rows * size.depth);
  const auto b = random_.Integers<int8_t>(size.columns * size.depth, -127, 127);
  const auto bias = random_.Floats(size.columns);
  const test::Product expected = test::Multiply(size, a, b);
  OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
  runner.AddInput<float>({size.rows, size.depth}, a);
  runner.AddConstant<int8_t>({size.columns, size.depth}, b, PerTensor(0.01f, 0));
  runner.AddConstant<float>({size.columns}, bias);
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  const auto output = runner.Output<float>(0);
  for (int64_t i = 0; i < size.rows; ++i) {
    const auto [low, high] =
        std::minmax_element(a.begin() + i * size.depth, a.begin() + (i + 1) * size.depth);
    // Half a step from rounding the value, half a step from rounding the zero point.
    const double step = (std::max(*high, 0.0f) - std::min(*low, 0.0f)) / 255;
    for (int64_t j = 0; j < size.columns; ++j) {
      double weights = 0;
      for (int64_t k = 0; k < size.depth; ++k) weights += std::abs(b[j * size.depth + k]);
      const int64_t at = i * size.columns + j;
      ASSERT_NEAR(output[at], expected.sums[at] * 0.01 + bias[j], weights * 0.01 * step * 1.001);
    }
  }
}

TEST_F(FullyConnectedTest, HybridBlockwise) {
  for (DType type : {DType::kInt4, DType::kInt8}) {
    for (bool weight_only : {false, true}) {
      for (auto [rows, columns, block_size] :
           {std::tuple{5, 67, 1}, {5, 67, 32}, {5, 67, 48}, {1, 1100, 32}, {40, 67, 64}}) {
        const MatMulSize size{rows, columns, block_size * 3};
        const int limit = type == DType::kInt8 ? 128 : 8;
        const auto a = LosslessRows(&random_, size);
        const auto b = random_.Integers<int8_t>(size.columns * size.depth, -limit, limit - 1);
        std::vector<uint16_t> scales;
        std::vector<double> scaled(b.begin(), b.end());
        for (float scale : random_.Scales(size.columns * 3, 1.0f / 64)) {
          for (int k = 0; k < block_size; ++k) scaled[scales.size() * block_size + k] *= scale;
          scales.push_back(FloatToHalf(scale));
        }
        const test::Product expected = test::Multiply(size, a, scaled);
        ir::Quantization q;
        q.block_size = block_size;
        q.block_scales = scales;
        OpRunner runner(ir::OpCode::FULLY_CONNECTED, weight_only ? WeightOnly() : Params());
        runner.AddInput<float>({size.rows, size.depth}, a);
        runner.AddBytes(type, {size.columns, size.depth},
                        type == DType::kInt8 ? test::BytesOf(b) : test::PackInt4(b), q, true);
        runner.AddOutput(DType::kFloat32);
        ASSERT_TRUE(runner.Run(2).ok());
        const auto output = runner.Output<float>(0);
        for (size_t i = 0; i < output.size(); ++i) {
          ASSERT_NEAR(output[i], expected.sums[i], FloatBound(size, expected.magnitudes[i]));
        }
      }
    }
  }
}

TEST_F(FullyConnectedTest, ZeroScalesAndZeroRowsGiveTheBias) {
  OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
  runner.AddInput<float>({2, 2}, {0, 0, 3, 4});
  runner.AddConstant<int8_t>({2, 2}, {0, 0, 1, 1}, PerRow({0.0f, 1.0f}));
  runner.AddConstant<float>({2}, {5, 6});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  const auto output = runner.Output<float>(0);
  EXPECT_EQ(output[0], 5);
  EXPECT_EQ(output[1], 6);
  EXPECT_EQ(output[2], 5);
  EXPECT_NEAR(output[3], 13, 2 * 4.0 / 255);  // a step for each of the two activations
}

TEST_F(FullyConnectedTest, ValuesThatAreNotFiniteAreNoCrash) {
  const float infinity = std::numeric_limits<float>::infinity();
  OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
  runner.AddInput<float>({3, 2}, {infinity, 1, -infinity, infinity, std::nanf(""), 3e38f});
  runner.AddConstant<int8_t>({1, 2}, {1, 1}, PerTensor(1.0f, 0));
  runner.AddOutput(DType::kFloat32);
  EXPECT_TRUE(runner.Run().ok());
}

// The output's integers against the real numbers they stand for. TFLite rounds 32-bit sums twice:
// first to steps of at most 2 * multiplier of an output step (half of that is lost), then to the
// output's. 64-bit sums are rounded once, with a multiplier of 15 bits: 2^-15 of up to 2^15 steps
// more.
template <typename T>
void ExpectRequantized(const std::vector<T>& output, const test::Product& sums,
                       const std::vector<double>& multipliers, int zero) {
  for (size_t i = 0; i < output.size(); ++i) {
    const double multiplier = multipliers[i % multipliers.size()];
    const double clamped =
        std::clamp<double>(sums.sums[i] * multiplier + zero, std::numeric_limits<T>::min(),
                           std::numeric_limits<T>::max());
    ASSERT_NEAR(output[i], clamped, 0.5 + (sizeof(T) == 1 ? multiplier : 1.0)) << i;
  }
}

TEST_F(FullyConnectedTest, Int8) {
  for (const MatMulSize& size : test::MatMulSizes()) {
    for (DType type : {DType::kInt8, DType::kInt4}) {
      const int limit = type == DType::kInt8 ? 128 : 8;
      const auto a = random_.Integers<int8_t>(size.rows * size.depth, -128, 127);
      const auto b = random_.Integers<int8_t>(size.columns * size.depth, -limit, limit - 1);
      const auto bias = random_.Integers<int32_t>(size.columns, -1000, 1000);
      std::vector<float> scales;
      std::vector<double> multipliers;
      for (int32_t j = 0; j < size.columns; ++j) {
        scales.push_back(0.01f + 0.001f * static_cast<float>(j % 7));
        multipliers.push_back(0.02f * static_cast<double>(scales.back()) / (size.depth * 0.01f));
      }
      std::vector<int> less_zero(a.begin(), a.end());
      for (int& value : less_zero) value -= 5;
      test::Product sums = test::Multiply(size, less_zero, b);
      for (size_t i = 0; i < sums.sums.size(); ++i) sums.sums[i] += bias[i % size.columns];
      OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
      runner.AddInput<int8_t>({size.rows, size.depth}, a, PerTensor(0.02f, 5));
      runner.AddBytes(type, {size.columns, size.depth},
                      type == DType::kInt8 ? test::BytesOf(b) : test::PackInt4(b), PerRow(scales),
                      true);
      runner.AddConstant<int32_t>({size.columns}, bias);
      runner.AddOutput(DType::kInt8, PerTensor(size.depth * 0.01f, -7));
      ASSERT_TRUE(runner.Run(2).ok());
      ExpectRequantized(runner.Output<int8_t>(0), sums, multipliers, -7);
    }
  }
}

TEST_F(FullyConnectedTest, UInt8SubtractsBothZeroPoints) {
  for (const MatMulSize& size : test::MatMulSizes()) {
    const auto a = random_.Integers<uint8_t>(size.rows * size.depth, 0, 255);
    const auto b = random_.Integers<uint8_t>(size.columns * size.depth, 0, 255);
    std::vector<int> a_less(a.begin(), a.end()), b_less(b.begin(), b.end());
    for (int& value : a_less) value -= 128;
    for (int& value : b_less) value -= 100;
    OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
    runner.AddInput<uint8_t>({size.rows, size.depth}, a, PerTensor(0.02f, 128));
    runner.AddInput<uint8_t>({size.columns, size.depth}, b, PerTensor(0.01f, 100));
    runner.AddOutput(DType::kUInt8, PerTensor(size.depth * 0.01f, 120));
    ASSERT_TRUE(runner.Run(2).ok());
    ExpectRequantized(runner.Output<uint8_t>(0), test::Multiply(size, a_less, b_less),
                      {0.02f * static_cast<double>(0.01f) / (size.depth * 0.01f)}, 120);
  }
}

TEST_F(FullyConnectedTest, Int16WithBiasesOfBothWidths) {
  for (const MatMulSize& size : test::MatMulSizes()) {
    for (bool wide : {false, true}) {
      const auto a = random_.Integers<int16_t>(size.rows * size.depth, -32768, 32767);
      const auto b = random_.Integers<int8_t>(size.columns * size.depth, -127, 127);
      const auto bias = random_.Integers<int64_t>(size.columns, -100000, 100000);
      test::Product sums = test::Multiply(size, a, b);
      for (size_t i = 0; i < sums.sums.size(); ++i) sums.sums[i] += bias[i % size.columns];
      OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
      runner.AddInput<int16_t>({size.rows, size.depth}, a, PerTensor(0.001f, 0));
      runner.AddConstant<int8_t>({size.columns, size.depth}, b, PerTensor(0.01f, 0));
      if (wide) {
        runner.AddConstant<int64_t>({size.columns}, bias);
      } else {
        runner.AddConstant<int32_t>({size.columns}, std::vector<int32_t>(bias.begin(), bias.end()));
      }
      runner.AddOutput(DType::kInt16, PerTensor(size.depth * 0.001f, 0));
      ASSERT_TRUE(runner.Run(2).ok());
      ExpectRequantized(runner.Output<int16_t>(0), sums,
                        {0.001f * static_cast<double>(0.01f) / (size.depth * 0.001f)}, 0);
    }
  }
}

TEST_F(FullyConnectedTest, IntegerActivationsAreClamped) {
  OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params(ir::Activation::kRelu6));
  runner.AddInput<int8_t>({3, 1}, {-50, 10, 100}, PerTensor(1.0f, 0));
  runner.AddConstant<int8_t>({1, 1}, {1}, PerTensor(0.5f, 0));
  runner.AddOutput(DType::kInt8, PerTensor(0.125f, -20));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(-20, -20 + 40, -20 + 48));
}

class FullyConnectedRefusalTest : public ::testing::Test {
 protected:
  static std::string Message(OpRunner& runner) { return std::string(runner.Run().message()); }
};

TEST_F(FullyConnectedRefusalTest, ShuffledWeightsByName) {
  ir::FullyConnectedParams params;
  params.shuffled_weights = true;
  OpRunner runner(ir::OpCode::FULLY_CONNECTED, params);
  runner.AddInput<float>({1, 1}, {1});
  runner.AddConstant<float>({1, 1}, {1});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(Message(runner), HasSubstr("SHUFFLED4x16INT8"));
}

TEST_F(FullyConnectedRefusalTest, WeightsThatAreNoMatrix) {
  for (const ir::Shape& shape : {ir::Shape{}, ir::Shape{4}, ir::Shape{1, 2, 2}, ir::Shape{4, 0}}) {
    OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
    runner.AddInput<float>({1, 2}, {1, 2});
    runner.AddConstant<float>(shape, std::vector<float>(shape.num_elements()));
    runner.AddOutput(DType::kFloat32);
    EXPECT_THAT(Message(runner), HasSubstr("expected [N, K]"));
  }
}

TEST_F(FullyConnectedRefusalTest, InputsThatAreNoRows) {
  OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
  runner.AddInput<float>({1, 5}, {1, 2, 3, 4, 5});
  runner.AddConstant<float>({1, 2}, {1, 2});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(Message(runner), HasSubstr("no number of rows of 2"));
}

TEST_F(FullyConnectedRefusalTest, ABiasOfAnotherLength) {
  OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
  runner.AddInput<float>({1, 1}, {1});
  runner.AddConstant<float>({2, 1}, {1, 2});
  runner.AddConstant<float>({3}, {1, 2, 3});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(Message(runner), HasSubstr("expected [2]"));
}

TEST_F(FullyConnectedRefusalTest, QuantizationThatDoesNotFit) {
  ir::Quantization along_depth = PerRow({1, 1, 1});
  along_depth.axis = 1;
  ir::Quantization few_blocks;
  few_blocks.block_size = 2;
  for (const ir::Quantization& q : {ir::Quantization{}, along_depth, few_blocks, PerTensor(1, 3)}) {
    OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
    runner.AddInput<float>({1, 3}, {1, 2, 3});
    runner.AddConstant<int8_t>({3, 3}, std::vector<int8_t>(9), q);
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
  OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params());
  runner.AddInput<int8_t>({1, 1}, {1}, PerTensor(1.0f, 200));
  runner.AddConstant<int8_t>({1, 1}, {1}, PerTensor(1.0f, 0));
  runner.AddOutput(DType::kInt8, PerTensor(1.0f, 0));
  EXPECT_THAT(Message(runner), HasSubstr("zero point 200"));
}

TEST_F(FullyConnectedRefusalTest, ActivationsThatAreNoRange) {
  OpRunner runner(ir::OpCode::FULLY_CONNECTED, Params(ir::Activation::kTanh));
  runner.AddInput<float>({1, 1}, {1});
  runner.AddConstant<float>({1, 1}, {1});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(Message(runner), HasSubstr("fused activation"));
}

}  // namespace
}  // namespace edgetasks
