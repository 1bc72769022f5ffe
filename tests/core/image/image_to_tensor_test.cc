#include "core/image/image_to_tensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/base/error.h"

namespace edgetasks::image {
namespace {

std::vector<uint8_t> RandomBytes(size_t count) {
  std::mt19937 random(7);
  std::vector<uint8_t> bytes(count);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

// The formula in the head of core/image/sampling.h, word for word, in double with cos and sin.
double Reference(const PixelView& picture, const View& view, const TensorSpec& spec, int i, int j,
                 int channel) {
  const double l = view.left * picture.width, r = view.right * picture.width;
  const double t = view.top * picture.height, b = view.bottom * picture.height;
  double w = r - l, h = b - t;
  if (view.rotation_degrees % 180 != 0) std::swap(w, h);
  const double a = -std::acos(-1.0) * view.rotation_degrees / 180;
  const double u = (static_cast<double>(i) / spec.width - 0.5) * w;
  const double v = (static_cast<double>(j) / spec.height - 0.5) * h;
  // The cosine of half pi is 6e-17 in double; 1e-9 pixels hide that from the rounding to 1/32, and
  // no position in these tests lies closer to the middle of two such steps without being on it.
  const auto subpixel = [](double position) {
    return std::nearbyint(std::round(position * 1e9) / 1e9 * 32) / 32;
  };
  const double x = subpixel((l + r) / 2 + u * std::cos(a) - v * std::sin(a));
  const double y = subpixel((t + b) / 2 + u * std::sin(a) + v * std::cos(a));
  const auto at = [&](double px, double py) {
    const int cx = static_cast<int>(std::clamp(px, 0.0, picture.width - 1.0));
    const int cy = static_cast<int>(std::clamp(py, 0.0, picture.height - 1.0));
    return static_cast<double>(
        picture.data[cy * picture.stride + cx * ChannelsOf(picture.format) + channel]);
  };
  const double x0 = std::floor(x), y0 = std::floor(y), fx = x - x0, fy = y - y0;
  return (1 - fy) * ((1 - fx) * at(x0, y0) + fx * at(x0 + 1, y0)) +
         fy * ((1 - fx) * at(x0, y0 + 1) + fx * at(x0 + 1, y0 + 1));
}

struct Case {
  View view;
  int width, height;  // of the tensor
};

class GeometryTest : public ::testing::TestWithParam<Case> {};

TEST_P(GeometryTest, EqualsTheFormulaInDouble) {
  const TensorSpec spec{GetParam().width, GetParam().height, 3, TensorLayout::kNhwc};
  const std::vector<uint8_t> pixels = RandomBytes(13 * 128);
  const PixelView picture{pixels, 37, 13, 128, PixelFormat::kRgb};
  auto converter = ImageToTensor::Create(spec, RawValues<uint8_t>(3));
  ASSERT_TRUE(converter.ok());
  std::vector<uint8_t> tensor(spec.width * spec.height * 3);
  ASSERT_TRUE(converter->Convert(picture, GetParam().view, tensor.data()).ok());
  for (int j = 0; j < spec.height; ++j) {
    for (int i = 0; i < spec.width; ++i) {
      for (int c = 0; c < 3; ++c) {
        const double expected = Reference(picture, GetParam().view, spec, i, j, c);
        const int got = tensor[(j * spec.width + i) * 3 + c];
        // Weights are multiples of 1/32: double holds the sum exactly.
        ASSERT_EQ(got, static_cast<int>(std::floor(expected + 0.5))) << i << ", " << j << ", " << c;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Views, GeometryTest,
                         ::testing::Values(Case{{}, 37, 13}, Case{{}, 16, 16}, Case{{}, 80, 64},
                                           Case{{}, 1, 1}, Case{{0, 0, 1, 1, 90}, 16, 24},
                                           Case{{0, 0, 1, 1, 180}, 24, 16},
                                           Case{{0, 0, 1, 1, 270}, 13, 37},
                                           Case{{0, 0, 1, 1, -90}, 9, 50},
                                           Case{{0.1, 0.25, 0.8, 0.6, 0}, 24, 24},
                                           Case{{0.1, 0.25, 0.8, 0.6, 90}, 24, 20},
                                           Case{{0.3, 0.0, 1.0, 0.9, 180}, 17, 23},
                                           Case{{0.0, 0.5, 0.4, 1.0, 270}, 32, 7}));

// A 2 x 1 picture copied pixel by pixel to a 2 x 1 tensor.
template <typename T>
std::vector<T> Copy(PixelFormat format, std::vector<uint8_t> pixels, int channels,
                    TensorLayout layout, ValueTable<T> values) {
  auto converter = ImageToTensor::Create({2, 1, channels, layout}, std::move(values));
  EXPECT_TRUE(converter.ok());
  std::vector<T> tensor(2 * channels);
  const PixelView picture{pixels, 2, 1, static_cast<int64_t>(pixels.size()), format};
  EXPECT_TRUE(converter->Convert(picture, View{}, tensor.data()).ok());
  return tensor;
}

using ::testing::ElementsAre;

TEST(ImageToTensorTest, AlphaIsDroppedForRgbTensors) {
  EXPECT_THAT(Copy(PixelFormat::kRgba, {1, 2, 3, 99, 4, 5, 6, 98}, 3, TensorLayout::kNhwc,
                   RawValues<uint8_t>(3)),
              ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(ImageToTensorTest, GrayIsRepeatedForRgbTensors) {
  EXPECT_THAT(Copy(PixelFormat::kGray, {7, 9}, 3, TensorLayout::kNhwc, RawValues<uint8_t>(3)),
              ElementsAre(7, 7, 7, 9, 9, 9));
}

TEST(ImageToTensorTest, NchwKeepsChannelsApart) {
  EXPECT_THAT(
      Copy(PixelFormat::kRgb, {1, 2, 3, 4, 5, 6}, 3, TensorLayout::kNchw, RawValues<int8_t>(3)),
      ElementsAre(-127, -124, -126, -123, -125, -122));
}

TEST(ImageToTensorTest, GrayTensorsGetLuma) {
  // 0.299 * 255 = 76.2; 0.587 * 200 + 0.114 * 100 = 128.8.
  EXPECT_THAT(Copy(PixelFormat::kRgb, {255, 0, 0, 0, 200, 100}, 1, TensorLayout::kNhwc,
                   RawValues<uint8_t>(1)),
              ElementsAre(76, 129));
  EXPECT_THAT(Copy(PixelFormat::kRgba, {255, 255, 255, 0, 0, 0, 0, 255}, 1, TensorLayout::kNchw,
                   RawValues<uint8_t>(1)),
              ElementsAre(255, 0));
  EXPECT_THAT(Copy(PixelFormat::kGray, {3, 4}, 1, TensorLayout::kNhwc, RawValues<uint8_t>(1)),
              ElementsAre(3, 4));
}

TEST(ImageToTensorTest, FourChannelTensorsGetAlphaOr255) {
  EXPECT_THAT(Copy(PixelFormat::kRgba, {1, 2, 3, 99, 4, 5, 6, 98}, 4, TensorLayout::kNhwc,
                   RawValues<uint8_t>(4)),
              ElementsAre(1, 2, 3, 99, 4, 5, 6, 98));
  EXPECT_THAT(
      Copy(PixelFormat::kRgb, {1, 2, 3, 4, 5, 6}, 4, TensorLayout::kNchw, RawValues<uint8_t>(4)),
      ElementsAre(1, 4, 2, 5, 3, 6, 255, 255));
  EXPECT_THAT(Copy(PixelFormat::kGray, {1, 2}, 4, TensorLayout::kNhwc, RawValues<uint8_t>(4)),
              ElementsAre(1, 1, 1, 255, 2, 2, 2, 255));
}

TEST(ImageToTensorTest, EachChannelIsNormalizedByItsOwnTable) {
  EXPECT_THAT(Copy(PixelFormat::kRgb, {10, 20, 30, 40, 50, 60}, 3, TensorLayout::kNhwc,
                   *NormalizedValues({{10, 20, 30}, {1, 2, 3}}, 3)),
              ElementsAre(0, 0, 0, 30, 15, 10));
}

TEST(ImageToTensorTest, BgraIsReadAndBgrWritten) {
  EXPECT_THAT(Copy(PixelFormat::kBgra, {3, 2, 1, 99, 6, 5, 4, 98}, 4, TensorLayout::kNhwc,
                   RawValues<uint8_t>(4)),
              ElementsAre(1, 2, 3, 99, 4, 5, 6, 98));
  auto converter = ImageToTensor::Create({2, 1, 3, TensorLayout::kNchw, ColorOrder::kBgr},
                                         *NormalizedValues({{0, 0, 1}, {1}}, 3));
  ASSERT_TRUE(converter.ok());
  const std::vector<uint8_t> pixels = {10, 20, 30, 40, 50, 60};
  std::vector<float> tensor(6);
  ASSERT_TRUE(converter->Convert({pixels, 2, 1, 6, PixelFormat::kRgb}, {}, tensor.data()).ok());
  EXPECT_THAT(tensor, ElementsAre(30, 60, 20, 50, 9, 39));  // the third mean is red's
}

// Converting the whole frame first is the specification.
TEST(ImageToTensorTest, YuvIsSampledAsItsRgbPictureWouldBe) {
  constexpr int kWidth = 37, kHeight = 23;
  const std::vector<uint8_t> data = RandomBytes(40 * kHeight + 40 * 12);
  for (const PixelFormat format : {PixelFormat::kNv21, PixelFormat::kI420}) {
    PixelView frame{data, kWidth, kHeight, 40, format};
    frame.matrix = YuvMatrix::kBt709;
    ASSERT_TRUE(LocateChroma({}, frame).ok());
    auto copy = ImageToTensor::Create({kWidth, kHeight, 3}, RawValues<uint8_t>(3));
    std::vector<uint8_t> rgb(kWidth * kHeight * 3);
    ASSERT_TRUE(copy->Convert(frame, {}, rgb.data()).ok());
    const PixelView picture{rgb, kWidth, kHeight, 3 * kWidth, PixelFormat::kRgb};
    for (const ResizeFilter filter :
         {ResizeFilter::kBilinear, ResizeFilter::kArea, ResizeFilter::kBicubic}) {
      for (const int degrees : {0, 90, 180, 270}) {
        auto converter = ImageToTensor::Create({16, 11, 3}, RawValues<uint8_t>(3),
                                               {ResizeMode::kLetterbox, filter});
        const View view{0.1, 0.2, 0.9, 1.0, degrees};
        std::vector<uint8_t> direct(16 * 11 * 3, 1), expected(16 * 11 * 3, 2);
        ASSERT_TRUE(converter->Convert(frame, view, direct.data()).ok());
        ASSERT_TRUE(converter->Convert(picture, view, expected.data()).ok());
        EXPECT_EQ(direct, expected) << static_cast<int>(filter) << ", " << degrees;
      }
    }
  }
}

TEST(ImageToTensorTest, BarsAreBlackBeforeNormalization) {
  auto converter = ImageToTensor::Create({2, 4, 1}, *NormalizedValues({{10}, {1}}, 1),
                                         {ResizeMode::kLetterbox, ResizeFilter::kBilinear});
  ASSERT_TRUE(converter.ok());
  const std::vector<uint8_t> pixels = {11, 12};
  std::vector<float> tensor(8, 99);
  ASSERT_TRUE(converter->Convert({pixels, 2, 1, 2, PixelFormat::kGray}, {}, tensor.data()).ok());
  // One row of 2 in 4: it begins at 1.5, to even.
  EXPECT_THAT(tensor, ElementsAre(-10, -10, -10, -10, 1, 2, -10, -10));
}

TEST(ImageToTensorTest, FloatsAreNotRoundedToBytes) {
  const float pixels[] = {0.5f, 1.5f, -1.0f, 0.001f, std::nanf(""), 1.0f};
  const PixelView picture{{reinterpret_cast<const uint8_t*>(pixels), sizeof(pixels)},
                          2,
                          1,
                          sizeof(pixels),
                          PixelFormat::kRgbFloat};
  auto floats = ImageToTensor::Create({2, 1, 3}, *NormalizedValues({{0}, {255}}, 3));
  std::vector<float> tensor(6);
  ASSERT_TRUE(floats->Convert(picture, {}, tensor.data()).ok());
  const float expected[] = {0.5f, 1, 0, 0.001f, 0, 1};
  // Two bytes' values, each rounded once, and their interpolation: some 2^-24 of 1.
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(tensor[i], expected[i], 1e-6) << i;
  auto bytes = ImageToTensor::Create({2, 1, 3}, RawValues<uint8_t>(3));
  std::vector<uint8_t> levels(6);
  ASSERT_TRUE(bytes->Convert(picture, {}, levels.data()).ok());
  EXPECT_THAT(levels, ElementsAre(128, 255, 0, 0, 0, 255));  // 127.5 up
}

TEST(ImageToTensorTest, SixteenBitTensors) {
  auto words = QuantizedValues<int16_t>({{0}, {255}}, {1.0f / 32768, 0}, 3);
  ASSERT_TRUE(words.ok());
  EXPECT_THAT(Copy(PixelFormat::kRgb, {0, 51, 255, 0, 0, 0}, 3, TensorLayout::kNhwc, *words),
              ElementsAre(0, 6554, 32767, 0, 0, 0));  // 0.2 * 32768 = 6553.6; 1 is clamped
  auto halves = NormalizedHalves({{127.5f}, {127.5f}}, 1);
  ASSERT_TRUE(halves.ok());
  EXPECT_EQ((*halves)[0][0].bits, 0xbc00);  // -1
  EXPECT_EQ((*halves)[0][255].bits, 0x3c00);
  EXPECT_FALSE(NormalizedHalves({{0}, {0.001f}}, 1).ok());  // 255000 is beyond float16
}

TEST(ImageToTensorTest, ChecksThePictureAndTheViewBeforeReading) {
  auto converter = ImageToTensor::Create({2, 2, 3}, RawValues<uint8_t>(3));
  ASSERT_TRUE(converter.ok());
  std::vector<uint8_t> tensor(12), pixels(12);
  EXPECT_EQ(GetErrorDetail(
                converter->Convert({pixels, 3, 2, 9, PixelFormat::kRgb}, View{}, tensor.data())),
            ErrorDetail::kInvalidImage);
  EXPECT_EQ(GetErrorDetail(converter->Convert({pixels, 2, 2, 6, PixelFormat::kRgb},
                                              View{0, 0, 1, 1, 30}, tensor.data())),
            ErrorDetail::kInvalidOption);
}

TEST(ImageToTensorTest, RefusesTensorsThatAreNoPictures) {
  EXPECT_FALSE(ImageToTensor::Create({0, 2, 3}, RawValues<uint8_t>(3)).ok());
  EXPECT_FALSE(ImageToTensor::Create({2, 2, 2}, RawValues<uint8_t>(2)).ok());
  EXPECT_FALSE(ImageToTensor::Create({2, 2, 3}, RawValues<uint8_t>(1)).ok());
}

}  // namespace
}  // namespace edgetasks::image
