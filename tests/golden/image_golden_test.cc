// What becomes of pictures against OpenCV, Pillow and numpy; record_resize.py says how it was made.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "core/image/image_to_tensor.h"
#include "tests/golden/golden_data.h"

namespace edgetasks::image {
namespace {

using nlohmann::json;

// Of 255. The references round in other places: Pillow between the two axes, OpenCV in 1 / 2^11 or
// float, numpy only at the end. Each rounds once more, or once less, than this library does.
constexpr int kTolerance = 1;

const json& Goldens() {
  static const json* const goldens = new json(
      testing::ReadJson(std::string(EDGETASKS_SOURCE_DIR) + "/tests/golden/data/resize.json"));
  return *goldens;
}

std::vector<uint8_t> Noise(uint32_t seed, size_t count) {
  std::vector<uint8_t> bytes(count);
  for (uint8_t& byte : bytes) {
    seed = seed * 1664525u + 1013904223u;
    byte = static_cast<uint8_t>(seed >> 24);
  }
  return bytes;
}

std::vector<uint8_t> Decode(const json& text) {
  std::string bytes;
  absl::Base64Unescape(text.get<std::string>(), &bytes);
  return {bytes.begin(), bytes.end()};
}

std::string NameOf(const json& golden) {
  json head = golden;
  head.erase("rgb");
  return head.dump();
}

void ExpectClose(const std::vector<uint8_t>& got, const std::vector<uint8_t>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  int different = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    if (std::abs(got[i] - expected[i]) > kTolerance && ++different <= 3) {
      ADD_FAILURE() << "byte " << i << ": " << int{got[i]} << ", expected " << int{expected[i]};
    }
  }
  EXPECT_EQ(different, 0) << "of " << got.size();
}

std::vector<uint8_t> Picture(const json& golden) {
  const int width = golden["width"], height = golden["height"];
  std::vector<uint8_t> pixels = Noise(golden["seed"], static_cast<size_t>(width) * height * 3);
  if (!golden["blocks"].get<bool>()) return pixels;
  const std::vector<uint8_t> fine = pixels;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < 3 * width; ++x) {
      pixels[3 * width * y + x] = fine[3 * width * (y / 4 * 4) + x / 12 * 12 + x % 3];
    }
  }
  return pixels;
}

View ViewOf(const json& golden) {
  View view;
  view.rotation_degrees = golden["rotation_degrees"];
  if (const json& r = golden["region"]; !r.is_null()) {
    const double width = golden["width"], height = golden["height"];
    view.left = r[0].get<double>() / width;
    view.top = r[1].get<double>() / height;
    view.right = r[2].get<double>() / width;
    view.bottom = r[3].get<double>() / height;
  }
  return view;
}

Resizing ResizingOf(const json& golden) {
  static const auto* const filters =
      new std::map<std::string, ResizeFilter>{{"bilinear", ResizeFilter::kBilinear},
                                              {"area", ResizeFilter::kArea},
                                              {"bicubic", ResizeFilter::kBicubic}};
  static const auto* const modes =
      new std::map<std::string, ResizeMode>{{"stretch", ResizeMode::kStretch},
                                            {"letterbox", ResizeMode::kLetterbox},
                                            {"center_crop", ResizeMode::kCenterCrop}};
  return {modes->at(golden["mode"]), filters->at(golden["filter"])};
}

std::vector<uint8_t> Convert(const PixelView& picture, const View& view, const Resizing& resizing,
                             int width, int height) {
  auto converter = ImageToTensor::Create({width, height}, RawValues<uint8_t>(3), resizing);
  std::vector<uint8_t> tensor(static_cast<size_t>(width) * height * 3);
  const absl::Status status = converter->Convert(picture, view, tensor.data());
  EXPECT_TRUE(status.ok()) << status;
  return tensor;
}

TEST(ResizeGoldenTest, EveryFilterAndModeIsItsReference) {
  ASSERT_GT(Goldens()["resize"].size(), 40u);
  for (const json& golden : Goldens()["resize"]) {
    SCOPED_TRACE(NameOf(golden));
    const std::vector<uint8_t> pixels = Picture(golden);
    const int width = golden["width"], height = golden["height"];
    const PixelView picture{pixels, width, height, 3 * width, PixelFormat::kRgb};
    ExpectClose(
        Convert(picture, ViewOf(golden), ResizingOf(golden), golden["to"][0], golden["to"][1]),
        Decode(golden["rgb"]));
  }
}

