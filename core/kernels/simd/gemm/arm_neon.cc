// The gemm family with NEON alone: few rows of A against rows of B where they lie, SMULL and UMULL
// for SDOT and UDOT. Panels, which only int4 in blocks needs here, are the specification's.
#include "core/kernels/simd/gemm/arm_panels.h"

namespace edgetasks::kernels::simd {
namespace {

int32x4_t Dot(int32x4_t sums, int8x16_t a, int8x16_t b) {
  const int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(a), vget_low_s8(b)));
  const int32x4_t high = vpaddlq_s16(vmull_high_s8(a, b));
  return vaddq_s32(sums, vpaddq_s32(low, high));
}
uint32x4_t Dot(uint32x4_t sums, uint8x16_t a, uint8x16_t b) {
  const uint32x4_t low = vpaddlq_u16(vmull_u8(vget_low_u8(a), vget_low_u8(b)));
  const uint32x4_t high = vpaddlq_u16(vmull_high_u8(a, b));
  return vaddq_u32(sums, vpaddq_u32(low, high));
}

void PackS8(const WeightRows<int8_t>& b, uint8_t* panel) { kGemmScalar.pack_s8(b, panel); }
void PackU8(const WeightRows<uint8_t>& b, uint8_t* panel) { kGemmScalar.pack_u8(b, panel); }
void PackS4(const WeightRows<uint8_t>& b, uint8_t* panel) { kGemmScalar.pack_s4(b, panel); }
void PackS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, uint8_t* panel) {
  kGemmScalar.pack_s4_blocks(b, blocks, panel);
}
void Multiply(const ActivationRows& a, int64_t depth, const uint8_t* panel, int32_t* c,
              int64_t c_stride) {
  kGemmScalar.multiply(a, depth, panel, c, c_stride);
}
void MultiplyBlocks(const ActivationRows& a, int64_t depth, int64_t block_size,
                    const uint8_t* panel, float* c, int64_t c_stride) {
  kGemmScalar.multiply_blocks(a, depth, block_size, panel, c, c_stride);
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#include "core/kernels/simd/gemm/arm_rows.h"

namespace edgetasks::kernels::simd {

extern const GemmKernels kGemmNeon;
const GemmKernels kGemmNeon = {
    CpuLevel::kNeon, false,          false,  PackS8,   PackU8,    PackS4,      PackS4Blocks,
    Multiply,        MultiplyBlocks, &kRows, Quantize, ScaleSums, ScaleFloats,
};

}  // namespace edgetasks::kernels::simd
