// What the files of the gemm family with AVX-512 VNNI share. They are compiled with those flags:
// everything here is local to the file that includes it, and no header with inline functions may be
// included beside it, or the linker might keep a copy of one that only newer processors can run.
#ifndef CORE_KERNELS_SIMD_GEMM_X86_AVX512VNNI_H_
#define CORE_KERNELS_SIMD_GEMM_X86_AVX512VNNI_H_

#include <immintrin.h>

#include "core/kernels/simd/gemm/gemm.h"
#include "core/kernels/simd/x86_avx512_masks.h"
#include "core/kernels/simd/x86_prefetch.h"

namespace edgetasks::kernels::simd {

namespace {

constexpr int64_t kBytes = 64;               // of a vector
[[maybe_unused]] constexpr int kLanes = 16;  // 32-bit ones

[[maybe_unused]] int64_t Min(int64_t a, int64_t b) { return a < b ? a : b; }

// Rows of a few hundred bytes end before the processor's prefetchers have learnt where they go, so
// the kernels that read B once ask for what comes this far ahead. B is contiguous as a rule: that
// is some rows on. (A hint: an address behind the end is no error.)
constexpr int64_t kPrefetchBytes = 4096;

[[maybe_unused]] void PrefetchAhead(const void* now, int64_t bytes = kPrefetchBytes) {
  Prefetch(static_cast<const char*>(now) + bytes);
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_X86_AVX512VNNI_H_
