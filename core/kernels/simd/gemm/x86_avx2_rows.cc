// The gemm family with AVX2: few rows of A against rows of B where they lie.
//
// int8 is widened to 16 bits and multiplied by VPMADDWD. Nibbles are multiplied as bytes: the
// two products of VPMADDUBSW, and twice as many, at most 4 * 255 * 8, fit 16 bits.
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
  static __m256i AddNibbles(__m256i sum, __m256i a, __m256i b, __m256i more_a, __m256i more_b) {
    const __m256i sums =
        _mm256_add_epi16(_mm256_maddubs_epi16(a, b), _mm256_maddubs_epi16(more_a, more_b));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(sums, _mm256_set1_epi16(1)));
  }
};

}  // namespace

extern const RowKernels kGemmRowsAvx2;
const RowKernels kGemmRowsAvx2 = kRows<Products>;

}  // namespace edgetasks::kernels::simd
