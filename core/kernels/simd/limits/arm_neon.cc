// The limits of NEON: SMULL, SMLAL and SADALP for 8-bit products.
#include "core/kernels/simd/limits/arm_128.h"

namespace edgetasks::kernels::simd {
namespace {

struct Products {
  static constexpr int64_t kMacs = 16;
  static int32x4_t Add(int32x4_t sum, int8x16_t a, int8x16_t b) {
    const int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b));
    return vpadalq_s16(sum, vmlal_high_s8(low, a, b));
  }
};

}  // namespace

extern const LimitKernels kLimitsNeon;
const LimitKernels kLimitsNeon = TableOf<Products>(CpuLevel::kNeon);

}  // namespace edgetasks::kernels::simd
