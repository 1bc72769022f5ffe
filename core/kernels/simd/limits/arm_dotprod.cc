// The limits of SDOT for 8-bit products.
#include "core/kernels/simd/limits/arm_128.h"

namespace edgetasks::kernels::simd {
namespace {

struct Products {
  static constexpr int64_t kMacs = 16;
  static int32x4_t Add(int32x4_t sum, int8x16_t a, int8x16_t b) { return vdotq_s32(sum, a, b); }
};

}  // namespace

extern const LimitKernels kLimitsDotprod;
const LimitKernels kLimitsDotprod = TableOf<Products>(CpuLevel::kDotprod);

}  // namespace edgetasks::kernels::simd
