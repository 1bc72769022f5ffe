// Reads pixels of any format along a line of a picture, as bytes or floats of red, green and blue.
#ifndef CORE_IMAGE_PIXEL_READER_H_
#define CORE_IMAGE_PIXEL_READER_H_

#include <array>
#include <cstdint>
#include <vector>

#include "core/image/pixels.h"
#include "core/kernels/simd/pixels/pixels.h"

namespace edgetasks::image {

// The factors for a picture's matrix and range, in 1 / 2^13. With Kr and Kb of the recommendations,
// luma in [0, 1], chroma in [-1/2, 1/2]: R = Y + 2 (1 - Kr) V, B = Y + 2 (1 - Kb) U,
// G = (Y - Kr R - Kb B) / (1 - Kr - Kb). Each factor is off by at most 2^-14, so a channel by at
// most (255 + 128 + 128) / 2^14 = 0.03 before it is rounded.
kernels::simd::YuvCoefficients CoefficientsOf(YuvMatrix matrix, YuvRange range);

// The byte offsets of some positions of one axis, in each plane.
using Offsets = std::array<std::vector<int64_t>, 3>;

// A line is a row of the picture, or with `turned` a column. Pixels are written as planes of
// channels (ChannelsOf(format)), [channels][count]; YUV becomes RGB, each pixel with the chroma
// sample that covers it; BGRA becomes RGBA.
class PixelReader {
 public:
  // `picture` passed Validate and outlives this.
  PixelReader(const PixelView& picture, bool turned);

  int channels() const { return channels_; }

  // Where pixel `position` of a line lies.
  void SetOffset(size_t i, int32_t position, Offsets& offsets) const {
    for (size_t p = 0; p < planes_; ++p) {
      offsets[p][i] = (position >> sources_[p].shift) * sources_[p].along;
    }
  }

  // Reads `count` pixels of line `line`. Bytes: any format but kRgbFloat. `scratch` holds
  // 3 * count bytes.
  void Read(int32_t line, const Offsets& offsets, int64_t count, uint8_t* scratch,
            uint8_t* out) const;
  // Floats in units of a byte, 0 to 255: kRgbFloat; what is outside is clamped, NaN becomes 0.
  void Read(int32_t line, const Offsets& offsets, int64_t count, uint8_t* scratch,
            float* out) const;

 private:
  struct Source {
    const uint8_t* data = nullptr;
    int64_t along = 0, across = 0;  // bytes from a pixel of a line to the next, and between lines
    int shift = 0;                  // pixels that share a sample: 2^shift
  };

  const uint8_t* Begin(size_t plane, int32_t line) const {
    return sources_[plane].data + (line >> sources_[plane].shift) * sources_[plane].across;
  }
  void ReadChroma(int32_t line, const Offsets& offsets, int64_t count, uint8_t* pairs) const;

  PixelFormat format_;
  int channels_;
  size_t planes_ = 1;
  std::array<Source, 3> sources_;
  bool paired_ = false, v_first_ = false;  // chroma pairs are next to each other
  kernels::simd::YuvCoefficients coefficients_;
  const kernels::simd::PixelKernels& kernels_;
};

}  // namespace edgetasks::image

#endif  // CORE_IMAGE_PIXEL_READER_H_
