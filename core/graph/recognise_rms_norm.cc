// Root mean square normalization over the last axis becomes one RMS_NORM(x, weight):
//
//   MUL(MUL(x, RSQRT(RESHAPE*(ADD(RESHAPE*(MEAN(s, last axis)), epsilon)))), weight [D])
//
// where s is MUL(x, x), SQUARE(x) or POW(x, 2), in either order of each product. Exporters write it
// as the composite odml.rms_norm too, whose decomposition is this.
#include "core/graph/links.h"
#include "core/graph/passes.h"

namespace edgetasks::graph {
namespace {

using ir::OpCode;

// Whether `tensor` is x * x.
bool IsSquareOf(const Links& links, int tensor, int x) {
  if (const ir::Op* square = links.Producer(tensor, OpCode::SQUARE)) return square->inputs[0] == x;
  if (const ir::Op* power = links.Producer(tensor, OpCode::POW)) {
    float exponent = 0.0f;
    return power->inputs.size() == 2 && power->inputs[0] == x &&
           links.IsScalar(power->inputs[1], &exponent) && exponent == 2.0f;
  }
  const ir::Op* product = links.Producer(tensor, OpCode::MUL);
  return product != nullptr && IsPlain(*product) && product->inputs[0] == x &&
         product->inputs[1] == x;
}

// Whether `tensor` is the mean of x * x over the last axis, one number for each row of x.
bool IsMeanSquare(const Links& links, int tensor, int x) {
  const ir::Op* mean = links.Producer(links.BeforeReshapes(tensor), OpCode::MEAN);
  std::vector<int64_t> axes;
  if (mean == nullptr || mean->inputs.size() != 2 || !links.Integers(mean->inputs[1], &axes)) {
    return false;
  }
  const int rank = links.ShapeOf(x).rank();
  return axes.size() == 1 && (axes[0] == -1 || axes[0] == rank - 1) &&
         IsSquareOf(links, mean->inputs[0], x);
}

// Whether `tensor` is 1 / sqrt(mean square of x + epsilon), in the shape of x with 1 in the end.
bool IsInverseRms(const Links& links, int tensor, int x, float* epsilon) {
  if (!links.IsFixed(tensor)) return false;
  const ir::Op* rsqrt = links.Producer(tensor, OpCode::RSQRT);
  if (rsqrt == nullptr) return false;
  const ir::Op* add = links.Producer(links.BeforeReshapes(rsqrt->inputs[0]), OpCode::ADD);
  if (add == nullptr || !IsPlain(*add)) return false;
  ir::Shape rows = links.ShapeOf(x);
  rows.set_dim(rows.rank() - 1, 1);
  if (links.ShapeOf(tensor) != rows) return false;
  for (const int side : {0, 1}) {
    if (links.IsScalar(add->inputs[side], epsilon) &&
        IsMeanSquare(links, add->inputs[1 - side], x)) {
      return true;
    }
  }
  return false;
}

// Whether `op` is x / rms(x).
bool IsNormalized(const Links& links, const ir::Op& op, int* x, float* epsilon) {
  if (!IsPlain(op)) return false;
  for (const int side : {0, 1}) {
    *x = op.inputs[side];
    if (!links.IsFixed(*x) || links.ShapeOf(*x).rank() < 1) continue;
    if (links.ShapeOf(*x).num_elements() == 0) continue;
    if (IsInverseRms(links, op.inputs[1 - side], *x, epsilon)) return true;
  }
  return false;
}

bool Recognise(const Links& links, const ir::Op& op, ir::Op* fused) {
  if (op.code != OpCode::MUL || op.outputs.size() != 1 || !IsPlain(op)) return false;
  for (const int side : {0, 1}) {
    const ir::Op* normalized = links.Producer(op.inputs[side], OpCode::MUL);
    int x = -1;
    ir::RmsNormParams params;
    if (normalized == nullptr || !IsNormalized(links, *normalized, &x, &params.epsilon)) continue;
    const int weight = op.inputs[1 - side];
    if (!links.IsFixed(weight) || links.ShapeOf(weight) != ir::Shape{links.ShapeOf(x).back(0)}) {
      continue;
    }
    fused->code = OpCode::RMS_NORM;
    fused->inputs = {x, weight};
    fused->outputs = op.outputs;
    fused->params = params;
    return true;
  }
  return false;
}

}  // namespace

void RecogniseRmsNorm(ir::Graph* graph) { ReplaceRecognised(graph, Recognise); }

}  // namespace edgetasks::graph
