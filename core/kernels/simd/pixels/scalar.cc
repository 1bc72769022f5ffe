// The specification of the pixels family.
#include <algorithm>

#include "core/kernels/simd/pixels/pixels.h"

namespace edgetasks::kernels::simd {
namespace {

uint8_t Channel(int32_t luma, const int16_t (&factors)[2], const uint8_t* pair) {
  const int32_t sum =
      luma + factors[0] * (pair[0] - 128) + factors[1] * (pair[1] - 128) + (1 << 12);
  return static_cast<uint8_t>(std::clamp(sum >> 13, 0, 255));
}

void YuvToRgb(const YuvCoefficients& k, const uint8_t* y, const uint8_t* chroma, int64_t count,
              uint8_t* red, uint8_t* green, uint8_t* blue) {
  for (int64_t i = 0; i < count; ++i) {
    const int32_t luma = k.luma * (y[i] - k.luma_zero);
    red[i] = Channel(luma, k.red, chroma + 2 * i);
    green[i] = Channel(luma, k.green, chroma + 2 * i);
    blue[i] = Channel(luma, k.blue, chroma + 2 * i);
  }
}

void Blend(const uint8_t* top, const uint8_t* bottom, const uint8_t* weights, int s, int64_t count,
           uint8_t* out) {
  for (int64_t i = 0; i < count; ++i) {
    const int32_t w0 = weights[2 * i], w1 = weights[2 * i + 1];
    const int32_t upper = top[2 * i] * w0 + top[2 * i + 1] * w1;
    const int32_t lower = bottom[2 * i] * w0 + bottom[2 * i + 1] * w1;
    out[i] = static_cast<uint8_t>((upper * (32 - s) + lower * s + 512) >> 10);
  }
}

}  // namespace

extern const PixelKernels kPixelsScalar;
const PixelKernels kPixelsScalar = {CpuLevel::kScalar, &YuvToRgb, &Blend};

}  // namespace edgetasks::kernels::simd
