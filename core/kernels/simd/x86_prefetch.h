// Asking for memory ahead of time. Everything here is static, so that files which are compiled with
// different flags do not share it.
#ifndef CORE_KERNELS_SIMD_X86_PREFETCH_H_
#define CORE_KERNELS_SIMD_X86_PREFETCH_H_

namespace edgetasks::kernels::simd {

// Asks for the line at `at` into all caches. A hint: an address that is not there is no error.
//
// Not the intrinsic: GCC takes a function that does nothing else for one without effect, and drops
// the calls of it (seen with GCC 12 in functions that are always inlined).
static inline void Prefetch(const void* at) {
  __asm__ volatile("prefetcht0 %0" : : "m"(*static_cast<const char*>(at)));
}

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_X86_PREFETCH_H_
