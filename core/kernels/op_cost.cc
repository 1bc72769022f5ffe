#include "core/kernels/op_cost.h"

#include <algorithm>

namespace edgetasks::kernels {
namespace {

using ir::OpCode;

int64_t BytesOf(const ir::Operand* operand) {
  int64_t bytes = 0;
  if (operand == nullptr || !ir::CheckedBytes(operand->shape, operand->dtype(), &bytes)) return 0;
  return bytes + static_cast<int64_t>(operand->quantization().block_scales.size() * 2);
}

const ir::Operand* InputOf(const ir::Node& node, size_t i) {
  return i < node.inputs.size() ? node.inputs[i] : nullptr;
}

int64_t OutputBytes(const ir::Node& node) {
  int64_t bytes = 0;
  for (const ir::Operand* output : node.outputs) bytes += BytesOf(output);
  return bytes;
}

OpCost ReadAllWriteAll(const ir::Node& node) {
  OpCost cost;
  for (const ir::Operand* input : node.inputs) cost.bytes_read += BytesOf(input);
  cost.bytes_written = OutputBytes(node);
  return cost;
}

bool IsFloat(const ir::Operand& operand) {
  switch (operand.dtype()) {
    case ir::DType::kFloat32:
    case ir::DType::kFloat16:
    case ir::DType::kBFloat16:
      return true;
    default:
      return false;
  }
}

// Float activations are quantized on the way to integer weights, unless the op says otherwise.
Arithmetic ArithmeticWith(const ir::Node& node, const ir::Operand& weights) {
  const auto* params = std::get_if<ir::FullyConnectedParams>(&node.op->params);
  const bool stays_float = params != nullptr && params->weight_only;
  return IsFloat(weights) || stays_float ? Arithmetic::kFloat : Arithmetic::kInteger;
}

// Every element of the output is a sum of `products` products with `weights`.
OpCost Products(const ir::Node& node, const ir::Operand& weights, int64_t outputs,
                int64_t products) {
  OpCost cost = ReadAllWriteAll(node);
  cost.macs = outputs * products;
  cost.arithmetic = ArithmeticWith(node, weights);
  return cost;
}

OpCost MatMulCost(const ir::Node& node) {
  const ir::Operand* a = InputOf(node, 0);
  const ir::Operand* b = InputOf(node, 1);
  if (a == nullptr || b == nullptr || a->shape.rank() == 0 || b->shape.rank() == 0) return {};
  const auto* params = std::get_if<ir::BatchMatMulParams>(&node.op->params);
  const bool columns_of_a = params != nullptr && params->adj_x && a->shape.rank() > 1;
  // FULLY_CONNECTED may see its input as other rows than the shape says: the weights know the
  // depth.
  const int64_t depth = node.op->code == OpCode::FULLY_CONNECTED
                            ? b->shape.back(0)
                            : a->shape.back(columns_of_a ? 1 : 0);
  return Products(node, *b, node.outputs[0]->num_elements(), depth);
}

// The weights are [channels, height, width, depth], or [1, height, width, channels].
OpCost ConvolutionCost(const ir::Node& node) {
  const ir::Operand* filter = InputOf(node, 1);
  if (filter == nullptr || filter->shape.rank() != 4) return {};
  const int first = node.op->code == OpCode::DEPTHWISE_CONV_2D ? 0 : 1;
  const int64_t products = filter->shape.Product(first, first + 3);
  return Products(node, *filter, node.outputs[0]->num_elements(), products);
}

// The positions of a filter on one axis of a picture (ref/window.h), which Prepare has found to
// fit.
int64_t Positions(ir::Padding padding, int64_t input, int64_t filter, int64_t stride,
                  int64_t dilation) {
  const int64_t lost = padding == ir::Padding::kSame ? 0 : (filter - 1) * dilation;
  return (input - lost + stride - 1) / stride;
}

// The three convolutions; what is between them is not counted as read or written.
OpCost ConvDepthwiseConvCost(const ir::Node& node) {
  const auto* params = std::get_if<ir::ConvDepthwiseConvParams>(&node.op->params);
  OpCost cost = ReadAllWriteAll(node);
  if (params == nullptr) return cost;
  for (const size_t i : {0, 1, 3, 5}) {
    const ir::Operand* operand = InputOf(node, i);
    if (operand == nullptr || operand->shape.rank() != 4) return cost;
  }
  const ir::Shape &x = node.inputs[0]->shape, &expand = node.inputs[1]->shape,
                  &depthwise = node.inputs[3]->shape, &project = node.inputs[5]->shape;
  if (project.dim(0) == 0) return cost;
  const ir::Conv2DParams& first = params->expand;
  const int64_t expanded =
      x.dim(0) *
      Positions(first.padding, x.dim(1), expand.dim(1), first.stride_h, first.dilation_h) *
      Positions(first.padding, x.dim(2), expand.dim(2), first.stride_w, first.dilation_w);
  const int64_t pixels = node.outputs[0]->num_elements() / project.dim(0);
  cost.macs = expanded * expand.num_elements() + pixels * depthwise.num_elements() +
              pixels * project.num_elements();
  cost.arithmetic = ArithmeticWith(node, *node.inputs[1]);
  return cost;
}

// Each pixel of the input meets the whole filter [channels, height, width, depth].
OpCost TransposeConvCost(const ir::Node& node) {
  const ir::Operand* filter = InputOf(node, 1);
  const ir::Operand* input = InputOf(node, 2);
  if (filter == nullptr || input == nullptr || filter->shape.rank() != 4) return {};
  return Products(node, *filter, input->num_elements(), filter->shape.Product(0, 3));
}

// The output holds rows of input `table`; the other inputs say which.
OpCost LookupCost(const ir::Node& node, size_t table) {
  OpCost cost;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (i != table) cost.bytes_read += BytesOf(node.inputs[i]);
  }
  cost.bytes_written = OutputBytes(node);
  if (const ir::Operand* rows = InputOf(node, table); rows != nullptr) {
    cost.bytes_read += node.outputs[0]->num_elements() * ir::BitsOf(rows->dtype()) / 8;
  }
  return cost;
}

// The update is copied; the rest of the tensor only where it is not updated in place.
OpCost UpdateCost(const ir::Node& node) {
  const ir::Operand* whole = InputOf(node, 0);
  const ir::Operand* update = InputOf(node, 1);
  if (whole == nullptr || whole->data != node.outputs[0]->data) return ReadAllWriteAll(node);
  const int64_t bits = update == nullptr ? 0 : ir::BitsOf(update->dtype());
  const int64_t written = bits == 0 ? 0 : BytesOf(update) * ir::BitsOf(whole->dtype()) / bits;
  return {BytesOf(update), written, 0, Arithmetic::kNone};
}

// Positions of a mask [.., T, S] of floats up to the last that some row leaves in. What is taken
// out holds -infinity or numbers of about -1e38.
int64_t LivePositions(const ir::Operand* mask, int64_t positions) {
  if (mask == nullptr || mask->data == nullptr || mask->dtype() != ir::DType::kFloat32 ||
      mask->shape.rank() == 0 || mask->shape.back(0) != positions || positions == 0) {
    return positions;
  }
  const auto* row = static_cast<const float*>(mask->data);
  int64_t live = 0;
  for (int64_t rows = mask->num_elements() / positions; rows > 0; --rows, row += positions) {
    int64_t count = positions;
    while (count > live && row[count - 1] <= -1e30f) --count;
    live = std::max(live, count);
  }
  return live == 0 ? positions : live;
}

// Queries [.., H] meet `positions` keys [.., H] and as many values, of which `live` matter.
OpCost AttentionCost(const ir::Node& node, int64_t positions, int64_t live) {
  const ir::Operand& query = *node.inputs[0];
  const ir::Operand& output = *node.outputs[0];
  OpCost cost;
  cost.arithmetic = Arithmetic::kFloat;
  cost.macs = (query.num_elements() + output.num_elements()) * live;
  cost.bytes_read = BytesOf(&query) +
                    (BytesOf(node.inputs[1]) + BytesOf(node.inputs[2])) / positions * live +
                    BytesOf(InputOf(node, 3)) / positions * live;
  cost.bytes_written = BytesOf(&output);
  return cost;
}

// `axis` of the keys counts positions.
OpCost AttentionOverKeys(const ir::Node& node, int axis) {
  const ir::Operand* keys = InputOf(node, 1);
  const bool complete = InputOf(node, 0) != nullptr && keys != nullptr &&
                        InputOf(node, 2) != nullptr && keys->shape.rank() > axis;
  const int64_t positions = complete ? keys->shape.dim(axis) : 0;
  if (positions == 0) return ReadAllWriteAll(node);
  return AttentionCost(node, positions, LivePositions(InputOf(node, 3), positions));
}

// Output and input are the same memory: nothing is moved.
bool IsView(const ir::Node& node) {
  switch (node.op->code) {
    case OpCode::RESHAPE:
    case OpCode::SQUEEZE:
    case OpCode::EXPAND_DIMS:
    case OpCode::BITCAST:
      return InputOf(node, 0) != nullptr && node.inputs[0]->data == node.outputs[0]->data;
    default:
      return false;
  }
}

}  // namespace

