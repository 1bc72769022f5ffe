#include "core/image/value_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "core/base/error.h"

namespace edgetasks::image {
namespace {

using ::testing::HasSubstr;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(NormalizedValuesTest, OneValueStandsForAllChannels) {
  const auto table = NormalizedValues({{127.5f}, {127.5f}}, 3);
  ASSERT_TRUE(table.ok());
  for (int c = 0; c < 3; ++c) {
    EXPECT_EQ((*table)[c][0], -1.0f);
    EXPECT_EQ((*table)[c][255], 1.0f);
  }
}

TEST(NormalizedValuesTest, ChannelsHaveTheirOwnValues) {
  const auto table = NormalizedValues({{10, 20, 30}, {1, 2, 4}}, 3);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ((*table)[0][110], 100.0f);
  EXPECT_EQ((*table)[1][110], 45.0f);
  EXPECT_EQ((*table)[2][110], 20.0f);
}

TEST(NormalizedValuesTest, RefusesWrongCountsAndValues) {
  const Normalization bad[] = {{{1, 2}, {1}},      {{1}, {}},          {{1}, {0}},
                               {{kInfinity}, {1}}, {{1}, {kInfinity}}, {{0}, {1e-40f}}};
  for (const Normalization& normalization : bad) {
    const auto table = NormalizedValues(normalization, 3);
    EXPECT_EQ(GetErrorDetail(table.status()), ErrorDetail::kInvalidOption);
  }
  EXPECT_THAT(std::string(NormalizedValues(bad[0], 3).status().message()),
              HasSubstr("mean has 2 values; give 1 for all channels, or 3"));
}

TEST(QuantizedValuesTest, RoundsHalvesAwayFromZeroAndClamps) {
  // normalized = byte - 100; / 2 gives halves for odd differences.
  const auto table = QuantizedValues<int8_t>({{100}, {1}}, {2.0f, 3}, 1);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ((*table)[0][100], 3);
  EXPECT_EQ((*table)[0][101], 4);   // 0.5 -> 1
  EXPECT_EQ((*table)[0][99], 2);    // -0.5 -> -1
  EXPECT_EQ((*table)[0][255], 81);  // 77.5 -> 78
  const auto clamped = QuantizedValues<uint8_t>({{100}, {1}}, {0.25f, 0}, 1);
  ASSERT_TRUE(clamped.ok());
  EXPECT_EQ((*clamped)[0][0], 0);
  EXPECT_EQ((*clamped)[0][255], 255);
}

TEST(QuantizedValuesTest, RefusesAScaleThatIsNoStep) {
  for (const float scale : {0.0f, -1.0f, kInfinity}) {
    EXPECT_FALSE(QuantizedValues<int8_t>({{0}, {1}}, {scale, 0}, 1).ok());
  }
}

TEST(QuantizedValuesTest, TinyScaleClampsInsteadOfOverflowing) {
  const auto table = QuantizedValues<int8_t>({{0}, {1}}, {1e-40f, 2147483647}, 1);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ((*table)[0][255], 127);
}

TEST(RawValuesTest, BytesKeepTheirOrderInBothTypes) {
  EXPECT_EQ(RawValues<uint8_t>(3)[2][200], 200);
  EXPECT_EQ(RawValues<int8_t>(3)[2][0], -128);
  EXPECT_EQ(RawValues<int8_t>(3)[2][255], 127);
}

}  // namespace
}  // namespace edgetasks::image
