// Pixels of 8 bits: colour conversion and blending of neighbours.
//
// The scalar kernels are the specification; all others equal them bit for bit. One PixelKernels is
// one instruction set; pixels.inc lists them, best first. The functions neither allocate nor fail,
// and may run on any thread. No pointer is null; what is written overlaps nothing that is read.
#ifndef CORE_KERNELS_SIMD_PIXELS_PIXELS_H_
#define CORE_KERNELS_SIMD_PIXELS_PIXELS_H_

#include <cstdint>

#include "core/base/cpu_level.h"

namespace edgetasks::kernels::simd {

// For each of red, green and blue, with luma y and a pair p of chroma:
//   clamp((luma * (y - luma_zero) + c[0] * (p[0] - 128) + c[1] * (p[1] - 128) + 2^12) / 2^13)
// rounded down, to [0, 255]. All factors fit int16.
struct YuvCoefficients {
  int16_t luma_zero = 0, luma = 0;
  int16_t red[2] = {}, green[2] = {}, blue[2] = {};
};

struct PixelKernels {
  CpuLevel level;  // what the processor must have

  // y: [count]; chroma: [count][2]; red, green, blue: [count].
  void (*yuv_to_rgb)(const YuvCoefficients&, const uint8_t* y, const uint8_t* chroma, int64_t count,
                     uint8_t* red, uint8_t* green, uint8_t* blue);

  // Bilinear interpolation in steps of 1/32, rounded to nearest, halves up:
  //   out[i] = ((32 - s) * (top[i] . w[i]) + s * (bottom[i] . w[i]) + 512) / 1024
  // with pairs top, bottom, w: [count][2]; both weights of a pair at least 0, their sum 32;
  // 0 <= s <= 32.
  void (*blend)(const uint8_t* top, const uint8_t* bottom, const uint8_t* weights, int s,
                int64_t count, uint8_t* out);
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_PIXELS_PIXELS_H_
