// What the files of the gemm family for 256-bit registers (AVX2, AVX-VNNI) share. They are compiled
// with those flags: everything here is local to the file that includes it, and no header with
// inline functions may be included beside it, or the linker might keep a copy of one that only
// newer processors can run.
#ifndef CORE_KERNELS_SIMD_GEMM_X86_256_H_
#define CORE_KERNELS_SIMD_GEMM_X86_256_H_

#include <immintrin.h>

#include "core/kernels/simd/gemm/gemm.h"

namespace edgetasks::kernels::simd {

namespace {

[[maybe_unused]] constexpr int64_t kLanes = 8;  // 32-bit ones

[[maybe_unused]] int64_t Min(int64_t a, int64_t b) { return a < b ? a : b; }

[[maybe_unused]] int32_t SumOf(__m256i v) {
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  s = _mm_add_epi32(s, _mm_unpackhi_epi64(s, s));
  return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 1)));
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_X86_256_H_
