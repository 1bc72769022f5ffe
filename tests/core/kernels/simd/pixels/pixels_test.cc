#include "core/kernels/simd/pixels/pixels.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/kernels/simd/pixels/select.h"

namespace edgetasks::kernels::simd {
namespace {

// Around blocks of 8 and 16.
constexpr int64_t kCounts[] = {1, 7, 8, 9, 15, 16, 17, 31, 33, 224, 449};

// Extremes more often than chance has them.
std::vector<uint8_t> Bytes(size_t count, std::mt19937& random) {
  std::vector<uint8_t> bytes(count);
  for (uint8_t& byte : bytes) {
    const uint32_t bits = random();
    byte = static_cast<uint8_t>(bits % 8 == 0 ? 0 : bits % 8 == 1 ? 255 : bits >> 8);
  }
  return bytes;
}

class PixelKernelsTest : public ::testing::TestWithParam<const PixelKernels*> {
 protected:
  static const PixelKernels& Specification() { return *RunnablePixelKernels().back(); }
};

TEST_P(PixelKernelsTest, YuvToRgbEqualsTheSpecification) {
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    // The least and greatest factors that int16 holds are in reach.
    const auto factor = [&] {
      return static_cast<int16_t>(static_cast<int>(random() % 65536) - 32768);
    };
    YuvCoefficients k;
    k.luma_zero = static_cast<int16_t>(random() % 2 * 16);
    k.luma = static_cast<int16_t>(random() % 32768);
    for (auto* factors : {&k.red, &k.green, &k.blue}) {
      for (int16_t& f : *factors) f = factor();
    }
    for (const int64_t count : kCounts) {
      const std::vector<uint8_t> y = Bytes(count, random), chroma = Bytes(2 * count, random);
      std::vector<uint8_t> expected(3 * count), got(3 * count + 1, 77);
      Specification().yuv_to_rgb(k, y.data(), chroma.data(), count, expected.data(),
                                 expected.data() + count, expected.data() + 2 * count);
      GetParam()->yuv_to_rgb(k, y.data(), chroma.data(), count, got.data(), got.data() + count,
                             got.data() + 2 * count);
      EXPECT_EQ(got.back(), 77) << "written behind the end";
      got.pop_back();
      ASSERT_EQ(got, expected) << count;
    }
  }
}

TEST_P(PixelKernelsTest, BlendEqualsTheSpecification) {
  std::mt19937 random(6);
  for (int s = 0; s <= 32; ++s) {
    for (const int64_t count : kCounts) {
      const std::vector<uint8_t> top = Bytes(2 * count, random), bottom = Bytes(2 * count, random);
      std::vector<uint8_t> weights(2 * count);
      for (int64_t i = 0; i < count; ++i) {
        weights[2 * i] = static_cast<uint8_t>(random() % 33);
        weights[2 * i + 1] = static_cast<uint8_t>(32 - weights[2 * i]);
      }
      std::vector<uint8_t> expected(count), got(count + 1, 77);
      Specification().blend(top.data(), bottom.data(), weights.data(), s, count, expected.data());
      GetParam()->blend(top.data(), bottom.data(), weights.data(), s, count, got.data());
      EXPECT_EQ(got.back(), 77) << "written behind the end";
      got.pop_back();
      ASSERT_EQ(got, expected) << s << ", " << count;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, PixelKernelsTest, ::testing::ValuesIn(RunnablePixelKernels()),
                         [](const auto& test) { return std::string(NameOf(test.param->level)); });

// By hand: white, black, and a red that clamps.
TEST(PixelSpecificationTest, FullRangeIdentity) {
  YuvCoefficients k;
  k.luma = 1 << 13;
  k.red[1] = 11485;  // 1.402
  const uint8_t y[] = {255, 0, 200}, chroma[] = {128, 128, 128, 128, 128, 255};
  uint8_t red[3], green[3], blue[3];
  RunnablePixelKernels().back()->yuv_to_rgb(k, y, chroma, 3, red, green, blue);
  EXPECT_EQ(red[0], 255);
  EXPECT_EQ(green[1], 0);
  EXPECT_EQ(red[2], 255);  // 200 + 178
  EXPECT_EQ(blue[2], 200);
}

}  // namespace
}  // namespace edgetasks::kernels::simd
