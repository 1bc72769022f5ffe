// The gemm family with AVX2: few rows of A against rows of B where they lie.
//
// int8 is widened to 16 bits and multiplied by VPMADDWD. Nibbles are multiplied as bytes: two
// products, at most 2 * 255 * 8, fit VPMADDUBSW.
#include "core/kernels/simd/gemm/x86_256_rows.h"

namespace edgetasks::kernels::simd {
namespace {

struct Products {
  static __m256i AddSixteen(__m256i sum, const uint8_t* a, const int8_t* b) {
    return _mm256_add_epi32(
        sum, _mm256_madd_epi16(_mm256_cvtepu8_epi16(Load16(a)), _mm256_cvtepi8_epi16(Load16(b))));
  }
  static __m256i AddBytes(__m256i sum, const uint8_t* a, const int8_t* b) {
    return AddSixteen(AddSixteen(sum, a, b), a + 16, b + 16);
  }
  static __m256i AddNibbles(__m256i sum, __m256i a, __m256i b) {
    const __m256i pairs = _mm256_maddubs_epi16(a, b);
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
};

}  // namespace

extern const RowKernels kGemmRowsAvx2;
const RowKernels kGemmRowsAvx2 = kRows<Products>;

}  // namespace edgetasks::kernels::simd
