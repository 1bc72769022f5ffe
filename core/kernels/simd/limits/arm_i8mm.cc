// The limits of SMMLA for 8-bit products.
#include "core/kernels/simd/limits/arm_128.h"

namespace edgetasks::kernels::simd {
namespace {

struct Products {
  static constexpr int64_t kMacs = 32;
  static int32x4_t Add(int32x4_t sum, int8x16_t a, int8x16_t b) { return vmmlaq_s32(sum, a, b); }
};

}  // namespace

extern const LimitKernels kLimitsI8mm;
const LimitKernels kLimitsI8mm = TableOf<Products>(CpuLevel::kI8mm);

}  // namespace edgetasks::kernels::simd
