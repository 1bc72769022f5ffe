// Masks of the first lanes of a vector. For files that are compiled with AVX-512's flags only;
// everything here is static, so that no other file can get hold of it.
#ifndef CORE_KERNELS_SIMD_X86_AVX512_MASKS_H_
#define CORE_KERNELS_SIMD_X86_AVX512_MASKS_H_

#include <immintrin.h>

#include <cstdint>

namespace edgetasks::kernels::simd {

// The lowest n bits, n >= 0.
static inline __mmask64 Mask64(int64_t n) { return n >= 64 ? ~0ull : (1ull << n) - 1; }
static inline __mmask16 Mask16(int64_t n) {
  return static_cast<__mmask16>(n >= 16 ? 0xFFFFu : (1u << n) - 1);
}

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_X86_AVX512_MASKS_H_
