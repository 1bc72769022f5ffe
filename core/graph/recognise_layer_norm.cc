// Layer normalization over the last axis becomes one LAYER_NORM(x, weight, bias):
//
//   ADD(MUL(n, weight [D]), bias [D]),  MUL(n, weight),  ADD(n, bias)  or n alone, where n is
//
//   MUL(SUB(x, m), r)  or  ADD(MUL(x, r), SUB(0, MUL(r, m)))
//
// with m = MEAN(x, last axis), r = RSQRT(ADD(MEAN(s, last axis), epsilon)), and s the square of
// x - m: SQUARED_DIFFERENCE(x, m), or MUL(d, d), SQUARE(d) or POW(d, 2) of d = SUB(x, m). RESHAPEs
// may stand before and behind what is one number a row, and sums and products may have either
// order. PyTorch's exporters write it as the composite odml.group_norm too, whose decomposition is
// this.
#include "core/graph/passes.h"
#include "core/graph/row_statistics.h"

namespace edgetasks::graph {
namespace {

using ir::OpCode;

// An op of that code that makes `tensor`, has two inputs and no activation; otherwise null.
const ir::Op* PlainMaker(const Links& links, int tensor, OpCode code) {
  const ir::Op* op = links.Producer(tensor, code);
  return op != nullptr && IsPlain(*op) ? op : nullptr;
}

// Whether `tensor` is the mean of each row of x, in a shape that broadcasts to x.
bool IsMeanOf(const Links& links, int tensor, int x) {
  return IsOneForEachRow(links, tensor, x) && MeanOfRows(links, tensor) == x;
}

// If `tensor` is x - mean(x) of each row: x. Otherwise -1.
int Centered(const Links& links, int tensor) {
  const ir::Op* difference = PlainMaker(links, tensor, OpCode::SUB);
  if (difference == nullptr || !IsMeanOf(links, difference->inputs[1], difference->inputs[0])) {
    return -1;
  }
  return difference->inputs[0];
}

// Whether `tensor` is (x - mean(x))^2.
bool IsSquaredDeviation(const Links& links, int tensor, int x) {
  if (const ir::Op* op = links.Producer(tensor, OpCode::SQUARED_DIFFERENCE)) {
    return op->inputs.size() == 2 && op->inputs[0] == x && IsMeanOf(links, op->inputs[1], x);
  }
  return Centered(links, RootOfSquare(links, tensor)) == x;
}

// Whether `tensor`, RESHAPEs aside, is 1 / sqrt(variance of each row of x + *epsilon).
bool IsInverseDeviation(const Links& links, int tensor, int x, float* epsilon) {
  const int squares = MeanOfRows(links, UnderInverseRoot(links, tensor, epsilon));
  return squares >= 0 && IsSquaredDeviation(links, squares, x);
}

// Whether `tensor` is -mean(x) * r, with the r of IsInverseDeviation.
bool IsShift(const Links& links, int tensor, int x, float* epsilon) {
  const ir::Op* negated = PlainMaker(links, WithoutReshapes(links, tensor), OpCode::SUB);
  float zero = 1.0f;
  if (negated == nullptr || !links.IsScalar(negated->inputs[0], &zero) || zero != 0.0f) {
    return false;
  }
  const ir::Op* product = PlainMaker(links, negated->inputs[1], OpCode::MUL);
  if (product == nullptr) return false;
  for (const int side : {0, 1}) {
    if (MeanOfRows(links, product->inputs[side]) == x &&
        IsInverseDeviation(links, product->inputs[1 - side], x, epsilon)) {
      return true;
    }
  }
  return false;
}

// If `product` is MUL(SUB(x, m), r): x. Otherwise -1.
int NormalizedByProduct(const Links& links, const ir::Op& product, float* epsilon) {
  for (const int side : {0, 1}) {
    const int x = Centered(links, product.inputs[side]), inverse = product.inputs[1 - side];
    if (x >= 0 && IsOneForEachRow(links, inverse, x) &&
        IsInverseDeviation(links, inverse, x, epsilon)) {
      return x;
    }
  }
  return -1;
}

// If `sum` is ADD(MUL(x, r), SUB(0, MUL(r, m))): x. Otherwise -1.
int NormalizedBySum(const Links& links, const ir::Op& sum, float* epsilon) {
  for (const int side : {0, 1}) {
    const ir::Op* product = PlainMaker(links, sum.inputs[side], OpCode::MUL);
    const int shift = sum.inputs[1 - side];
    if (product == nullptr) continue;
    for (const int of_product : {0, 1}) {
      const int x = product->inputs[of_product], inverse = product->inputs[1 - of_product];
      if (x >= 0 && IsOneForEachRow(links, inverse, x) && IsOneForEachRow(links, shift, x) &&
          IsInverseDeviation(links, inverse, x, epsilon) && IsShift(links, shift, x, epsilon)) {
        return x;
      }
    }
  }
  return -1;
}

// Layer normalization as `op` and those before it compute it: x, weight and bias, -1 where missing.
struct Operands {
  int x = -1, weight = -1, bias = -1;
  float epsilon = 0.0f;
};

bool IsNormalized(const Links& links, const ir::Op& op, Operands* found) {
  if (!IsPlain(op) || op.outputs.size() != 1) return false;
  found->x = -1;
  if (op.code == OpCode::MUL) found->x = NormalizedByProduct(links, op, &found->epsilon);
  if (op.code == OpCode::ADD) found->x = NormalizedBySum(links, op, &found->epsilon);
  return found->x >= 0;
}

// Whether an input of `op` is normalized as `is_before` finds, and the other a row, which becomes
// *row.
template <typename IsBefore>
bool IsWithRow(const Links& links, const ir::Op& op, OpCode code, const IsBefore& is_before,
               Operands* found, int* row) {
  if (op.code != code || !IsPlain(op)) return false;
  for (const int side : {0, 1}) {
    for (const OpCode before : {OpCode::MUL, OpCode::ADD}) {
      const ir::Op* maker = links.Producer(op.inputs[side], before);
      if (maker == nullptr || !is_before(links, *maker, found)) continue;
      if (!IsRowOf(links, op.inputs[1 - side], found->x)) continue;
      *row = op.inputs[1 - side];
      return true;
    }
  }
  return false;
}

bool IsWeighted(const Links& links, const ir::Op& op, Operands* found) {
  return IsWithRow(links, op, OpCode::MUL, IsNormalized, found, &found->weight);
}

bool IsBiased(const Links& links, const ir::Op& op, Operands* found) {
  return IsWithRow(links, op, OpCode::ADD, IsWeighted, found, &found->bias) ||
         IsWithRow(links, op, OpCode::ADD, IsNormalized, found, &found->bias);
}

bool Recognise(const Links& links, const ir::Op& op, ir::Op* fused) {
  for (const auto is_form : {IsBiased, IsWeighted, IsNormalized}) {
    Operands found;
    if (!is_form(links, op, &found)) continue;
    fused->code = OpCode::LAYER_NORM;
    fused->inputs = {found.x, found.weight, found.bias};
    fused->outputs = op.outputs;
    fused->params = ir::NormParams{found.epsilon};
    return true;
  }
  return false;
}

}  // namespace

void RecogniseLayerNorm(ir::Graph* graph) { ReplaceRecognised(graph, Recognise); }

}  // namespace edgetasks::graph
