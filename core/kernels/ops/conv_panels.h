// CONV_2D of 8-bit pixels as products of rows of pixels and packed panels of weights, by the conv
// family: bit for bit what the loops of core/kernels/ref compute.
#ifndef CORE_KERNELS_OPS_CONV_PANELS_H_
#define CORE_KERNELS_OPS_CONV_PANELS_H_

#include "core/ir/kernel.h"
#include "core/kernels/ops/conv_schedule.h"
#include "core/kernels/ops/filter_bytes.h"
#include "core/kernels/ref/conv_2d.h"
#include "core/kernels/simd/conv/conv.h"

namespace edgetasks::kernels {

struct ConvPanels {
  const simd::ConvKernels* kernels = nullptr;
  FilterBytes bytes;
  // Rows that are the input and so few that they meet the weights where they lie; the schedule is
  // not used then.
  bool unpacked = false;
  ConvSchedule schedule;
  int row_sum_scratch = -1;  // of every row, where weights have a zero
  int unpack_scratch = -1;   // for each slot, a panel of 4-bit weights as bytes
};

// After PrepareFilterNumbers. True, with scratch asked for, where the op can be computed this way.
bool PrepareConvPanels(ir::PrepareContext& context, const FilterNumbers& numbers,
                       const ref::ConvShape& shape, ConvCaller caller, ConvPanels* p);
void EvalConvPanels(ir::EvalContext& context, const ref::ConvShape& shape, const ConvPanels& p);

// Of an op that was prepared for rows: PackPanels and ComputePixels of its schedule. `input` stands
// for the op's.
void PackConvPanels(ir::EvalContext& context, const ref::ConvShape& shape, const ConvPanels& p);
void ComputeConvPanels(ir::EvalContext& context, const ref::ConvShape& shape, const ConvPanels& p,
                       const uint8_t* input, int64_t slot, int64_t pixel, int64_t count,
                       uint8_t* out);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_CONV_PANELS_H_
