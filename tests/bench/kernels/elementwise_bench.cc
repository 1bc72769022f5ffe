// Loops over whole tensors of floats, as many as a layer of a language model has for 128 tokens.
#include "absl/strings/str_cat.h"
#include "tests/bench/kernels/op_bench.h"

namespace edgetasks::bench {

using ir::DType;
using ir::OpCode;

void RegisterElementwise() {
  const ir::Shape shape = {1, 128, 1536};
  for (const OpCode code : {OpCode::ADD, OpCode::MUL}) {
    RegisterOp("elementwise", absl::StrCat(ir::NameOf(code), "_128x1536"),
               [=](test::GraphBuilder& g) {
                 const int a = g.Input(DType::kFloat32, shape), b = g.Input(DType::kFloat32, shape);
                 g.Outputs({g.Op(code, {a, b}, DType::kFloat32, shape, ir::ActivationParams{})});
               });
  }
  for (const OpCode code : {OpCode::LOGISTIC, OpCode::GELU, OpCode::TANH, OpCode::SOFTMAX}) {
    RegisterOp("elementwise", absl::StrCat(ir::NameOf(code), "_128x1536"),
               [=](test::GraphBuilder& g) {
                 ir::OpParams params;
                 if (code == OpCode::SOFTMAX) params = ir::SoftmaxParams{1.0f};
                 const int x = g.Input(DType::kFloat32, shape);
                 g.Outputs({g.Op(code, {x}, DType::kFloat32, shape, params)});
               });
  }
}

}  // namespace edgetasks::bench
