// Chooses among the implementations of the rowwise family.
#ifndef CORE_KERNELS_SIMD_ROWWISE_SELECT_H_
#define CORE_KERNELS_SIMD_ROWWISE_SELECT_H_

#include "absl/types/span.h"
#include "core/kernels/simd/rowwise/rowwise.h"

namespace edgetasks::kernels::simd {

// The best kernels that ActiveCpuLevel() allows.
const RowwiseKernels& SelectRowwiseKernels();

// All kernels that this processor can run, best first: for tests and benchmarks.
absl::Span<const RowwiseKernels* const> RunnableRowwiseKernels();

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_ROWWISE_SELECT_H_
