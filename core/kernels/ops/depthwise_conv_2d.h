// What DEPTHWISE_CONV_2D keeps from Prepare to Eval, for itself and for ops that hold one.
#ifndef CORE_KERNELS_OPS_DEPTHWISE_CONV_2D_H_
#define CORE_KERNELS_OPS_DEPTHWISE_CONV_2D_H_

#include "core/kernels/ops/depthwise_bytes.h"
#include "core/kernels/ops/depthwise_floats.h"
#include "core/kernels/ops/filter_op.h"
#include "core/kernels/ref/depthwise_conv_2d.h"

namespace edgetasks::kernels {

struct DepthwiseConv2D {
  FilterNumbers numbers;
  ref::DepthwiseShape shape;
  int64_t min_rows = 1;  // worth a thread
  bool by_bytes = false, by_floats = false;
  DepthwiseBytes bytes;
  DepthwiseFloats floats;
};

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_DEPTHWISE_CONV_2D_H_
