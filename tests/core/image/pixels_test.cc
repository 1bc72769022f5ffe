#include "core/image/pixels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace edgetasks::image {
namespace {

using ::testing::HasSubstr;

void ExpectInvalid(const PixelView& picture, const std::string& part_of_message) {
  const absl::Status status = Validate(picture);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidImage);
  EXPECT_THAT(std::string(status.message()), HasSubstr(part_of_message));
}

TEST(PixelViewTest, LastRowNeedsNoPadding) {
  const std::vector<uint8_t> data(16 + 6);
  EXPECT_TRUE(Validate({data, 2, 2, 16, PixelFormat::kRgb}).ok());
  ExpectInvalid({absl::MakeSpan(data).first(21), 2, 2, 16, PixelFormat::kRgb}, "(22)");
}

TEST(PixelViewTest, RefusesNullData) { ExpectInvalid({{}, 2, 2, 6, PixelFormat::kRgb}, "null"); }

TEST(PixelViewTest, RefusesEmptyAndHugeSides) {
  const std::vector<uint8_t> data(64);
  ExpectInvalid({data, 0, 2, 6, PixelFormat::kRgb}, "0 x 2");
  ExpectInvalid({data, 2, -1, 6, PixelFormat::kRgb}, "2 x -1");
  ExpectInvalid({data, kMaxSide + 1, 1, kMaxSide + 1, PixelFormat::kGray}, "1 to 1048576");
}

TEST(PixelViewTest, RefusesAStrideShorterThanARow) {
  const std::vector<uint8_t> data(64);
  ExpectInvalid({data, 4, 2, 12, PixelFormat::kRgba}, "takes 16");
  ExpectInvalid({data, 4, 2, -16, PixelFormat::kRgba}, "stride is -16");
}

TEST(PixelViewTest, StrideThatOverflowsIsAnErrorNotACrash) {
  const std::vector<uint8_t> data(64);
  ExpectInvalid({data, 4, 3, std::numeric_limits<int64_t>::max(), PixelFormat::kRgba}, "need more");
}

PixelView Luma(const std::vector<uint8_t>& data, int width, int height, PixelFormat format) {
  return {data, width, height, width, format};
}

TEST(LocateChromaTest, ChromaBehindTheLumaHasItsStrides) {
  // 5 x 3: two rows of three samples each.
  const std::vector<uint8_t> data(15 + 12);
  PixelView nv21 = Luma(data, 5, 3, PixelFormat::kNv21);
  ASSERT_TRUE(LocateChroma({}, nv21).ok());
  EXPECT_EQ(nv21.v.data.data(), data.data() + 15);
  EXPECT_EQ(nv21.u.data.data(), data.data() + 16);
  EXPECT_EQ(nv21.u.stride, 6);
  EXPECT_TRUE(Validate(nv21).ok());
  PixelView yv12 = Luma(data, 5, 3, PixelFormat::kYv12);
  ASSERT_TRUE(LocateChroma({}, yv12).ok());
  EXPECT_EQ(yv12.v.data.data(), data.data() + 15);
  EXPECT_EQ(yv12.u.data.data(), data.data() + 21);
  EXPECT_EQ(yv12.u.stride, 3);
  EXPECT_TRUE(Validate(yv12).ok());
}

TEST(LocateChromaTest, ShortDataIsRefusedByByte) {
  const std::vector<uint8_t> data(15 + 12);
  for (const PixelFormat format : {PixelFormat::kNv12, PixelFormat::kI420}) {
    for (size_t size = 1; size < data.size(); ++size) {
      PixelView picture = Luma(data, 5, 3, format);
      picture.data = absl::MakeSpan(data).first(size);
      absl::Status status = LocateChroma({}, picture);
      if (status.ok()) status = Validate(picture);
      EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidImage) << size;
    }
  }
}

TEST(LocateChromaTest, Yuv420NeedsItsPlanes) {
  const std::vector<uint8_t> data(64);
  PixelView picture = Luma(data, 4, 4, PixelFormat::kYuv420);
  EXPECT_THAT(std::string(LocateChroma({}, picture).message()), HasSubstr("give U and V"));
  EXPECT_THAT(std::string(LocateChroma({{data, 0, 0}, {}}, picture).message()),
              HasSubstr("one of the two chroma planes is null"));
}

TEST(LocateChromaTest, PlanesThatDoNotHoldTheirSamplesAreNamed) {
  const std::vector<uint8_t> data(64), chroma(7);
  const auto refused = [&](const Plane& u, const Plane& v, const std::string& message) {
    PixelView picture = Luma(data, 8, 8, PixelFormat::kYuv420);
    ASSERT_TRUE(LocateChroma({u, v}, picture).ok());
    ExpectInvalid(picture, message);
  };
  const Plane good{data, 8, 2};
  refused({chroma, 8, 2}, good,
          "the U data holds 7 bytes; 4 x 4 samples with stride 8 need more (31)");
  refused(good, {data, 6, 2},
          "the V stride is 6 bytes; a row of 4 samples, 2 bytes apart, takes 7");
  refused(good, {data, 8, -1}, "the V pixel stride is -1");
  refused({data, std::numeric_limits<int64_t>::max(), 1}, good, "the U data holds 64 bytes");
  refused({data, std::numeric_limits<int64_t>::min(), 1}, good, "the U stride");
  refused({data, 8, std::numeric_limits<int64_t>::max()}, good, "the U pixel stride");
}

TEST(LocateChromaTest, PairsNeedAPixelStrideOfTwo) {
  const std::vector<uint8_t> data(64), one(1);
  PixelView picture = Luma(data, 8, 8, PixelFormat::kNv12);
  EXPECT_THAT(std::string(LocateChroma({{data, 8, 1}, {}}, picture).message()),
              HasSubstr("pixel stride 1; it needs at least 2"));
  EXPECT_THAT(std::string(LocateChroma({{one, 8, 2}, {}}, picture).message()),
              HasSubstr("holds 1 bytes"));
}

}  // namespace
}  // namespace edgetasks::image
