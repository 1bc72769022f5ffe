// The depthwise_f32 family with AVX2 and FMA. Compiled with those flags: everything here is local
// to this file.
#include "core/kernels/simd/depthwise_f32/row.h"

namespace edgetasks::kernels::simd {

extern const DepthwiseF32Kernels kDepthwiseF32Avx2;
const DepthwiseF32Kernels kDepthwiseF32Avx2 = {CpuLevel::kAvx2, Row};

}  // namespace edgetasks::kernels::simd
