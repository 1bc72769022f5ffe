// CONV_2D of floats as products of rows: pixels with their neighbourhoods against the filter where
// it lies.
#ifndef CORE_KERNELS_OPS_CONV_ROWS_H_
#define CORE_KERNELS_OPS_CONV_ROWS_H_

#include <cstdint>

#include "core/ir/kernel.h"
#include "core/kernels/ops/filter_op.h"
#include "core/kernels/ref/conv_2d.h"
#include "core/kernels/simd/dot/dot.h"

namespace edgetasks::kernels {

struct ConvRows {
  void (*dot)(const simd::DotBlock<float, float, float>&) = nullptr;
  ref::ActivationRange<float> range;
  int64_t tile_pixels = 0;
  int slots = 1;
  int row_scratch = -1;  // for each slot, a tile of rows; -1: the input's pixels are the rows
};

// After PrepareFilterNumbers. True, with scratch asked for, where the op can be computed this way:
// f32 x f32 without groups, where a level of SIMD is there.
bool PrepareConvRows(ir::PrepareContext& context, const FilterNumbers& numbers,
                     const ref::ConvShape& shape, ConvRows* p);
void EvalConvRows(ir::EvalContext& context, const ref::ConvShape& shape, const ConvRows& p);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_CONV_ROWS_H_
