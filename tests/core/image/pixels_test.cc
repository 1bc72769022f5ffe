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

}  // namespace
}  // namespace edgetasks::image
