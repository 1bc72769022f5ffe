// Chooses among the implementations of the pixels family.
#ifndef CORE_KERNELS_SIMD_PIXELS_SELECT_H_
#define CORE_KERNELS_SIMD_PIXELS_SELECT_H_

#include "absl/types/span.h"
#include "core/kernels/simd/pixels/pixels.h"

namespace edgetasks::kernels::simd {

// The best kernels that ActiveCpuLevel() allows.
const PixelKernels& SelectPixelKernels();

// All kernels that this processor can run, best first: for tests and benchmarks.
absl::Span<const PixelKernels* const> RunnablePixelKernels();

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_PIXELS_SELECT_H_
