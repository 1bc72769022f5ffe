// The pixels family with NEON, eight pixels at a time.
#include <arm_neon.h>

#include "core/kernels/simd/pixels/pixels.h"

namespace edgetasks::kernels::simd {

extern const PixelKernels kPixelsScalar;

namespace {

constexpr int64_t kBlock = 8;

int16x8_t Widen(uint8x8_t bytes, int16_t zero) {
  return vsubq_s16(vreinterpretq_s16_u16(vmovl_u8(bytes)), vdupq_n_s16(zero));
}

// One channel of eight pixels. The shift that rounds adds the 2^12; both narrowings saturate.
uint8x8_t Channel(int32x4_t luma_low, int32x4_t luma_high, int16x8_t first, int16x8_t second,
                  const int16_t (&factors)[2]) {
  int32x4_t low = vmlal_n_s16(luma_low, vget_low_s16(first), factors[0]);
  int32x4_t high = vmlal_n_s16(luma_high, vget_high_s16(first), factors[0]);
  low = vmlal_n_s16(low, vget_low_s16(second), factors[1]);
  high = vmlal_n_s16(high, vget_high_s16(second), factors[1]);
  return vqmovun_s16(vcombine_s16(vqrshrn_n_s32(low, 13), vqrshrn_n_s32(high, 13)));
}

void YuvToRgb(const YuvCoefficients& k, const uint8_t* y, const uint8_t* chroma, int64_t count,
              uint8_t* red, uint8_t* green, uint8_t* blue) {
  int64_t i = 0;
  for (; i + kBlock <= count; i += kBlock) {
    const int16x8_t luma = Widen(vld1_u8(y + i), k.luma_zero);
    const int32x4_t low = vmull_n_s16(vget_low_s16(luma), k.luma);
    const int32x4_t high = vmull_n_s16(vget_high_s16(luma), k.luma);
    const uint8x8x2_t pairs = vld2_u8(chroma + 2 * i);
    const int16x8_t first = Widen(pairs.val[0], 128), second = Widen(pairs.val[1], 128);
    vst1_u8(red + i, Channel(low, high, first, second, k.red));
    vst1_u8(green + i, Channel(low, high, first, second, k.green));
    vst1_u8(blue + i, Channel(low, high, first, second, k.blue));
  }
  kPixelsScalar.yuv_to_rgb(k, y + i, chroma + 2 * i, count - i, red + i, green + i, blue + i);
}

// Eight sums of pairs, at most 255 * 32.
uint16x8_t Across(const uint8_t* pairs, uint8x8x2_t weights) {
  const uint8x8x2_t pixels = vld2_u8(pairs);
  return vmlal_u8(vmull_u8(pixels.val[0], weights.val[0]), pixels.val[1], weights.val[1]);
}

void Blend(const uint8_t* top, const uint8_t* bottom, const uint8_t* weights, int s, int64_t count,
           uint8_t* out) {
  const auto upper_weight = static_cast<uint16_t>(32 - s), lower_weight = static_cast<uint16_t>(s);
  int64_t i = 0;
  for (; i + kBlock <= count; i += kBlock) {
    const uint8x8x2_t w = vld2_u8(weights + 2 * i);
    const uint16x8_t upper = Across(top + 2 * i, w), lower = Across(bottom + 2 * i, w);
    const uint32x4_t low = vmlal_n_u16(vmull_n_u16(vget_low_u16(upper), upper_weight),
                                       vget_low_u16(lower), lower_weight);
    const uint32x4_t high = vmlal_n_u16(vmull_n_u16(vget_high_u16(upper), upper_weight),
                                        vget_high_u16(lower), lower_weight);
    vst1_u8(out + i, vmovn_u16(vcombine_u16(vrshrn_n_u32(low, 10), vrshrn_n_u32(high, 10))));
  }
  kPixelsScalar.blend(top + 2 * i, bottom + 2 * i, weights + 2 * i, s, count - i, out + i);
}

}  // namespace

extern const PixelKernels kPixelsNeon;
const PixelKernels kPixelsNeon = {CpuLevel::kNeon, &YuvToRgb, &Blend};

}  // namespace edgetasks::kernels::simd
