// Chooses among the implementations of the depthwise family.
#ifndef CORE_KERNELS_SIMD_DEPTHWISE_SELECT_H_
#define CORE_KERNELS_SIMD_DEPTHWISE_SELECT_H_

#include "absl/types/span.h"
#include "core/kernels/simd/depthwise/depthwise.h"

namespace edgetasks::kernels::simd {

// The best kernels that ActiveCpuLevel() allows; null where the plain loops of core/kernels/ref are
// as fast.
const DepthwiseKernels* SelectDepthwiseKernels();

// All kernels that this processor can run, best first: for tests and benchmarks.
absl::Span<const DepthwiseKernels* const> RunnableDepthwiseKernels();

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_DEPTHWISE_SELECT_H_
