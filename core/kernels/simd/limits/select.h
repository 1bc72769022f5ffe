// Chooses among the implementations of the limits family.
#ifndef CORE_KERNELS_SIMD_LIMITS_SELECT_H_
#define CORE_KERNELS_SIMD_LIMITS_SELECT_H_

#include "absl/types/span.h"
#include "core/kernels/simd/limits/limits.h"

namespace edgetasks::kernels::simd {

// The best kernels that ActiveCpuLevel() allows.
const LimitKernels& SelectLimitKernels();

// All kernels that this processor can run, best first: for tests and benchmarks.
absl::Span<const LimitKernels* const> RunnableLimitKernels();

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_LIMITS_SELECT_H_
