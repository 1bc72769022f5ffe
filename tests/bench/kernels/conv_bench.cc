// The families of convolutions: 1x1, a first layer of three channels, and 3x3, in int8, uint8 and
// floats, in the shapes of MobileNet v2.
#include "absl/strings/str_cat.h"
#include "tests/bench/kernels/op_bench.h"

namespace edgetasks::bench {
namespace {

using ir::DType;
using ir::OpCode;

struct Layer {
  const char* name;
  int32_t side, in, out, filter, stride;
};

void Convolution(test::GraphBuilder& g, const Layer& l, DType dtype) {
  const int32_t out_side = (l.side + l.stride - 1) / l.stride;
  const ir::Shape filter = {l.out, l.filter, l.filter, l.in};
  ir::Conv2DParams params;
  params.stride_h = params.stride_w = l.stride;
  const int x = g.Input(dtype, {1, l.side, l.side, l.in});
  int weights = -1;
  if (dtype == DType::kFloat32) {
    weights = g.Constant<float>(filter, RandomFloats(filter.num_elements()));
  } else {
    weights = QuantizedWeights(g, filter, dtype);
    Quantize(g, x, 0.05f, dtype == DType::kUInt8 ? 128 : 0);
    if (dtype == DType::kUInt8) Quantize(g, weights, 0.01f, 121);
  }
  const int y = g.Op(OpCode::CONV_2D, {x, weights}, dtype, {1, out_side, out_side, l.out}, params);
  if (dtype != DType::kFloat32) Quantize(g, y, 0.1f, dtype == DType::kUInt8 ? 128 : 0);
  g.Outputs({y});
}

}  // namespace

void RegisterConv() {
  constexpr Layer kLayers[] = {
      {"first_3x3", 224, 3, 32, 3, 2},         {"1x1_56x56x24x144", 56, 24, 144, 1, 1},
      {"1x1_14x14x96x576", 14, 96, 576, 1, 1}, {"1x1_7x7x960x320", 7, 960, 320, 1, 1},
      {"3x3_14x14x64x64", 14, 64, 64, 3, 1},
  };
  for (const Layer& layer : kLayers) {
    for (const DType dtype : {DType::kInt8, DType::kUInt8, DType::kFloat32}) {
      RegisterOp("conv", absl::StrCat(std::string(ir::NameOf(dtype)), "/", layer.name),
                 [=](test::GraphBuilder& g) { Convolution(g, layer, dtype); });
    }
  }
}

}  // namespace edgetasks::bench
