// What the files of the gemm family with SDOT and UDOT share. They are compiled with those flags:
// everything here is local to the file that includes it, and no header with inline functions may be
// included beside it, or the linker might keep a copy of one that only newer processors can run.
#ifndef CORE_KERNELS_SIMD_GEMM_ARM_DOTPROD_H_
#define CORE_KERNELS_SIMD_GEMM_ARM_DOTPROD_H_

#include <arm_neon.h>

#include <cstddef>

#include "core/kernels/simd/gemm/gemm.h"

namespace edgetasks::kernels::simd {

namespace {

[[maybe_unused]] int64_t Min(int64_t a, int64_t b) { return a < b ? a : b; }

// A scale in binary16.
[[maybe_unused]] float FloatOf(uint16_t half) {
  const float16x4_t halves = vreinterpret_f16_u16(vdup_n_u16(half));
  return vgetq_lane_f32(vcvt_f32_f16(halves), 0);
}

// Activations as signed numbers: less 128.
[[maybe_unused]] int8x16_t Less128(uint8x16_t a) {
  return vreinterpretq_s8_u8(veorq_u8(a, vdupq_n_u8(0x80)));
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_ARM_DOTPROD_H_
