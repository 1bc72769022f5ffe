// What the files of the conv family for ARM share. Local to the file that includes it.
#ifndef CORE_KERNELS_SIMD_CONV_ARM_ROWS_H_
#define CORE_KERNELS_SIMD_CONV_ARM_ROWS_H_

#include <arm_neon.h>

#include "core/kernels/simd/conv/conv.h"

namespace edgetasks::kernels::simd {
namespace {

void SumRows(const ConvPixels& a, int64_t depth, int32_t* sums) {
  const uint8x16_t flips = vdupq_n_u8(a.flip);
  for (int64_t i = 0; i < a.rows; ++i) {
    const uint8_t* row = a.data + i * a.stride;
    uint32x4_t parts = vdupq_n_u32(0);
    int64_t k = 0;
    for (; k + 16 <= depth; k += 16) {
      parts = vpadalq_u16(parts, vpaddlq_u8(veorq_u8(vld1q_u8(row + k), flips)));
    }
    uint32_t sum = vaddvq_u32(parts);
    for (; k < depth; ++k) sum += static_cast<uint8_t>(row[k] ^ a.flip);
    sums[i] = static_cast<int32_t>(sum);
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_CONV_ARM_ROWS_H_
