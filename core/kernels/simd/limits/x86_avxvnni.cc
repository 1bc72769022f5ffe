// The limits of AVX-VNNI: VPDPBUSD on 256 bits for 8-bit products.
#include "core/kernels/simd/limits/x86_256.h"

namespace edgetasks::kernels::simd {
namespace {

struct Products {
  static __m256i Add(__m256i sum, __m256i a, __m256i b) {
    return _mm256_dpbusd_avx_epi32(sum, a, b);
  }
};

}  // namespace

extern const LimitKernels kLimitsAvxVnni;
const LimitKernels kLimitsAvxVnni = {CpuLevel::kAvxVnni,         Read,      kSums * 32,
                                     MultiplyIntegers<Products>, kSums * 8, MultiplyFloats};

}  // namespace edgetasks::kernels::simd