// Pictures of floats take another way through the samplers.
TEST(ResizeGoldenTest, PicturesOfFloatsToo) {
  for (const json& golden : Goldens()["resize"]) {
    SCOPED_TRACE(NameOf(golden));
    std::vector<float> pixels;
    for (const uint8_t byte : Picture(golden)) pixels.push_back(static_cast<float>(byte) / 255);
    const int width = golden["width"], height = golden["height"];
    const PixelView picture{{reinterpret_cast<const uint8_t*>(pixels.data()), 4 * pixels.size()},
                            width,
                            height,
                            12 * width,
                            PixelFormat::kRgbFloat};
    ExpectClose(
        Convert(picture, ViewOf(golden), ResizingOf(golden), golden["to"][0], golden["to"][1]),
        Decode(golden["rgb"]));
  }
}

// The samples of a golden laid out as a format wants them, with gaps of `gap` bytes.
struct Frame {
  std::vector<uint8_t> luma, u, v;  // of pairs: u holds both
  PixelView view;
};

Frame LayOut(const json& golden, PixelFormat format, int gap) {
  Frame frame;
  const int width = golden["width"], height = golden["height"];
  const int cw = (width + 1) / 2, ch = (height + 1) / 2;
  const std::vector<uint8_t> samples =
      Noise(golden["seed"], static_cast<size_t>(width) * height + 2 * cw * ch);
  const uint8_t *y = samples.data(), *u = y + width * height, *v = u + cw * ch;
  const int stride = width + gap;
  // Not a byte more than the last sample.
  frame.luma.assign(stride * (height - 1) + width, 99);
  for (int i = 0; i < width * height; ++i) frame.luma[i / width * stride + i % width] = y[i];
  frame.view = {frame.luma, width, height, stride, format};
  frame.view.matrix = golden["matrix"] == "bt601" ? YuvMatrix::kBt601 : YuvMatrix::kBt709;
  frame.view.range = golden["range"] == "full" ? YuvRange::kFull : YuvRange::kVideo;
  const bool paired = format == PixelFormat::kNv12 || format == PixelFormat::kNv21;
  const bool v_first = format == PixelFormat::kNv21 || format == PixelFormat::kYv12;
  const int step = paired ? 2 : format == PixelFormat::kYuv420 ? 3 : 1;
  const int chroma_stride = step * cw + gap;
  const int bytes = chroma_stride * (ch - 1) + step * (cw - 1) + (paired ? 2 : 1);
  frame.u.assign(bytes, 98);
  frame.v.assign(bytes, 97);
  std::vector<uint8_t>& first = frame.u;
  std::vector<uint8_t>& second = paired ? frame.u : frame.v;
  for (int i = 0; i < cw * ch; ++i) {
    const int at = i / cw * chroma_stride + i % cw * step;
    first[at] = (v_first ? v : u)[i];
    second[at + (paired ? 1 : 0)] = (v_first ? u : v)[i];
  }
  const Plane planes[2] = {{frame.u, chroma_stride, step}, {frame.v, chroma_stride, step}};
  EXPECT_TRUE(LocateChroma(planes, frame.view).ok());
  return frame;
}

TEST(YuvGoldenTest, EveryFormatMatrixAndRangeWithAndWithoutGaps) {
  ASSERT_EQ(Goldens()["yuv"].size(), 16u);
  for (const json& golden : Goldens()["yuv"]) {
    for (const PixelFormat format : {PixelFormat::kNv12, PixelFormat::kNv21, PixelFormat::kI420,
                                     PixelFormat::kYv12, PixelFormat::kYuv420}) {
      for (const int gap : {0, 5}) {
        SCOPED_TRACE(NameOf(golden) + " format " + std::to_string(static_cast<int>(format)) +
                     " gap " + std::to_string(gap));
        const Frame frame = LayOut(golden, format, gap);
        ExpectClose(Convert(frame.view, {}, {}, golden["width"], golden["height"]),
                    Decode(golden["rgb"]));
      }
    }
  }
}

}  // namespace
}  // namespace edgetasks::image
