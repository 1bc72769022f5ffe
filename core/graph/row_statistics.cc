#include "core/graph/row_statistics.h"

namespace edgetasks::graph {

using ir::OpCode;

int WithoutReshapes(const Links& links, int tensor) {
  while (const ir::Op* reshape = links.Producer(tensor, OpCode::RESHAPE)) {
    if (!links.IsFixed(tensor) || !links.IsFixed(reshape->inputs[0])) break;
    tensor = reshape->inputs[0];
  }
  return tensor;
}

int MeanOfRows(const Links& links, int tensor) {
  const ir::Op* mean = links.Producer(WithoutReshapes(links, tensor), OpCode::MEAN);
  std::vector<int64_t> axes;
  if (mean == nullptr || mean->inputs.size() != 2 || !links.Integers(mean->inputs[1], &axes)) {
    return -1;
  }
  const int x = mean->inputs[0];
  if (!links.IsFixed(x)) return -1;
  const ir::Shape& shape = links.ShapeOf(x);
  if (shape.rank() < 1 || shape.num_elements() == 0) return -1;
  bool has_last = false;
  for (int64_t axis : axes) {
    if (axis < 0) axis += shape.rank();
    if (axis < 0 || axis >= shape.rank()) return -1;
    const bool is_last = axis == shape.rank() - 1;
    if (!is_last && shape.dim(static_cast<int>(axis)) != 1) return -1;
    has_last |= is_last;
  }
  return has_last ? x : -1;
}

int RootOfSquare(const Links& links, int tensor) {
  tensor = WithoutReshapes(links, tensor);
  if (const ir::Op* square = links.Producer(tensor, OpCode::SQUARE)) return square->inputs[0];
  if (const ir::Op* power = links.Producer(tensor, OpCode::POW)) {
    float exponent = 0.0f;
    const bool is_square = power->inputs.size() == 2 &&
                           links.IsScalar(power->inputs[1], &exponent) && exponent == 2.0f;
    return is_square ? power->inputs[0] : -1;
  }
  const ir::Op* product = links.Producer(tensor, OpCode::MUL);
  const bool is_square =
      product != nullptr && IsPlain(*product) && product->inputs[0] == product->inputs[1];
  return is_square ? product->inputs[0] : -1;
}

int UnderInverseRoot(const Links& links, int tensor, float* epsilon) {
  const ir::Op* rsqrt = links.Producer(WithoutReshapes(links, tensor), OpCode::RSQRT);
  if (rsqrt == nullptr) return -1;
  const ir::Op* add = links.Producer(WithoutReshapes(links, rsqrt->inputs[0]), OpCode::ADD);
  if (add == nullptr || !IsPlain(*add)) return -1;
  for (const int side : {0, 1}) {
    if (links.IsScalar(add->inputs[side], epsilon)) return add->inputs[1 - side];
  }
  return -1;
}

bool IsOneForEachRow(const Links& links, int tensor, int x) {
  if (!links.IsFixed(tensor) || !links.IsFixed(x) || links.ShapeOf(x).rank() < 1) return false;
  ir::Shape rows = links.ShapeOf(x);
  rows.set_dim(rows.rank() - 1, 1);
  return links.ShapeOf(tensor) == rows;
}

bool IsRowOf(const Links& links, int tensor, int x) {
  return links.IsFixed(tensor) && links.ShapeOf(tensor) == ir::Shape{links.ShapeOf(x).back(0)};
}

}  // namespace edgetasks::graph
