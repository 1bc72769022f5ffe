// What float results are clamped to.
#ifndef CORE_KERNELS_SIMD_FLOAT_RANGE_H_
#define CORE_KERNELS_SIMD_FLOAT_RANGE_H_

namespace edgetasks::kernels::simd {

// min(max, max(min, x)); NaN stays NaN. Infinities for no range.
struct FloatRange {
  float min = 0.0f, max = 0.0f;
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_FLOAT_RANGE_H_
