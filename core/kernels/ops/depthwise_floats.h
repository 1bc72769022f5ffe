// DEPTHWISE_CONV_2D of floats by the depthwise_f32 family.
#ifndef CORE_KERNELS_OPS_DEPTHWISE_FLOATS_H_
#define CORE_KERNELS_OPS_DEPTHWISE_FLOATS_H_

#include "absl/functional/function_ref.h"
#include "core/ir/kernel.h"
#include "core/kernels/ops/filter_op.h"
#include "core/kernels/ref/depthwise_conv_2d.h"
#include "core/kernels/simd/depthwise_f32/depthwise_f32.h"

namespace edgetasks::kernels {

struct DepthwiseFloats {
  const simd::DepthwiseF32Kernels* kernels = nullptr;
  simd::FloatRange range;
};

// After PrepareFilterNumbers. True where the op can be computed this way: f32 weights, one filter a
// channel, where a level of SIMD is there.
bool PrepareDepthwiseFloats(ir::PrepareContext& context, const FilterNumbers& numbers,
                            const ref::DepthwiseShape& shape, DepthwiseFloats* p);
void EvalDepthwiseFloats(ir::EvalContext& context, const ref::DepthwiseShape& shape,
                         const DepthwiseFloats& p);

// A part of it: row y of an image's output, from rows of its input, [width, channels], as row_at
// gives them. From any thread.
void ComputeDepthwiseFloats(const ir::EvalContext& context, const ref::DepthwiseShape& shape,
                            const DepthwiseFloats& p, int64_t y,
                            absl::FunctionRef<const float*(int64_t input_y)> row_at, float* out);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_DEPTHWISE_FLOATS_H_
