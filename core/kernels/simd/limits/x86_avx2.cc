// The limits of AVX2: VPMADDUBSW and VPMADDWD for 8-bit products.
#include "core/kernels/simd/limits/x86_256.h"

namespace edgetasks::kernels::simd {
namespace {

struct Products {
  static __m256i Add(__m256i sum, __m256i a, __m256i b) {
    const __m256i pairs = _mm256_maddubs_epi16(a, b);
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
};

}  // namespace

extern const LimitKernels kLimitsAvx2;
const LimitKernels kLimitsAvx2 = {
    CpuLevel::kAvx2, Read, kSums * 32, MultiplyIntegers<Products>, kSums * 8, MultiplyFloats};

}  // namespace edgetasks::kernels::simd
