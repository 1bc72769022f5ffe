// The pictures of tests/golden/record_classifier.py, whose seeded_picture() is told in the same
// words.
#ifndef TESTS_GOLDEN_SEEDED_PICTURE_H_
#define TESTS_GOLDEN_SEEDED_PICTURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cpp_api/cli/picture_reader.h"

namespace edgetasks::testing {

// A byte for each number: the finalizer of MurmurHash3 over seed and number.
inline uint8_t MixedByte(uint32_t seed, uint32_t number) {
  uint32_t h = number * 0x9E3779B1u + seed;
  h = (h ^ (h >> 16)) * 0x85EBCA6Bu;
  h = (h ^ (h >> 13)) * 0xC2B2AE35u;
  return static_cast<uint8_t>((h ^ (h >> 16)) >> 24);
}

// [height, width, channels]. Kinds: "noise"; "blocks" of one colour, eight across; or the name of a
// photograph in `folder`: its pixel at (x * its width / width, y * its height / height); of gray,
// its green; its alpha is noise.
inline absl::StatusOr<std::vector<uint8_t>> SeededPicture(const std::string& kind,
                                                          const std::string& folder, uint32_t seed,
                                                          int width, int height, int channels) {
  std::vector<uint8_t> pixels(static_cast<size_t>(width) * height * channels);
  uint8_t* out = pixels.data();
  if (kind == "noise") {
    for (uint32_t i = 0; i < pixels.size(); ++i) out[i] = MixedByte(seed, i);
    return pixels;
  }
  if (kind == "blocks") {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const int block = y * 8 / height * 8 + x * 8 / width;
        for (int c = 0; c < channels; ++c) *out++ = MixedByte(seed, block * channels + c);
      }
    }
    return pixels;
  }
  const auto photo = cli::ReadPicture(folder + "/" + kind);
  if (!photo.ok()) return photo.status();
  const Image source = photo->view();
  const int bytes = source.format == PixelFormat::kRgba ? 4 : 3;
  for (int y = 0; y < height; ++y) {
    const uint8_t* row =
        source.data.data() + int64_t{y} * source.height / height * source.width * bytes;
    for (int x = 0; x < width; ++x) {
      const uint8_t* rgb = row + int64_t{x} * source.width / width * bytes;
      if (channels == 1) {
        *out++ = rgb[1];
        continue;
      }
      for (int c = 0; c < 3; ++c) *out++ = rgb[c];
      if (channels == 4) *out++ = MixedByte(seed, y * width + x);
    }
  }
  return pixels;
}

}  // namespace edgetasks::testing

#endif  // TESTS_GOLDEN_SEEDED_PICTURE_H_
