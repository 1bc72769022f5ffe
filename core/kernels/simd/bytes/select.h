// Chooses among the implementations of the bytes family.
#ifndef CORE_KERNELS_SIMD_BYTES_SELECT_H_
#define CORE_KERNELS_SIMD_BYTES_SELECT_H_

#include "absl/types/span.h"
#include "core/kernels/simd/bytes/bytes.h"

namespace edgetasks::kernels::simd {

// The best kernels that ActiveCpuLevel() allows; null where the plain loops of core/kernels/ref are
// as fast.
const ByteKernels* SelectByteKernels();

// All kernels that this processor can run, best first: for tests and benchmarks.
absl::Span<const ByteKernels* const> RunnableByteKernels();

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_BYTES_SELECT_H_
