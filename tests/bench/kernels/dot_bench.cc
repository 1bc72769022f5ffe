// The dot family: products of floats by floats and halves, of whole networks in 8 bits, and of
// floats by integers that stand for floats.
#include "absl/strings/str_cat.h"
#include "tests/bench/kernels/op_bench.h"

namespace edgetasks::bench {
namespace {

using ir::DType;
using ir::OpCode;

constexpr int32_t kColumns = 1536, kDepth = 576;

void OfFloats(test::GraphBuilder& g, int32_t rows, int weights, bool weight_only) {
  const int x = g.Input(DType::kFloat32, {rows, kDepth});
  ir::FullyConnectedParams params;
  params.weight_only = weight_only;
  g.Outputs(
      {g.Op(OpCode::FULLY_CONNECTED, {x, weights, -1}, DType::kFloat32, {rows, kColumns}, params)});
}

// Numbers whose bits are halves or bfloat16 of ordinary size.
int HalfWeights(test::GraphBuilder& g, DType dtype) {
  const int weights =
      g.Constant<int16_t>({kColumns, kDepth}, std::vector<int16_t>(kColumns * kDepth, 0x3C01));
  g.graph().tensors[weights].dtype = dtype;
  return weights;
}

void OfBytes(test::GraphBuilder& g, int32_t rows) {
  const int x = g.Input(DType::kInt8, {rows, kDepth});
  Quantize(g, x, 0.05f, 3);
  const int weights = QuantizedWeights(g, {kColumns, kDepth}, DType::kInt8);
  const int y = g.Op(OpCode::FULLY_CONNECTED, {x, weights, -1}, DType::kInt8, {rows, kColumns},
                     ir::FullyConnectedParams{});
  Quantize(g, y, 0.5f, 0);
  g.Outputs({y});
}

}  // namespace

void RegisterDot() {
  for (const int32_t rows : {1, 128}) {
    const std::string shape = absl::StrCat("/", rows, "x", kDepth, "x", kColumns);
    RegisterOp("dot", "f32_f32" + shape, [=](test::GraphBuilder& g) {
      OfFloats(g, rows, g.Constant<float>({kColumns, kDepth}, RandomFloats(kColumns * kDepth)),
               false);
    });
    for (const DType dtype : {DType::kFloat16, DType::kBFloat16}) {
      RegisterOp("dot", absl::StrCat("f32_", std::string(ir::NameOf(dtype)), shape),
                 [=](test::GraphBuilder& g) { OfFloats(g, rows, HalfWeights(g, dtype), false); });
    }
    for (const DType dtype : {DType::kInt8, DType::kInt4}) {
      RegisterOp("dot", absl::StrCat("f32_", std::string(ir::NameOf(dtype)), "_as_floats", shape),
                 [=](test::GraphBuilder& g) {
                   OfFloats(g, rows, QuantizedWeights(g, {kColumns, kDepth}, dtype), true);
                 });
    }
    RegisterOp("dot", "int8_int8" + shape, [=](test::GraphBuilder& g) { OfBytes(g, rows); });
  }
}

}  // namespace edgetasks::bench
