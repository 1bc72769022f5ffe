// Chooses among the implementations of the gemm_f32 family.
#ifndef CORE_KERNELS_SIMD_GEMM_F32_SELECT_H_
#define CORE_KERNELS_SIMD_GEMM_F32_SELECT_H_

#include "absl/types/span.h"
#include "core/kernels/simd/gemm_f32/gemm_f32.h"

namespace edgetasks::kernels::simd {

// The best kernels that ActiveCpuLevel() allows; null where the plain loops of core/kernels/ref are
// as fast.
const GemmF32Kernels* SelectGemmF32Kernels();

// All kernels that this processor can run, best first: for tests and benchmarks.
absl::Span<const GemmF32Kernels* const> RunnableGemmF32Kernels();

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_F32_SELECT_H_
