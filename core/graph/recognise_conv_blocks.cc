// Three convolutions become one CONV_DEPTHWISE_CONV(x, filter, bias, filter, bias, filter, bias):
//
//   CONV_2D of one tap (DEPTHWISE_CONV_2D(CONV_2D(x)))
//
// where nobody else reads what is between, and the first of the two tensors between is large: the
// inverted residual blocks of MobileNet, and the first layers of many networks of pictures. All is
// float32, or all int8, or all uint8. Shapes are fixed.
#include "core/graph/links.h"
#include "core/graph/passes.h"

namespace edgetasks::graph {
namespace {

using ir::DType;
using ir::OpCode;

// What is smaller travels well between ops in a second-level cache. Few pixels have many weights,
// which an op of its own reads ahead.
constexpr int64_t kWideBytes = int64_t{256} << 10;
constexpr int64_t kManyPixels = 512;

bool IsFilterOp(const Links& links, const ir::Op* op, DType dtype) {
  return op != nullptr && op->inputs.size() >= 2 && op->inputs.size() <= 3 && op->inputs[0] >= 0 &&
         op->inputs[1] >= 0 && op->outputs.size() == 1 && links.HasFixedShape(op->outputs[0]) &&
         links.tensor(op->inputs[1]).dtype == dtype && links.tensor(op->inputs[1]).is_constant() &&
         links.tensor(op->outputs[0]).dtype == dtype;
}

bool HasOneTap(const Links& links, const ir::Op& conv) {
  const auto* params = std::get_if<ir::Conv2DParams>(&conv.params);
  const ir::Shape& filter = links.ShapeOf(conv.inputs[1]);
  return params != nullptr && params->stride_h == 1 && params->stride_w == 1 &&
         filter.rank() == 4 && filter.dim(1) == 1 && filter.dim(2) == 1;
}

bool Recognise(const Links& links, const ir::Op& project, ir::Op* fused) {
  if (project.code != OpCode::CONV_2D || project.outputs.size() != 1) return false;
  const DType dtype = links.tensor(project.outputs[0]).dtype;
  if (dtype != DType::kFloat32 && dtype != DType::kInt8 && dtype != DType::kUInt8) return false;
  if (!IsFilterOp(links, &project, dtype) || !HasOneTap(links, project)) return false;
  const ir::Op* depthwise = links.MakerOf(project.inputs[0], OpCode::DEPTHWISE_CONV_2D);
  if (!IsFilterOp(links, depthwise, dtype)) return false;
  const ir::Op* expand = links.MakerOf(depthwise->inputs[0], OpCode::CONV_2D);
  if (!IsFilterOp(links, expand, dtype)) return false;
  const int x = expand->inputs[0];
  if (!links.HasFixedShape(x) || links.tensor(x).dtype != dtype) return false;

  int64_t wide = 0;
  const ir::Tensor& expanded = links.tensor(expand->outputs[0]);
  if (!ir::CheckedBytes(expanded.shape, dtype, &wide) || wide < kWideBytes ||
      expanded.shape.num_elements() < kManyPixels * expanded.shape.back(0)) {
    return false;
  }

  ir::ConvDepthwiseConvParams params;
  const auto* expand_params = std::get_if<ir::Conv2DParams>(&expand->params);
  const auto* depthwise_params = std::get_if<ir::DepthwiseConv2DParams>(&depthwise->params);
  if (expand_params == nullptr || depthwise_params == nullptr) return false;
  params.expand = *expand_params;
  params.depthwise = *depthwise_params;
  params.project = std::get<ir::Conv2DParams>(project.params);
  fused->inputs = {x};
  const ir::Op* const stages[] = {expand, depthwise, &project};
  for (const ir::Op* stage : stages) {
    fused->inputs.push_back(stage->inputs[1]);
    fused->inputs.push_back(stage->inputs.size() > 2 ? stage->inputs[2] : -1);
  }
  for (int i = 0; i < 2; ++i) {
    params.between[i] = {dtype, links.tensor(stages[i]->outputs[0]).quantization};
  }
  fused->code = OpCode::CONV_DEPTHWISE_CONV;
  fused->outputs = project.outputs;
  fused->params = std::move(params);
  return true;
}

}  // namespace

void RecogniseConvBlocks(ir::Graph* graph) { ReplaceRecognised(graph, Recognise); }

}  // namespace edgetasks::graph
