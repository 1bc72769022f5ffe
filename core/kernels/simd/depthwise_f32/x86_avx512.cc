// The depthwise_f32 family with AVX-512. Compiled with those flags: everything here is local to
// this file.
#include "core/kernels/simd/depthwise_f32/row.h"

namespace edgetasks::kernels::simd {

extern const DepthwiseF32Kernels kDepthwiseF32Avx512;
const DepthwiseF32Kernels kDepthwiseF32Avx512 = {CpuLevel::kAvx512, Row};

}  // namespace edgetasks::kernels::simd
