// The depthwise families: 3x3 and 5x5 of stride 1 and 2, in int8, uint8 and floats.
#include "absl/strings/str_cat.h"
#include "tests/bench/kernels/op_bench.h"

namespace edgetasks::bench {
namespace {

using ir::DType;
using ir::OpCode;

void Depthwise(test::GraphBuilder& g, int32_t side, int32_t channels, int32_t taps, int32_t stride,
               DType dtype) {
  const int32_t out_side = (side + stride - 1) / stride;
  const ir::Shape filter = {1, taps, taps, channels};
  ir::DepthwiseConv2DParams params;
  params.stride_h = params.stride_w = stride;
  const int x = g.Input(dtype, {1, side, side, channels});
  int weights = -1;
  if (dtype == DType::kFloat32) {
    weights = g.Constant<float>(filter, RandomFloats(filter.num_elements()));
  } else {
    const int zero = dtype == DType::kUInt8 ? 128 : 0;
    weights = QuantizedWeights(g, filter, dtype);
    Quantize(g, weights, 0.01f, zero);
    Quantize(g, x, 0.05f, zero);
  }
  const int y = g.Op(OpCode::DEPTHWISE_CONV_2D, {x, weights}, dtype,
                     {1, out_side, out_side, channels}, params);
  if (dtype != DType::kFloat32) Quantize(g, y, 0.1f, dtype == DType::kUInt8 ? 128 : 0);
  g.Outputs({y});
}

}  // namespace

void RegisterDepthwise() {
  for (const DType dtype : {DType::kInt8, DType::kUInt8, DType::kFloat32}) {
    for (const int32_t taps : {3, 5}) {
      for (const int32_t stride : {1, 2}) {
        RegisterOp("depthwise",
                   absl::StrCat(std::string(ir::NameOf(dtype)), "/", taps, "x", taps, "_56x56x144",
                                "/stride", stride),
                   [=](test::GraphBuilder& g) { Depthwise(g, 56, 144, taps, stride, dtype); });
      }
    }
  }
}

}  // namespace edgetasks::bench
