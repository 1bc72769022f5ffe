// Root mean square normalization over the last axis becomes one RMS_NORM(x, weight):
//
//   MUL(MUL(x, RSQRT(RESHAPE*(ADD(RESHAPE*(MEAN(s, last axis)), epsilon)))), weight [D])
//
// where s is MUL(x, x), SQUARE(x) or POW(x, 2), in either order of each product. Exporters write it
// as the composite odml.rms_norm too, whose decomposition is this.
#include "core/graph/passes.h"
#include "core/graph/row_statistics.h"

namespace edgetasks::graph {
namespace {

using ir::OpCode;

// Whether `op` is x / rms(x).
bool IsNormalized(const Links& links, const ir::Op& op, int* x, float* epsilon) {
  if (!IsPlain(op)) return false;
  for (const int side : {0, 1}) {
    *x = op.inputs[side];
    const int inverse_rms = op.inputs[1 - side];
    if (!IsOneForEachRow(links, inverse_rms, *x)) continue;
    const int square = MeanOfRows(links, UnderInverseRoot(links, inverse_rms, epsilon));
    if (*x >= 0 && RootOfSquare(links, square) == *x) return true;
  }
  return false;
}

bool Recognise(const Links& links, const ir::Op& op, ir::Op* fused) {
  if (op.code != OpCode::MUL || op.outputs.size() != 1 || !IsPlain(op)) return false;
  for (const int side : {0, 1}) {
    const ir::Op* normalized = links.Producer(op.inputs[side], OpCode::MUL);
    int x = -1;
    ir::NormParams params;
    if (normalized == nullptr || !IsNormalized(links, *normalized, &x, &params.epsilon)) continue;
    const int weight = op.inputs[1 - side];
    if (!IsRowOf(links, weight, x)) continue;
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
