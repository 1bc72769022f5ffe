// Float arithmetic that the families' files for AVX-512 share. Everything here is local to the file
// that includes it: see there why.
#ifndef CORE_KERNELS_SIMD_X86_AVX512_MATH_H_
#define CORE_KERNELS_SIMD_X86_AVX512_MATH_H_

#include <immintrin.h>

#include "core/kernels/simd/x86_avx512_masks.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int kLanes = 16;

// exp of numbers <= 80: 2^n * exp(r), |r| <= ln(2) / 2, with the Taylor polynomial of degree 6,
// whose remainder is below 2^-22 there. NaN stays.
[[maybe_unused]] __m512 Exp(__m512 x) {
  x = _mm512_max_ps(_mm512_set1_ps(-120.0f), x);  // NaN, the second operand, stays
  const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)),
                                        _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  // ln(2) in two parts, the first with so few bits that its product with n is exact.
  __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
  r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
  __m512 y = _mm512_set1_ps(1.0f / 720);
  y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(1.0f / 120));
  y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(1.0f / 24));
  y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(1.0f / 6));
  y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(0.5f));
  y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(1.0f));
  y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(1.0f));
  return _mm512_scalef_ps(y, n);
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_X86_AVX512_MATH_H_
