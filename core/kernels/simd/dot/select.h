// Chooses among the implementations of the dot family.
#ifndef CORE_KERNELS_SIMD_DOT_SELECT_H_
#define CORE_KERNELS_SIMD_DOT_SELECT_H_

#include "absl/types/span.h"
#include "core/kernels/simd/dot/dot.h"

namespace edgetasks::kernels::simd {

// The best kernels that ActiveCpuLevel() allows.
const DotKernels& SelectDotKernels();

// All kernels that this processor can run, best first: for tests and benchmarks.
absl::Span<const DotKernels* const> RunnableDotKernels();

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_DOT_SELECT_H_
