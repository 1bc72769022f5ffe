// What CONV_2D keeps from Prepare to Eval, for itself and for ops that hold one.
#ifndef CORE_KERNELS_OPS_CONV_2D_H_
#define CORE_KERNELS_OPS_CONV_2D_H_

#include "absl/status/status.h"
#include "core/ir/kernel.h"
#include "core/kernels/ops/conv_floats.h"
#include "core/kernels/ops/conv_panels.h"
#include "core/kernels/ops/filter_op.h"
#include "core/kernels/ref/conv_2d.h"

namespace edgetasks::kernels {

struct Conv2D {
  FilterNumbers numbers;
  ref::ConvShape shape;
  int parts = 1;              // what the work is split into, for the threads
  int64_t tile_elements = 0;  // unpacked weights of one part; 0 if nothing is unpacked
  int tile_scratch = 0;
  bool by_panels = false, by_floats = false;
  ConvPanels panels;
  ConvFloats floats;
};

// PrepareConv2D (op.h) for that caller. It makes a Conv2D; by_panels or by_floats say whether it
// can be asked for rows.
absl::Status PrepareConv2DFor(ir::PrepareContext& context, ConvCaller caller);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_CONV_2D_H_
