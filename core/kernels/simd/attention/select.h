// Chooses among the implementations of the attention family.
#ifndef CORE_KERNELS_SIMD_ATTENTION_SELECT_H_
#define CORE_KERNELS_SIMD_ATTENTION_SELECT_H_

#include "absl/types/span.h"
#include "core/kernels/simd/attention/attention.h"

namespace edgetasks::kernels::simd {

// The best kernels that ActiveCpuLevel() allows.
const AttentionKernels& SelectAttentionKernels();

// All kernels that this processor can run, best first: for tests and benchmarks.
absl::Span<const AttentionKernels* const> RunnableAttentionKernels();

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_ATTENTION_SELECT_H_
