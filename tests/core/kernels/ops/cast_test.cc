#include <limits>

#include "core/base/half.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using ir::OpCode;
using test::OpRunner;
using ::testing::ElementsAre;

template <typename To, typename From>
std::vector<To> Cast(const std::vector<From>& values, DType to) {
  OpRunner runner(OpCode::CAST);
  runner.AddInput<From>({static_cast<int32_t>(values.size())}, values);
  runner.AddOutput(to);
  EXPECT_TRUE(runner.Run(2).ok());
  return runner.Output<To>(0);
}

TEST(CastTest, FloatsSaturateIntoIntegers) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x = {1.9f, -1.9f, 300.0f, -1e20f, kNan};
  EXPECT_THAT(Cast<int8_t>(x, DType::kInt8), ElementsAre(1, -1, 127, -128, 0));
  EXPECT_THAT(Cast<uint8_t>(x, DType::kUInt8), ElementsAre(1, 0, 255, 0, 0));
  EXPECT_THAT(Cast<int32_t>(x, DType::kInt32),
              ElementsAre(1, -1, 300, std::numeric_limits<int32_t>::min(), 0));
  EXPECT_THAT(Cast<int64_t>(x, DType::kInt64),
              ElementsAre(1, -1, 300, std::numeric_limits<int64_t>::min(), 0));
}

TEST(CastTest, IntegersWrapIntoNarrowerOnes) {
  const std::vector<int64_t> x = {300, -1, (int64_t{1} << 32) + 5};
  EXPECT_THAT(Cast<int8_t>(x, DType::kInt8), ElementsAre(44, -1, 5));
  EXPECT_THAT(Cast<uint8_t>(x, DType::kUInt8), ElementsAre(44, 255, 5));
  EXPECT_THAT(Cast<int32_t>(x, DType::kInt32), ElementsAre(300, -1, 5));
}

TEST(CastTest, IntegersRoundOnceIntoFloats) {
  // 2^62 + 2^38 is halfway between two floats; with one more it is above.
  EXPECT_THAT(Cast<float>(std::vector<int64_t>{(int64_t{1} << 62) + (int64_t{1} << 38) + 1},
                          DType::kFloat32),
              ElementsAre(4611686568183201792.0f));
  EXPECT_THAT(Cast<float>(std::vector<int32_t>{-3, 16777217}, DType::kFloat32),
              ElementsAre(-3.0f, 16777216.0f));
}

TEST(CastTest, AnythingButZeroIsTrue) {
  EXPECT_THAT(Cast<uint8_t>(std::vector<float>{0.0f, -0.0f, 0.1f}, DType::kBool),
              ElementsAre(0, 0, 1));
  EXPECT_THAT(Cast<uint8_t>(std::vector<int32_t>{0, 256}, DType::kBool), ElementsAre(0, 1));
  OpRunner runner(OpCode::CAST);
  runner.AddBytes(DType::kBool, {3}, {0, 1, 9}, {}, false);
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(0, 1, 1));
}

TEST(CastTest, HalvesKeepTheirValue) {
  EXPECT_THAT(Cast<uint16_t>(std::vector<float>{1.0f, -2.5f}, DType::kFloat16),
              ElementsAre(0x3c00, 0xc100));
  EXPECT_THAT(Cast<uint16_t>(std::vector<float>{1.0f, -2.5f}, DType::kBFloat16),
              ElementsAre(0x3f80, 0xc020));
  for (const auto& [dtype, bits] :
       {std::pair<DType, uint16_t>{DType::kFloat16, 0xc100}, {DType::kBFloat16, 0xc020}}) {
    OpRunner runner(OpCode::CAST);
    runner.AddBytes(dtype, {1},
                    {static_cast<uint8_t>(bits & 0xff), static_cast<uint8_t>(bits >> 8)}, {},
                    false);
    runner.AddOutput(DType::kInt16);
    ASSERT_TRUE(runner.Run().ok());
    EXPECT_THAT(runner.Output<int16_t>(0), ElementsAre(-2));
  }
}

TEST(CastTest, PacksAndUnpacksInt4) {
  OpRunner unpack(OpCode::CAST);
  unpack.AddBytes(DType::kInt4, {3}, {0x87, 0x0f}, {}, false);
  unpack.AddOutput(DType::kInt32);
  ASSERT_TRUE(unpack.Run().ok());
  EXPECT_THAT(unpack.Output<int32_t>(0), ElementsAre(7, -8, -1));
  EXPECT_THAT(Cast<uint8_t>(std::vector<float>{7.5f, -100.0f, -1.0f}, DType::kInt4),
              ElementsAre(0x87, 0x0f));
  EXPECT_THAT(Cast<uint8_t>(std::vector<int32_t>{7, -8, 17}, DType::kInt4),
              ElementsAre(0x87, 0x01));
}

TEST(CastTest, CoversManyBlocksOverThreads) {
  std::vector<int32_t> x(100003);
  std::vector<float> expected(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<int32_t>(i);
    expected[i] = static_cast<float>(i);
  }
  EXPECT_EQ(Cast<float>(x, DType::kFloat32), expected);
}

TEST(CastTest, RefusesResources) {
  OpRunner runner(OpCode::CAST);
  runner.AddBytes(DType::kResource, {1}, {0, 0, 0, 0}, {}, false);
  runner.AddOutput(DType::kFloat32);
  EXPECT_FALSE(runner.Run().ok());
}

}  // namespace
}  // namespace edgetasks
