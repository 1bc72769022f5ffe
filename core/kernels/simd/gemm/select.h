// Chooses among the implementations of the gemm family.
#ifndef CORE_KERNELS_SIMD_GEMM_SELECT_H_
#define CORE_KERNELS_SIMD_GEMM_SELECT_H_

#include "absl/types/span.h"
#include "core/kernels/simd/gemm/gemm.h"

namespace edgetasks::kernels::simd {

// The best kernels that ActiveCpuLevel() allows. (Where these are the scalar ones, the dot family
// is faster, and does the same but for blocks.)
const GemmKernels& SelectGemmKernels();

// All kernels that this processor can run, best first: for tests and benchmarks.
absl::Span<const GemmKernels* const> RunnableGemmKernels();

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_SELECT_H_
