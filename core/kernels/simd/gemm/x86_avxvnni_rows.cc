// The gemm family with AVX-VNNI: few rows of A against rows of B where they lie. VPDPBUSD takes
// unsigned bytes of A and signed ones of B, as they are.
#include "core/kernels/simd/gemm/x86_256_rows.h"

namespace edgetasks::kernels::simd {
namespace {

struct Products {
  static __m256i AddBytes(__m256i sum, const uint8_t* a, const int8_t* b) {
    return _mm256_dpbusd_avx_epi32(sum, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a)),
                                   _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b)));
  }
  static __m256i AddNibbles(__m256i sum, __m256i a, __m256i b, __m256i more_a, __m256i more_b) {
    return _mm256_dpbusd_avx_epi32(_mm256_dpbusd_avx_epi32(sum, a, b), more_a, more_b);
  }
};

}  // namespace

extern const RowKernels kGemmRowsAvxVnni;
const RowKernels kGemmRowsAvxVnni = kRows<Products>;

}  // namespace edgetasks::kernels::simd
