#include "core/kernels/ref/convert.h"

#include <limits>

#include "gtest/gtest.h"

namespace edgetasks::kernels::ref {
namespace {

TEST(ConvertTest, SaturatesTowardsZero) {
  EXPECT_EQ(SaturateTo<int8_t>(127.9f), 127);
  EXPECT_EQ(SaturateTo<int8_t>(128.0f), 127);
  EXPECT_EQ(SaturateTo<int8_t>(-128.9f), -128);
  EXPECT_EQ(SaturateTo<int8_t>(-1.9f), -1);
  EXPECT_EQ(SaturateTo<uint8_t>(255.9f), 255);
  EXPECT_EQ(SaturateTo<uint8_t>(-0.5f), 0);
  EXPECT_EQ(SaturateTo<int32_t>(2147483520.0f), 2147483520);  // the last float below 2^31
  EXPECT_EQ(SaturateTo<int32_t>(2147483648.0f), std::numeric_limits<int32_t>::max());
  EXPECT_EQ(SaturateTo<int32_t>(-2147483648.0f), std::numeric_limits<int32_t>::min());
  EXPECT_EQ(SaturateTo<int64_t>(9.3e18f), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(SaturateTo<int64_t>(-std::numeric_limits<float>::infinity()),
            std::numeric_limits<int64_t>::min());
}

TEST(ConvertTest, NanBecomesZero) {
  EXPECT_EQ(SaturateTo<int32_t>(std::numeric_limits<float>::quiet_NaN()), 0);
  EXPECT_EQ(SaturateTo<uint8_t>(std::numeric_limits<float>::quiet_NaN()), 0);
}

TEST(ConvertTest, ReadsTheLowNibbleFirst) {
  const uint8_t packed[] = {0x87, 0xf0};
  EXPECT_EQ(ReadInt4(packed, 0), 7);
  EXPECT_EQ(ReadInt4(packed, 1), -8);
  EXPECT_EQ(ReadInt4(packed, 2), 0);
  EXPECT_EQ(ReadInt4(packed, 3), -1);
}

}  // namespace
}  // namespace edgetasks::kernels::ref
