#include <algorithm>
#include <cmath>
#include <limits>

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

ir::Quantization PerChannel(std::vector<float> scales, std::vector<int32_t> zero_points, int axis) {
  ir::Quantization q;
  q.scales = std::move(scales);
  q.zero_points = std::move(zero_points);
  q.axis = axis;
  return q;
}

TEST(QuantizeTest, RoundsAndClampsFloats) {
  OpRunner runner(OpCode::QUANTIZE);
  runner.AddInput<float>({5}, {0.0f, 0.74f, -0.75f, 1000.0f, -1000.0f});
  runner.AddOutput(DType::kInt8, PerTensor(0.5f, 1));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(1, 2, -1, 127, -128));
}

TEST(QuantizeTest, QuantizesByChannel) {
  OpRunner runner(OpCode::QUANTIZE);
  runner.AddInput<float>({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  runner.AddOutput(DType::kInt16, PerChannel({0.5f, 2.0f}, {0, 0}, 1));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int16_t>(0), ElementsAre(2, 4, 2, 2, 10, 12, 4, 4));
}

TEST(QuantizeTest, RequantizesIntegers) {
  OpRunner same(OpCode::QUANTIZE);
  same.AddInput<uint8_t>({3}, {0, 128, 255}, PerTensor(0.1f, 128));
  same.AddOutput(DType::kInt8, PerTensor(0.1f, 0));
  ASSERT_TRUE(same.Run().ok());
  EXPECT_THAT(same.Output<int8_t>(0), ElementsAre(-128, 0, 127));

  OpRunner wider(OpCode::QUANTIZE);
  wider.AddInput<int16_t>({3}, {-32768, 0, 32767}, PerTensor(1.0f, 0));
  wider.AddOutput(DType::kInt32, PerTensor(0.0009765625f, 1));
  ASSERT_TRUE(wider.Run().ok());
  EXPECT_THAT(wider.Output<int32_t>(0), ElementsAre(-33554431, 1, 33553409));
}

// Every byte, with scales that move values, clamp them, or leave them but for the zero point.
TEST(QuantizeTest, RequantizesEveryByte) {
  for (const float output_scale : {0.5f, 0.25f, 1.5f}) {
    for (const int zero : {-128, -5, 127}) {
      std::vector<uint8_t> bytes;
      for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<uint8_t>(i));
      OpRunner runner(OpCode::QUANTIZE);
      runner.AddInput<uint8_t>({256}, bytes, PerTensor(0.5f, 100));
      runner.AddOutput(DType::kInt8, PerTensor(output_scale, zero));
      ASSERT_TRUE(runner.Run().ok());
      const auto out = runner.Output<int8_t>(0);
      for (int i = 0; i < 256; ++i) {
        const double exact = (i - 100) * 0.5 / output_scale + zero;
        // Multipliers of 1 and 2 are exact; a third is rounded twice.
        EXPECT_NEAR(out[i], std::clamp(std::round(exact), -128.0, 127.0),
                    output_scale == 1.5f ? 1 : 0)
            << i;
      }
    }
  }
}

TEST(QuantizeTest, RequantizesChannelsIntoOneScale) {
  OpRunner runner(OpCode::QUANTIZE);
  runner.AddInput<int8_t>({2, 2}, {1, 2, 1, 2}, PerChannel({1.0f, 3.0f}, {0, 0}, 0));
  runner.AddOutput(DType::kInt8, PerTensor(0.5f, 0));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int8_t>(0), ElementsAre(2, 4, 6, 12));
}

TEST(QuantizeTest, ScaleZeroGivesZeroPoints) {
  OpRunner runner(OpCode::QUANTIZE);
  runner.AddInput<float>({2}, {5, std::numeric_limits<float>::infinity()});
  runner.AddOutput(DType::kUInt8, PerTensor(0.0f, 9));
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<uint8_t>(0), ElementsAre(9, 9));
}

TEST(QuantizeTest, RefusesScalesThatDoNotFit) {
  OpRunner missing(OpCode::QUANTIZE);
  missing.AddInput<float>({1}, {1});
  missing.AddOutput(DType::kInt8);
  EXPECT_THAT(std::string(missing.Run().message()), HasSubstr("needs scales and zero points"));

  OpRunner axis(OpCode::QUANTIZE);
  axis.AddInput<float>({3}, {1, 2, 3});
  axis.AddOutput(DType::kInt8, PerChannel({1.0f, 1.0f}, {0, 0}, 0));
  EXPECT_THAT(std::string(axis.Run().message()), HasSubstr("2 scales along axis 0"));
}

}  // namespace
}  // namespace edgetasks
