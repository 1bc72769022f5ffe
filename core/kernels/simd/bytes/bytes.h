// Elementwise arithmetic of 8-bit tensors.
//
// The scalar kernels are the specification; all others equal them bit for bit. One ByteKernels is
// one instruction set; bytes.inc lists them, best first. The functions neither allocate nor fail,
// and may run on any thread. No pointer is null.
#ifndef CORE_KERNELS_SIMD_BYTES_BYTES_H_
#define CORE_KERNELS_SIMD_BYTES_BYTES_H_

#include <cstdint>

#include "core/base/cpu_level.h"

namespace edgetasks::kernels::simd {

// Sums of two 8-bit tensors with scales of their own, as ref::QuantizedSum computes them.
// Multipliers are pairs of mantissa and shift, the shifts at most 0.
struct SumOfBytes {
  bool is_signed = false;  // int8, or uint8
  bool subtract = false;
  int32_t a_zero = 0, b_zero = 0, output_zero = 0;
  int32_t a_multiplier[2] = {}, b_multiplier[2] = {}, output_multiplier[2] = {};
  int32_t min = 0, max = 0;  // of the output, in the range of its type
  // Where by_floats: floor(a * a_scale + b * b_scale + offset) + output_zero, clamped, is the same.
  bool by_floats = false;
  float a_scale = 0, b_scale = 0, offset = 0;
};

struct ByteKernels {
  CpuLevel level;  // what the processor must have

  // q[i] = a[i] + b[i] or a[i] - b[i], i < count. q may be a or b.
  void (*sum)(const SumOfBytes&, const uint8_t* a, const uint8_t* b, int64_t count, uint8_t* q);

  // Looks for floats that `sum` may use, by trying some with all pairs of bytes: 20 to 200
  // microseconds. Null where the set has no use for them.
  void (*find_floats)(SumOfBytes*) = nullptr;
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_BYTES_BYTES_H_
