// Chooses among the implementations of the conv family.
#ifndef CORE_KERNELS_SIMD_CONV_SELECT_H_
#define CORE_KERNELS_SIMD_CONV_SELECT_H_

#include "absl/types/span.h"
#include "core/kernels/simd/conv/conv.h"

namespace edgetasks::kernels::simd {

// The best kernels that ActiveCpuLevel() allows; null where the plain loops of core/kernels/ref are
// as fast.
const ConvKernels* SelectConvKernels();

// All kernels that this processor can run, best first: for tests and benchmarks.
absl::Span<const ConvKernels* const> RunnableConvKernels();

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_CONV_SELECT_H_
