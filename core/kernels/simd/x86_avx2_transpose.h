// A transpose with AVX2. For files that are compiled with its flags only; everything here is
// static, so that no other file can get hold of it.
#ifndef CORE_KERNELS_SIMD_X86_AVX2_TRANSPOSE_H_
#define CORE_KERNELS_SIMD_X86_AVX2_TRANSPOSE_H_

#include <immintrin.h>

namespace edgetasks::kernels::simd {

// r[i], i < 8: eight numbers of row i; then r[k]: number k of eight rows.
static inline void Transpose8x8(__m256 (&r)[8]) {
  __m256 t[8];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    t[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
  }
#pragma GCC unroll 2
  for (int i = 0; i < 8; i += 4) {
    r[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
    r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xEE);
    r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
    r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xEE);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    t[i] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x20);
    t[i + 4] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x31);
  }
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) r[i] = t[i];
}

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_X86_AVX2_TRANSPOSE_H_
