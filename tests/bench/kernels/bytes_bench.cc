// What else networks of 8 bits do to whole tensors: sums, and other scales.
#include "absl/strings/str_cat.h"
#include "tests/bench/kernels/op_bench.h"

namespace edgetasks::bench {

using ir::DType;
using ir::OpCode;

void RegisterBytes() {
  for (const DType dtype : {DType::kInt8, DType::kUInt8}) {
    const std::string type(ir::NameOf(dtype));
    RegisterOp("bytes", absl::StrCat(type, "/ADD_56x56x24"), [=](test::GraphBuilder& g) {
      const int a = g.Input(dtype, {1, 56, 56, 24}), b = g.Input(dtype, {1, 56, 56, 24});
      const int sum = g.Op(OpCode::ADD, {a, b}, dtype, {1, 56, 56, 24}, ir::ActivationParams{});
      for (const int tensor : {a, b}) Quantize(g, tensor, 0.05f + 0.01f * tensor, 5);
      Quantize(g, sum, 0.1f, 3);
      g.Outputs({sum});
    });
    RegisterOp("bytes", absl::StrCat(type, "/QUANTIZE_224x224x3"), [=](test::GraphBuilder& g) {
      const DType other = dtype == DType::kInt8 ? DType::kUInt8 : DType::kInt8;
      const int x = g.Input(dtype, {1, 224, 224, 3});
      const int y = g.Op(OpCode::QUANTIZE, {x}, other, {1, 224, 224, 3});
      Quantize(g, x, 0.05f, 5);
      Quantize(g, y, 0.05f, 3);
      g.Outputs({y});
    });
  }
}

}  // namespace edgetasks::bench
