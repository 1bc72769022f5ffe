// Chooses among the implementations of the depthwise_f32 family.
#ifndef CORE_KERNELS_SIMD_DEPTHWISE_F32_SELECT_H_
#define CORE_KERNELS_SIMD_DEPTHWISE_F32_SELECT_H_

#include "absl/types/span.h"
#include "core/kernels/simd/depthwise_f32/depthwise_f32.h"

namespace edgetasks::kernels::simd {

// The best kernels that ActiveCpuLevel() allows; null where the plain loops of core/kernels/ref are
// as fast.
const DepthwiseF32Kernels* SelectDepthwiseF32Kernels();

// All kernels that this processor can run, best first: for tests and benchmarks.
absl::Span<const DepthwiseF32Kernels* const> RunnableDepthwiseF32Kernels();

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_DEPTHWISE_F32_SELECT_H_
