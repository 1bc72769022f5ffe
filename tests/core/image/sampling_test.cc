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

std::vector<Tap> Taps(const Axis& axis) {
  std::vector<Tap> taps(axis.count);
  FillTaps(axis, absl::MakeSpan(taps));
  return taps;
}

TEST(LocateTest, WholePictureStartsAtTheFirstPixelWithoutAHalfPixelShift) {
  const std::vector<uint8_t> pixels(8 * 4);
  const Geometry geometry = Locate(Gray(pixels, 8, 4), View{}, ResizeMode::kStretch, 4, 2);
  const std::vector<Tap> columns = Taps(geometry.columns), rows = Taps(geometry.rows);
  // x = 4 + (i / 4 - 1/2) * 8 = 2 i; y = 2 + (j / 2 - 1/2) * 4 = 2 j.
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(columns[i].first, 2 * i);
    EXPECT_EQ(columns[i].second, 2 * i + 1);
    EXPECT_EQ(columns[i].second_weight, 0);
  }
  EXPECT_EQ(rows[1].first, 2);
  EXPECT_EQ(rows[1].second, 3);
  EXPECT_FALSE(geometry.turned);
}

TEST(LocateTest, ReplicatesTheBorderWhenTurned) {
  const std::vector<uint8_t> pixels(4 * 4);
  View view;
  view.rotation_degrees = 180;
  const std::vector<Tap> columns =
      Taps(Locate(Gray(pixels, 4, 4), view, ResizeMode::kStretch, 4, 4).columns);
  // x = 2 - (i / 4 - 1/2) * 4 = 4 - i: the first column reads pixel 4, behind the last one.
  EXPECT_EQ(columns[0].first, 3);
  EXPECT_EQ(columns[0].second, 3);
  EXPECT_EQ(columns[1].first, 3);
  EXPECT_EQ(columns[3].first, 1);
}

TEST(LocateTest, QuarterTurnReadsRowsAlongTheTensorsColumns) {
  const std::vector<uint8_t> pixels(8 * 4);
  View view;
  view.rotation_degrees = 90;
  const Geometry geometry = Locate(Gray(pixels, 8, 4), view, ResizeMode::kStretch, 4, 8);
  const std::vector<Tap> columns = Taps(geometry.columns), rows = Taps(geometry.rows);
  // y = 2 - (i / 4 - 1/2) * 4 = 4 - i; x = 4 + (j / 8 - 1/2) * 8 = j.
  EXPECT_TRUE(geometry.turned);
  EXPECT_EQ(columns[1].first, 3);
  EXPECT_EQ(columns[3].first, 1);
  EXPECT_EQ(rows[5].first, 5);
}

TEST(LocateTest, NegativeAndLargeAnglesWrap) {
  const std::vector<uint8_t> pixels(8 * 4);
  const PixelView picture = Gray(pixels, 8, 4);
  View turned, same;
  turned.rotation_degrees = -90;
  same.rotation_degrees = 270 + 360;
  const std::vector<Tap> a = Taps(Locate(picture, turned, ResizeMode::kStretch, 3, 5).columns);
  const std::vector<Tap> b = Taps(Locate(picture, same, ResizeMode::kStretch, 3, 5).columns);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(a[i].first, b[i].first);
    EXPECT_EQ(a[i].second_weight, b[i].second_weight);
  }
}

TEST(LocateTest, LetterboxCentresWhatFits) {
  const std::vector<uint8_t> pixels(40 * 10);
  const PixelView wide = Gray(pixels, 40, 10);
  Geometry geometry = Locate(wide, View{}, ResizeMode::kLetterbox, 20, 20);
  EXPECT_EQ(geometry.columns.count, 20);
  EXPECT_EQ(geometry.rows.count, 5);  // 10 / 40 * 20
  EXPECT_EQ(geometry.top, 8);         // 7.5, to even
  EXPECT_EQ(geometry.left, 0);
  View turned;
  turned.rotation_degrees = 90;
  geometry = Locate(wide, turned, ResizeMode::kLetterbox, 20, 20);
  EXPECT_EQ(geometry.columns.count, 5);
  EXPECT_EQ(geometry.rows.count, 20);
  EXPECT_EQ(geometry.left, 8);
  // A thread keeps a pixel.
  geometry = Locate(Gray(pixels, 400, 1), View{}, ResizeMode::kLetterbox, 20, 20);
  EXPECT_EQ(geometry.rows.count, 1);
}

TEST(LocateTest, CenterCropKeepsTheTensorsShape) {
  const std::vector<uint8_t> pixels(40 * 10);
  View view{0.5, 0, 1, 1, 0};  // 20 x 10 pixels around (30, 5)
  const Geometry geometry = Locate(Gray(pixels, 40, 10), view, ResizeMode::kCenterCrop, 6, 12);
  EXPECT_EQ(geometry.columns.center, 30);
  EXPECT_EQ(geometry.columns.extent, 5);
  EXPECT_EQ(geometry.rows.extent, 10);
  EXPECT_EQ(geometry.columns.count, 6);
  EXPECT_EQ(geometry.rows.count, 12);
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
