// The gemm family: FULLY_CONNECTED of floats by int8 and int4 weights, in the shapes of a model of
// 135 M parameters (1 row: decoding; 128: a prompt).
#include "absl/strings/str_cat.h"
#include "core/base/half.h"
#include "tests/bench/kernels/op_bench.h"

namespace edgetasks::bench {
namespace {

using ir::DType;
using ir::OpCode;

void FullyConnected(test::GraphBuilder& g, int32_t rows, int32_t columns, int32_t depth,
                    int weights) {
  const int x = g.Input(DType::kFloat32, {rows, depth});
  g.Outputs({g.Op(OpCode::FULLY_CONNECTED, {x, weights, -1}, DType::kFloat32, {rows, columns},
                  ir::FullyConnectedParams{})});
}

// Weights by blocks of 32. The scales live as long as the program.
int BlockWeights(test::GraphBuilder& g, int32_t columns, int32_t depth) {
  static const std::vector<uint16_t> scales(int64_t{49152} * 1536 / 32, FloatToHalf(0.01f));
  const int weights = QuantizedWeights(g, {columns, depth}, DType::kInt4);
  ir::Quantization& q = g.graph().tensors[weights].quantization;
  q.scales.clear();
  q.zero_points.clear();
  q.block_size = 32;
  q.block_scales = absl::MakeConstSpan(scales).subspan(0, int64_t{columns} * depth / 32);
  return weights;
}

}  // namespace

void RegisterGemm() {
  struct Size {
    int32_t columns, depth;
  };
  for (const int32_t rows : {1, 16, 128}) {
    for (const Size size : {Size{1536, 576}, Size{576, 1536}, Size{49152, 576}}) {
      if (rows > 1 && size.columns > 4096) continue;  // prompts ask for no logits
      const std::string shape = absl::StrCat(rows, "x", size.depth, "x", size.columns);
      for (const DType dtype : {DType::kInt8, DType::kInt4}) {
        RegisterOp("gemm", absl::StrCat("f32_", std::string(ir::NameOf(dtype)), "/", shape),
                   [=](test::GraphBuilder& g) {
                     FullyConnected(g, rows, size.columns, size.depth,
                                    QuantizedWeights(g, {size.columns, size.depth}, dtype));
                   });
      }
      RegisterOp("gemm", absl::StrCat("f32_int4_blocks/", shape), [=](test::GraphBuilder& g) {
        FullyConnected(g, rows, size.columns, size.depth,
                       BlockWeights(g, size.columns, size.depth));
      });
    }
  }
}

}  // namespace edgetasks::bench
