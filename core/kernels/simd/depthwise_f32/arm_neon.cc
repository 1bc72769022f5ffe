// The depthwise_f32 family with NEON.
#include "core/kernels/simd/depthwise_f32/row.h"

namespace edgetasks::kernels::simd {

extern const DepthwiseF32Kernels kDepthwiseF32Neon;
const DepthwiseF32Kernels kDepthwiseF32Neon = {CpuLevel::kNeon, Row};

}  // namespace edgetasks::kernels::simd
