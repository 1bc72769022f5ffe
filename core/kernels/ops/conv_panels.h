// 8-bit convolutions by the gemm and conv families, bit for bit what the loops of core/kernels/ref
// compute: CONV_2D as products with packed panels, DEPTHWISE_CONV_2D tap by tap.
#ifndef CORE_KERNELS_OPS_CONV_PANELS_H_
#define CORE_KERNELS_OPS_CONV_PANELS_H_

#include <cstdint>

#include "core/ir/kernel.h"
#include "core/kernels/ops/filter_op.h"
#include "core/kernels/ref/conv_2d.h"
#include "core/kernels/ref/depthwise_conv_2d.h"
#include "core/kernels/simd/conv/conv.h"
#include "core/kernels/simd/gemm/gemm.h"

namespace edgetasks::kernels {

// What both kinds need of the numbers.
struct ConvBytes {
  const simd::ConvKernels* kernels = nullptr;  // null: not at this level, or not for these types
  uint8_t flip = 0;                            // 128 for int8 pixels
  int32_t input_zero = 0;                      // after the flip
  int32_t weight_zero = 0;                     // of uint8 weights less 128
  simd::Requantization requantization;
};

struct ConvPanels {
  ConvBytes bytes;
  const simd::GemmKernels* gemm = nullptr;
  int64_t panels = 0, panel_bytes = 0;
  int slots = 1;
  int panel_scratch = -1;  // all panels
  int row_scratch = -1;    // for each slot, a tile of pixels as rows
};

struct DepthwiseBytes {
  ConvBytes bytes;
  int slots = 1;
  int filter_scratch = -1;
  int zero_scratch = -1;  // a pixel of zeros, for taps outside the input
  int tap_scratch = -1;   // for each slot, the taps of a pixel
  int sum_scratch = -1;   // for each slot, the sums of a pixel
};

// After PrepareFilterNumbers. True, with scratch asked for, where the op can be computed this way.
bool PrepareConvPanels(ir::PrepareContext& context, const FilterNumbers& numbers,
                       const ref::ConvShape& shape, ConvPanels* p);
void EvalConvPanels(ir::EvalContext& context, const ref::ConvShape& shape, const ConvPanels& p);

bool PrepareDepthwiseBytes(ir::PrepareContext& context, const FilterNumbers& numbers,
                           const ref::DepthwiseShape& shape, DepthwiseBytes* p);
void EvalDepthwiseBytes(ir::EvalContext& context, const ref::DepthwiseShape& shape,
                        const DepthwiseBytes& p);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_CONV_PANELS_H_
