// The gemm family with SDOT and UDOT: few rows of A against rows of B where they lie.
#include <arm_neon.h>

namespace edgetasks::kernels::simd {
namespace {

int32x4_t Dot(int32x4_t sums, int8x16_t a, int8x16_t b) { return vdotq_s32(sums, a, b); }
uint32x4_t Dot(uint32x4_t sums, uint8x16_t a, uint8x16_t b) { return vdotq_u32(sums, a, b); }

}  // namespace
}  // namespace edgetasks::kernels::simd

#include "core/kernels/simd/gemm/arm_rows.h"

namespace edgetasks::kernels::simd {

extern const RowKernels kGemmRowsDotprod;
const RowKernels kGemmRowsDotprod = kRows;

}  // namespace edgetasks::kernels::simd
