// The orientation of photographs, against Pillow 13's ImageOps.exif_transpose.
#include "cpp_api/cli/orientation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cpp_api/cli/picture_reader.h"
#include "tests/support/mutator.h"

#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>

namespace edgetasks::cli {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

constexpr int kBlock = 8;  // of a JPEG

// The picture ABC/DEF, stored with orientations 1 to 8, as Pillow shows it.
struct Upright {
  int width;
  const char* pixels;
};
constexpr Upright kUpright[] = {{3, "ABCDEF"}, {3, "CBAFED"}, {3, "FEDCBA"}, {3, "DEFABC"},
                                {2, "ADBECF"}, {2, "DAEBFC"}, {2, "FCEBDA"}, {2, "CFBEAD"}};

void Append(std::vector<uint8_t>* bytes, uint32_t value, int size, bool little_endian) {
  for (int i = 0; i < size; ++i) {
    const int shift = 8 * (little_endian ? i : size - 1 - i);
    bytes->push_back(static_cast<uint8_t>(value >> shift));
  }
}

void AppendText(std::vector<uint8_t>* bytes, const std::string& text) {
  bytes->insert(bytes->end(), text.begin(), text.end());
}

// What a camera writes: the maker's name in front of the orientation.
struct ExifForm {
  bool little_endian = true;
  uint32_t type = 3, count = 1, gap = 0;  // gap: bytes between the header and the directory
};

std::vector<uint8_t> Exif(uint32_t orientation, const ExifForm& form = {}) {
  const bool le = form.little_endian;
  std::vector<uint8_t> body;
  AppendText(&body, std::string("Exif\0\0", 6));
  AppendText(&body, le ? std::string("II*\0", 4) : std::string("MM\0*", 4));
  Append(&body, 8 + form.gap, 4, le);
  body.resize(body.size() + form.gap);
  Append(&body, 2, 2, le);
  Append(&body, 0x010f, 2, le);  // Make, ASCII, in the value field
  Append(&body, 2, 2, le);
  Append(&body, 4, 4, le);
  AppendText(&body, std::string("Cam\0", 4));
  Append(&body, 0x0112, 2, le);
  Append(&body, form.type, 2, le);
  Append(&body, form.count, 4, le);
  Append(&body, orientation, 2, le);
  Append(&body, 0, 2, le);
  Append(&body, 0, 4, le);  // no second directory
  return body;
}

std::vector<uint8_t> Segment(int marker, const std::vector<uint8_t>& body) {
  std::vector<uint8_t> bytes = {0xff, static_cast<uint8_t>(marker)};
  Append(&bytes, static_cast<uint32_t>(body.size() + 2), 2, false);
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

// A real JPEG of ABC/DEF, a block a letter, gray of 40 levels a letter; `segments` stand behind
// its first marker.
std::vector<uint8_t> Jpeg(const std::vector<uint8_t>& segments) {
  std::vector<uint8_t> pixels;
  for (int y = 0; y < 2 * kBlock; ++y) {
    for (int x = 0; x < 3 * kBlock; ++x) {
      pixels.push_back(static_cast<uint8_t>(40 * (y / kBlock * 3 + x / kBlock)));
    }
  }
  std::vector<uint8_t> jpeg;
  const auto append = [](void* to, void* data, int size) {
    auto* bytes = static_cast<uint8_t*>(data);
    static_cast<std::vector<uint8_t>*>(to)->insert(static_cast<std::vector<uint8_t>*>(to)->end(),
                                                   bytes, bytes + size);
  };
  stbi_write_jpg_to_func(append, &jpeg, 3 * kBlock, 2 * kBlock, 1, pixels.data(), 100);
  jpeg.insert(jpeg.begin() + 2, segments.begin(), segments.end());
  return jpeg;
}

TEST(OrientationTest, TurnsEveryOrientationOfEveryPixelSize) {
  for (int channels : {1, 3, 4}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      SCOPED_TRACE(absl::StrCat(channels, " channels, orientation ", orientation));
      std::vector<uint8_t> stored, expected;
      for (const char letter : std::string("ABCDEF")) {
        for (int c = 0; c < channels; ++c) stored.push_back(static_cast<uint8_t>(letter + 10 * c));
      }
      for (const char letter : std::string(kUpright[orientation - 1].pixels)) {
        for (int c = 0; c < channels; ++c) {
          expected.push_back(static_cast<uint8_t>(letter + 10 * c));
        }
      }
      int width = 3, height = 2;
      TurnUpright(orientation, channels, &width, &height, &stored);
      EXPECT_EQ(width, kUpright[orientation - 1].width);
      EXPECT_EQ(height, 6 / width);
      EXPECT_EQ(stored, expected);
    }
  }
}

TEST(OrientationTest, PhotographsComeUpright) {
  for (const bool little_endian : {true, false}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      SCOPED_TRACE(orientation);
      ExifForm form;
      form.little_endian = little_endian;
      const auto picture =
          DecodePicture(Jpeg(Segment(0xe1, Exif(orientation, form))), "photograph.jpg");
      ASSERT_TRUE(picture.ok()) << picture.status();
      const Upright& upright = kUpright[orientation - 1];
      ASSERT_EQ(picture->width, upright.width * kBlock);
      ASSERT_EQ(picture->height, 6 / upright.width * kBlock);
      const int channels = static_cast<int>(picture->pixels.size()) / (6 * kBlock * kBlock);
      for (int y = 0; y < picture->height; ++y) {
        for (int x = 0; x < picture->width; ++x) {
          const int level = 40 * (upright.pixels[y / kBlock * upright.width + x / kBlock] - 'A');
          // A flat block is its mean, whose coefficient quality 100 rounds to an eighth of a level;
          // that of each colour difference adds a level at most.
          ASSERT_THAT(picture->pixels[(y * picture->width + x) * channels],
                      AllOf(Ge(level - 2), Le(level + 2)));
        }
      }
    }
  }
}

