// DEPTHWISE_CONV_2D of 8-bit pixels by the depthwise family: bit for bit what the loops of
// core/kernels/ref compute.
#ifndef CORE_KERNELS_OPS_DEPTHWISE_BYTES_H_
#define CORE_KERNELS_OPS_DEPTHWISE_BYTES_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "core/ir/kernel.h"
#include "core/kernels/ops/filter_bytes.h"
#include "core/kernels/ref/depthwise_conv_2d.h"
#include "core/kernels/simd/depthwise/depthwise.h"

namespace edgetasks::kernels {

struct DepthwiseBytes {
  const simd::DepthwiseKernels* kernels = nullptr;
  FilterBytes bytes;
  int slots = 1;
  int filter_scratch = -1;  // the packed filter
  int zero_scratch = -1;    // a pixel of zeros, for taps outside the input
};

// After PrepareFilterNumbers. True, with scratch asked for, where the op can be computed this way.
bool PrepareDepthwiseBytes(ir::PrepareContext& context, const FilterNumbers& numbers,
                           const ref::DepthwiseShape& shape, DepthwiseBytes* p);
void EvalDepthwiseBytes(ir::EvalContext& context, const ref::DepthwiseShape& shape,
                        const DepthwiseBytes& p);

// The parts of it: what comes before all rows; then row y of an image's output, from rows of its
// input, [width, channels], as row_at gives them. From any thread.
void PackDepthwiseBytes(ir::EvalContext& context, const ref::DepthwiseShape& shape,
                        const DepthwiseBytes& p);
void ComputeDepthwiseBytes(const ir::EvalContext& context, const ref::DepthwiseShape& shape,
                           const DepthwiseBytes& p, int64_t y,
                           absl::FunctionRef<const uint8_t*(int64_t input_y)> row_at, uint8_t* out);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_DEPTHWISE_BYTES_H_
