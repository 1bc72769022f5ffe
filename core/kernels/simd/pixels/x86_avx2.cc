// The pixels family with AVX2. Compiled with its flags: everything here is local to this file.
#include <immintrin.h>

#include "core/kernels/simd/pixels/pixels.h"

namespace edgetasks::kernels::simd {

extern const PixelKernels kPixelsScalar;

namespace {

constexpr int64_t kBlock = 16;  // pixels at a time

__m256i Pairs(int16_t a, int16_t b) {
  return _mm256_set1_epi32(static_cast<uint16_t>(a) | (static_cast<int32_t>(b) * 65536));
}

// One channel of 16 pixels as int16 that saturates; order 0-3, 8-11, 4-7, 12-15.
__m256i Channel(__m256i luma_low, __m256i luma_high, __m256i low, __m256i high, __m256i factors) {
  const __m256i a = _mm256_add_epi32(luma_low, _mm256_madd_epi16(low, factors));
  const __m256i b = _mm256_add_epi32(luma_high, _mm256_madd_epi16(high, factors));
  return _mm256_packs_epi32(_mm256_srai_epi32(a, 13), _mm256_srai_epi32(b, 13));
}

__m256i Widen(const uint8_t* bytes) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)));
}

void Store(__m128i bytes, uint8_t* out) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
}

void YuvToRgb(const YuvCoefficients& k, const uint8_t* y, const uint8_t* chroma, int64_t count,
              uint8_t* red, uint8_t* green, uint8_t* blue) {
  const __m256i zero = _mm256_set1_epi16(k.luma_zero), middle = _mm256_set1_epi16(128);
  const __m256i ones = _mm256_set1_epi16(1);
  const __m256i luma = Pairs(k.luma, 1 << 12);
  const __m256i r = Pairs(k.red[0], k.red[1]), g = Pairs(k.green[0], k.green[1]);
  const __m256i b = Pairs(k.blue[0], k.blue[1]);
  const __m256i in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  int64_t i = 0;
  for (; i + kBlock <= count; i += kBlock) {
    const __m256i lumas =
        _mm256_permute4x64_epi64(_mm256_sub_epi16(Widen(y + i), zero), 0xD8);  // 0, 2, 1, 3
    const __m256i low = _mm256_madd_epi16(_mm256_unpacklo_epi16(lumas, ones), luma);
    const __m256i high = _mm256_madd_epi16(_mm256_unpackhi_epi16(lumas, ones), luma);
    const __m256i pairs_low = _mm256_sub_epi16(Widen(chroma + 2 * i), middle);
    const __m256i pairs_high = _mm256_sub_epi16(Widen(chroma + 2 * i + kBlock), middle);
    const __m256i reds = Channel(low, high, pairs_low, pairs_high, r);
    const __m256i greens = Channel(low, high, pairs_low, pairs_high, g);
    const __m256i blues = Channel(low, high, pairs_low, pairs_high, b);
    // Quarters: red 0-3, red 8-11, green 0-3, green 8-11; red 4-7, ...
    const __m256i red_green =
        _mm256_permutevar8x32_epi32(_mm256_packus_epi16(reds, greens), in_order);
    const __m256i only_blue =
        _mm256_permutevar8x32_epi32(_mm256_packus_epi16(blues, blues), in_order);
    Store(_mm256_castsi256_si128(red_green), red + i);
    Store(_mm256_extracti128_si256(red_green, 1), green + i);
    Store(_mm256_castsi256_si128(only_blue), blue + i);
  }
  kPixelsScalar.yuv_to_rgb(k, y + i, chroma + 2 * i, count - i, red + i, green + i, blue + i);
}

void Blend(const uint8_t* top, const uint8_t* bottom, const uint8_t* weights, int s, int64_t count,
           uint8_t* out) {
  const __m256i rows = Pairs(static_cast<int16_t>(32 - s), static_cast<int16_t>(s));
  const __m256i half = _mm256_set1_epi32(512);
  const auto load = [](const uint8_t* bytes) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
  };
  int64_t i = 0;
  for (; i + kBlock <= count; i += kBlock) {
    // At most 255 * 32: int16 holds it.
    const __m256i w = load(weights + 2 * i);
    const __m256i upper = _mm256_maddubs_epi16(load(top + 2 * i), w);
    const __m256i lower = _mm256_maddubs_epi16(load(bottom + 2 * i), w);
    const __m256i low = _mm256_madd_epi16(_mm256_unpacklo_epi16(upper, lower), rows);
    const __m256i high = _mm256_madd_epi16(_mm256_unpackhi_epi16(upper, lower), rows);
    const __m256i words = _mm256_packus_epi32(_mm256_srli_epi32(_mm256_add_epi32(low, half), 10),
                                              _mm256_srli_epi32(_mm256_add_epi32(high, half), 10));
    const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packus_epi16(words, words), 0xD8);
    Store(_mm256_castsi256_si128(bytes), out + i);
  }
  kPixelsScalar.blend(top + 2 * i, bottom + 2 * i, weights + 2 * i, s, count - i, out + i);
}

}  // namespace

extern const PixelKernels kPixelsAvx2;
const PixelKernels kPixelsAvx2 = {CpuLevel::kAvx2, &YuvToRgb, &Blend};

}  // namespace edgetasks::kernels::simd
