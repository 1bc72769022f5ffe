// Loops that do nothing but what a processor can do best: they read memory, or multiply numbers
// that stay in registers. Their speed is the limit that profiles hold kernels against. One
// LimitKernels is one instruction set; limits.inc lists them, best first.
//
// The functions neither allocate nor fail, and may run on any thread.
#ifndef CORE_KERNELS_SIMD_LIMITS_LIMITS_H_
#define CORE_KERNELS_SIMD_LIMITS_LIMITS_H_

#include <cstdint>

#include "core/base/cpu_level.h"

namespace edgetasks::kernels::simd {

struct LimitKernels {
  CpuLevel level;  // what the processor must have

  // Reads `bytes` bytes once, from the first to the last, and returns the exclusive or of their
  // 64-bit words. A multiple of 256.
  uint64_t (*read)(const uint8_t* data, int64_t bytes);

  // Sums products of 8-bit integers into 32 bits: integer_macs of them in a round. The result
  // depends on all of them.
  int64_t integer_macs;
  uint64_t (*multiply_integers)(int64_t rounds, uint32_t seed);

  // Sums products of floats: float_macs of them in a round. 0 <= seed < 1.
  int64_t float_macs;
  float (*multiply_floats)(int64_t rounds, float seed);
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_LIMITS_LIMITS_H_
