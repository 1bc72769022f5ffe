// What CONV_2D and DEPTHWISE_CONV_2D of 8-bit pixels tell the microkernels about their numbers.
#ifndef CORE_KERNELS_OPS_FILTER_BYTES_H_
#define CORE_KERNELS_OPS_FILTER_BYTES_H_

#include <cstdint>

#include "core/ir/kernel.h"
#include "core/kernels/ops/filter_op.h"
#include "core/kernels/simd/requantization.h"

namespace edgetasks::kernels {

// Bytes of pixels and weights are worth what ConvPixels and ConvWeights of simd/conv say.
struct FilterBytes {
  uint8_t input_flip = 0, weight_flip = 0;
  int32_t input_zero = 0, weight_zero = 0;
  simd::Requantization requantization;  // without the bias, which is only known in Eval
};

// After PrepareFilterNumbers. False unless the op has 8-bit pixels, and weights of 8 or 4 bits. The
// result points into `numbers`.
bool MakeFilterBytes(const ir::PrepareContext& context, const FilterNumbers& numbers,
                     FilterBytes* bytes);

// Lets the microkernels requantize by floats where that gives the same bytes.
template <typename Kernels>
void FindExactFloats(const Kernels& kernels, int64_t channels, FilterBytes* bytes) {
  simd::Requantization& r = bytes->requantization;
  r.floats_are_exact = kernels.floats_are_exact != nullptr && kernels.floats_are_exact(r, channels);
}

// Requantization of output channels from `channel` on.
simd::Requantization RequantizationFrom(const ir::EvalContext& context, const FilterBytes& bytes,
                                        int64_t channel);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_FILTER_BYTES_H_
