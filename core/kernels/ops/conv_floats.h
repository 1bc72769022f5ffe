// CONV_2D of floats as products of rows of pixels and packed panels of weights.
#ifndef CORE_KERNELS_OPS_CONV_FLOATS_H_
#define CORE_KERNELS_OPS_CONV_FLOATS_H_

#include "core/ir/kernel.h"
#include "core/kernels/ops/conv_schedule.h"
#include "core/kernels/ops/filter_op.h"
#include "core/kernels/ref/conv_2d.h"
#include "core/kernels/simd/gemm_f32/gemm_f32.h"

namespace edgetasks::kernels {

struct ConvFloats {
  const simd::GemmF32Kernels* kernels = nullptr;
  ref::ActivationRange<float> range;
  // Rows that are the input and so few that they meet the weights where they lie; the schedule is
  // not used then.
  bool unpacked = false;
  ConvSchedule schedule;
  int unpack_scratch = -1;  // for each slot, a panel of 16-bit weights as floats
};

// After PrepareFilterNumbers. True, with scratch asked for, where the op can be computed this way:
// without groups, where a level of SIMD is there.
bool PrepareConvFloats(ir::PrepareContext& context, const FilterNumbers& numbers,
                       const ref::ConvShape& shape, ConvCaller caller, ConvFloats* p);
void EvalConvFloats(ir::EvalContext& context, const ref::ConvShape& shape, const ConvFloats& p);

// Of an op that was prepared for rows: PackPanels and ComputePixels of its schedule. `input` stands
// for the op's.
void PackConvFloats(ir::EvalContext& context, const ref::ConvShape& shape, const ConvFloats& p);
void ComputeConvFloats(ir::EvalContext& context, const ref::ConvShape& shape, const ConvFloats& p,
                       const uint8_t* input, int64_t slot, int64_t pixel, int64_t count,
                       uint8_t* out);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_CONV_FLOATS_H_
