// CONV_2D of 8-bit pixels as products of rows of pixels and packed panels of weights, by the conv
// family: bit for bit what the loops of core/kernels/ref compute.
#ifndef CORE_KERNELS_OPS_CONV_PANELS_H_
#define CORE_KERNELS_OPS_CONV_PANELS_H_

#include <cstdint>

#include "core/ir/kernel.h"
#include "core/kernels/ops/filter_bytes.h"
#include "core/kernels/ref/conv_2d.h"
#include "core/kernels/simd/conv/conv.h"

namespace edgetasks::kernels {

struct ConvPanels {
  const simd::ConvKernels* kernels = nullptr;
  FilterBytes bytes;
  int slots = 1;
  int64_t pixels = 0;  // of all batches' outputs
  int64_t panels = 0, panel_bytes = 0;
  bool few_pixels = false;   // all rows at once, panel after panel; else tile after tile
  int64_t tile_pixels = 0;   // of which the rows stay in the first-level cache
  int panel_scratch = -1;    // all panels; with few pixels one for each slot
  int row_scratch = -1;      // a tile for each slot, with few pixels all; -1: rows are the input
  int row_sum_scratch = -1;  // of all pixels, with few pixels and weights with a zero
  int unpack_scratch = -1;   // for each slot, a panel of 4-bit weights as bytes
};

// After PrepareFilterNumbers. True, with scratch asked for, where the op can be computed this way.
bool PrepareConvPanels(ir::PrepareContext& context, const FilterNumbers& numbers,
                       const ref::ConvShape& shape, ConvPanels* p);
void EvalConvPanels(ir::EvalContext& context, const ref::ConvShape& shape, const ConvPanels& p);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_CONV_PANELS_H_