TEST(OrientationTest, FindsExifBehindOtherSegmentsAndFillBytes) {
  std::vector<uint8_t> jpeg = {0xff, 0xd8};
  const auto add = [&jpeg](const std::vector<uint8_t>& part) {
    jpeg.insert(jpeg.end(), part.begin(), part.end());
  };
  add(Segment(0xe0, {'J', 'F', 'I', 'F', 0}));
  const std::string xmp = "http://ns.adobe.com/xap/1.0/";
  add(Segment(0xe1, {xmp.begin(), xmp.end()}));
  add({0xff, 0x01, 0xff, 0xff});  // a marker without length, and fill bytes
  ExifForm form;
  form.gap = 6;
  add(Segment(0xe1, Exif(6, form)));
  EXPECT_EQ(ExifOrientation(jpeg), 6);
}

TEST(OrientationTest, WhatIsNotSaidOrDamagedIsUpright) {
  const auto with = [](const std::vector<uint8_t>& body) { return Jpeg(Segment(0xe1, body)); };
  EXPECT_EQ(ExifOrientation({}), 1);
  EXPECT_EQ(ExifOrientation(Jpeg({})), 1);
  for (uint32_t value : {0u, 9u, 65535u}) EXPECT_EQ(ExifOrientation(with(Exif(value))), 1);
  ExifForm form;
  form.type = 4;
  EXPECT_EQ(ExifOrientation(with(Exif(6, form))), 1);
  form = {};
  form.count = 2;
  EXPECT_EQ(ExifOrientation(with(Exif(6, form))), 1);
  std::vector<uint8_t> body = Exif(6);
  body[6] = 'X';  // neither byte order
  EXPECT_EQ(ExifOrientation(with(body)), 1);
  body = Exif(6);
  body[13] = 0xff;  // the directory is 4 GB away
  EXPECT_EQ(ExifOrientation(with(body)), 1);
  body = Exif(6);
  body[14] = body[15] = 0xff;  // 65535 entries: the one that is there counts
  EXPECT_EQ(ExifOrientation(with(body)), 6);
  // A segment that would reach beyond the file.
  EXPECT_EQ(ExifOrientation(std::vector<uint8_t>{0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 'E'}), 1);
  // Behind the start of the scan nothing is a segment.
  std::vector<uint8_t> late = {0xff, 0xd8, 0xff, 0xda, 0x00, 0x02};
  const std::vector<uint8_t> segment = Segment(0xe1, Exif(6));
  late.insert(late.end(), segment.begin(), segment.end());
  EXPECT_EQ(ExifOrientation(late), 1);
}

// The vectors end where the files do, so that a sanitizer sees any read behind them.
TEST(OrientationTest, SurvivesDamage) {
  const std::vector<uint8_t> segment = Segment(0xe1, Exif(8));
  std::vector<uint8_t> file = {0xff, 0xd8};
  file.insert(file.end(), segment.begin(), segment.end());
  for (size_t size = 0; size < file.size(); ++size) {
    const std::vector<uint8_t> cut(file.begin(), file.begin() + size);
    EXPECT_EQ(ExifOrientation(cut), 1) << size;
  }
  test::Mutator mutator(file, /*seed=*/1);
  for (int i = 0; i < 200000; ++i) {
    const std::vector<uint8_t> mutant = mutator.Next();
    const int orientation = ExifOrientation(mutant);
    ASSERT_THAT(orientation, AllOf(Ge(1), Le(8))) << mutator.description();
  }
}

TEST(OrientationTest, DamagedPhotographsAreErrorsOrPictures) {
  const std::vector<uint8_t> segment = Segment(0xe1, Exif(5));
  test::Mutator mutator(Jpeg(segment), /*seed=*/2);
  mutator.Focus(2, 2 + segment.size());
  for (int i = 0; i < 3000; ++i) {
    const auto picture = DecodePicture(mutator.Next(), "mutant");
    if (!picture.ok()) continue;
    const int channels = picture->format == PixelFormat::kGray  ? 1
                         : picture->format == PixelFormat::kRgb ? 3
                                                                : 4;
    ASSERT_EQ(picture->pixels.size(), size_t{1} * picture->width * picture->height * channels)
        << mutator.description();
  }
}

}  // namespace
}  // namespace edgetasks::cli
