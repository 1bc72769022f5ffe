#include "core/image/sampling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace edgetasks::image {
namespace {

using ::testing::HasSubstr;

PixelView Gray(absl::Span<const uint8_t> data, int width, int height) {
  return {data, width, height, width, PixelFormat::kGray};
}

TEST(SamplingTapsTest, WholePictureStartsAtTheFirstPixelWithoutAHalfPixelShift) {
  const std::vector<uint8_t> pixels(8 * 4);
  SamplingTaps taps(4, 2);
  taps.Set(Gray(pixels, 8, 4), View{});
  // x = 4 + (i / 4 - 1/2) * 8 = 2 i; y = 2 + (j / 2 - 1/2) * 4 = 2 j.
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(taps.columns()[i].offset0, 2 * i);
    EXPECT_EQ(taps.columns()[i].offset1, 2 * i + 1);
    EXPECT_EQ(taps.columns()[i].weight1, 0);
  }
  EXPECT_EQ(taps.rows()[1].offset0, 2 * 8);
  EXPECT_EQ(taps.rows()[1].offset1, 3 * 8);
}

TEST(SamplingTapsTest, ReplicatesTheBorderWhenTurned) {
  const std::vector<uint8_t> pixels(4 * 4);
  SamplingTaps taps(4, 4);
  View view;
  view.rotation_degrees = 180;
  taps.Set(Gray(pixels, 4, 4), view);
  // x = 2 - (i / 4 - 1/2) * 4 = 4 - i: the first column reads pixel 4, behind the last one.
  EXPECT_EQ(taps.columns()[0].offset0, 3);
  EXPECT_EQ(taps.columns()[0].offset1, 3);
  EXPECT_EQ(taps.columns()[1].offset0, 3);
  EXPECT_EQ(taps.columns()[3].offset0, 1);
}

TEST(SamplingTapsTest, QuarterTurnReadsRowsAlongTheTensorsColumns) {
  const std::vector<uint8_t> pixels(8 * 4);
  SamplingTaps taps(4, 8);
  View view;
  view.rotation_degrees = 90;
  taps.Set(Gray(pixels, 8, 4), view);
  // y = 2 - (i / 4 - 1/2) * 4 = 4 - i; x = 4 + (j / 8 - 1/2) * 8 = j.
  EXPECT_EQ(taps.columns()[1].offset0, 3 * 8);
  EXPECT_EQ(taps.columns()[3].offset0, 1 * 8);
  EXPECT_EQ(taps.rows()[5].offset0, 5);
}

TEST(SamplingTapsTest, NegativeAndLargeAnglesWrap) {
  const std::vector<uint8_t> pixels(8 * 4);
  const PixelView picture = Gray(pixels, 8, 4);
  SamplingTaps a(3, 5), b(3, 5);
  View turned, same;
  turned.rotation_degrees = -90;
  same.rotation_degrees = 270 + 360;
  a.Set(picture, turned);
  b.Set(picture, same);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(a.columns()[i].offset0, b.columns()[i].offset0);
    EXPECT_EQ(a.columns()[i].weight1, b.columns()[i].weight1);
  }
}

TEST(ViewTest, RefusesRegionsThatAreEmptyOutsideOrNotNumbers) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const View bad[] = {{-0.1, 0, 1, 1},  {0, 0, 1.01, 1}, {0.5, 0, 0.5, 1},
                      {0, 0.7, 1, 0.2}, {kNan, 0, 1, 1}, {0, 0, 1, kNan}};
  for (const View& view : bad) {
    const absl::Status status = Validate(view);
    EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidOption);
    EXPECT_THAT(std::string(status.message()), HasSubstr("0 <= left < right <= 1"));
  }
  EXPECT_TRUE(Validate(View{0, 0, 1, 1, -270}).ok());
}

TEST(ViewTest, RefusesAnglesBetweenQuarterTurns) {
  const absl::Status status = Validate(View{0, 0, 1, 1, 45});
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidOption);
  EXPECT_THAT(std::string(status.message()), HasSubstr("rotation_degrees is 45"));
}

}  // namespace
}  // namespace edgetasks::image
