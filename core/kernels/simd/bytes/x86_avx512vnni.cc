// The bytes family with AVX-512 VNNI. Compiled with those flags: everything here is local to this
// file.
#include <immintrin.h>

#include "core/kernels/simd/bytes/bytes.h"
#include "core/kernels/simd/x86_avx512_requantize.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kLanes = 16;

void Sum(const SumOfBytes& s, const uint8_t* a, const uint8_t* b, int64_t count, uint8_t* q) {
  const auto load = [&](const uint8_t* from, int32_t zero, __mmask16 lanes) {
    const __m128i bytes = _mm_maskz_loadu_epi8(lanes, from);
    const __m512i wide = s.is_signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes);
    return _mm512_slli_epi32(_mm512_sub_epi32(wide, _mm512_set1_epi32(zero)), 20);
  };
  const auto multiply = [](__m512i x, const int32_t(&m)[2]) {
    return RoundingShiftRight(DoublingHighMul(x, _mm512_set1_epi32(m[0])),
                              _mm512_set1_epi32(-m[1]));
  };
  const __m512i zero = _mm512_set1_epi32(s.output_zero);
  const __m512i min = _mm512_set1_epi32(s.min - s.output_zero);
  const __m512i max = _mm512_set1_epi32(s.max - s.output_zero);
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    const __m512i x = multiply(load(a + i, s.a_zero, lanes), s.a_multiplier);
    const __m512i y = multiply(load(b + i, s.b_zero, lanes), s.b_multiplier);
    const __m512i sum = s.subtract ? _mm512_sub_epi32(x, y) : _mm512_add_epi32(x, y);
    const __m512i scaled = multiply(sum, s.output_multiplier);
    const __m512i result =
        _mm512_add_epi32(_mm512_min_epi32(_mm512_max_epi32(scaled, min), max), zero);
    _mm_mask_storeu_epi8(q + i, lanes, _mm512_cvtepi32_epi8(result));
  }
}

}  // namespace

extern const ByteKernels kBytesAvx512Vnni;
const ByteKernels kBytesAvx512Vnni = {CpuLevel::kAvx512Vnni, Sum};

}  // namespace edgetasks::kernels::simd
