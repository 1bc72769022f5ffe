// The gate of a feed-forward network becomes one GATED_ACTIVATION(gate, up):
//
//   MUL(MUL(gate, LOGISTIC(gate)), up)     SiLU
//   MUL(GELU(gate, approximate), up)       GELU in its tanh form
//
// in either order of each product. gate and up have one fixed shape.
#include "core/graph/links.h"
#include "core/graph/passes.h"

namespace edgetasks::graph {
namespace {

using ir::OpCode;
using Function = ir::GatedActivationParams::Function;

// Whether `tensor` is an activation of something, for one user alone: of what, and which.
bool IsActivation(const Links& links, int tensor, int* gate, Function* function) {
  if (const ir::Op* gelu = links.MakerOf(tensor, OpCode::GELU)) {
    const auto* params = std::get_if<ir::GeluParams>(&gelu->params);
    *gate = gelu->inputs[0];
    *function = Function::kGeluTanh;
    return params != nullptr && params->approximate;
  }
  const ir::Op* product = links.MakerOf(tensor, OpCode::MUL);
  if (product == nullptr || !IsPlain(*product)) return false;
  for (const int side : {0, 1}) {
    const ir::Op* logistic = links.MakerOf(product->inputs[side], OpCode::LOGISTIC);
    if (logistic == nullptr || logistic->inputs[0] != product->inputs[1 - side]) continue;
    *gate = logistic->inputs[0];
    *function = Function::kSilu;
    return true;
  }
  return false;
}

bool Recognise(const Links& links, const ir::Op& op, ir::Op* fused) {
  if (op.code != OpCode::MUL || op.outputs.size() != 1 || !IsPlain(op)) return false;
  for (const int side : {0, 1}) {
    int gate = -1;
    ir::GatedActivationParams params;
    if (!IsActivation(links, op.inputs[side], &gate, &params.function)) continue;
    const int up = op.inputs[1 - side];
    if (!links.IsFixed(gate) || !links.IsFixed(up)) continue;
    if (links.ShapeOf(gate) != links.ShapeOf(up)) continue;
    fused->code = OpCode::GATED_ACTIVATION;
    fused->inputs = {gate, up};
    fused->outputs = op.outputs;
    fused->params = params;
    return true;
  }
  return false;
}

}  // namespace

void RecogniseGatedActivation(ir::Graph* graph) { ReplaceRecognised(graph, Recognise); }

}  // namespace edgetasks::graph