OpCost CostOf(const ir::Node& node) {
  if (node.outputs.empty() || IsView(node)) return {};
  switch (node.op->code) {
    case OpCode::FULLY_CONNECTED:
    case OpCode::BATCH_MATMUL:
      return MatMulCost(node);
    case OpCode::CONV_2D:
    case OpCode::DEPTHWISE_CONV_2D:
      return ConvolutionCost(node);
    case OpCode::CONV_DEPTHWISE_CONV:
      return ConvDepthwiseConvCost(node);
    case OpCode::TRANSPOSE_CONV:
      return TransposeConvCost(node);
    case OpCode::EMBEDDING_LOOKUP:
      return LookupCost(node, 1);
    case OpCode::GATHER:
    case OpCode::GATHER_ND:
    case OpCode::SLICE:
    case OpCode::STRIDED_SLICE:
      return LookupCost(node, 0);
    case OpCode::DYNAMIC_UPDATE_SLICE:
    case OpCode::UPDATE_ROWS:
      return UpdateCost(node);
    case OpCode::GROUPED_QUERY_ATTENTION:
      return AttentionOverKeys(node, 2);
    case OpCode::SCALED_DOT_PRODUCT_ATTENTION:
      return AttentionOverKeys(node, 1);
    default:
      return ReadAllWriteAll(node);
  }
}

}  // namespace edgetasks::kernels
