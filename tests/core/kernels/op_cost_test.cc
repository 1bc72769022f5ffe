#include "core/kernels/op_cost.h"

#include <deque>
#include <limits>
#include <vector>

#include "gtest/gtest.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;
using ir::OpCode;

// A node over operands that live as long as it.
class NodeOf {
 public:
  explicit NodeOf(OpCode code, ir::OpParams params = {}) {
    op_.code = code;
    op_.params = std::move(params);
    node_.op = &op_;
  }
  ir::Operand& In(DType dtype, const ir::Shape& shape) {
    node_.inputs.push_back(&Add(dtype, shape));
    return *node_.inputs.back();
  }
  ir::Operand& Out(DType dtype, const ir::Shape& shape) {
    node_.outputs.push_back(&Add(dtype, shape));
    return *node_.outputs.back();
  }
  OpCost Cost() const { return CostOf(node_); }

 private:
  ir::Operand& Add(DType dtype, const ir::Shape& shape) {
    tensors_.emplace_back().dtype = dtype;
    operands_.push_back({&tensors_.back(), shape, true, nullptr});
    return operands_.back();
  }

  ir::Op op_;
  std::deque<ir::Tensor> tensors_;
  std::deque<ir::Operand> operands_;
  ir::Node node_;
};

TEST(OpCostTest, FullyConnectedReadsItsWeightsOnce) {
  NodeOf node(OpCode::FULLY_CONNECTED);
  node.In(DType::kFloat32, {1, 5, 64});
  node.In(DType::kInt4, {10, 64});
  node.In(DType::kFloat32, {10});
  node.Out(DType::kFloat32, {1, 5, 10});
  const OpCost cost = node.Cost();
  EXPECT_EQ(cost.macs, 5 * 10 * 64);
  EXPECT_EQ(cost.bytes_read, 5 * 64 * 4 + 10 * 64 / 2 + 10 * 4);
  EXPECT_EQ(cost.bytes_written, 5 * 10 * 4);
  EXPECT_EQ(cost.arithmetic, Arithmetic::kInteger);
}

TEST(OpCostTest, FloatActivationsStayFloatsWhereTheOpSaysSo) {
  ir::FullyConnectedParams params;
  params.weight_only = true;
  NodeOf node(OpCode::FULLY_CONNECTED, params);
  node.In(DType::kFloat32, {1, 64});
  node.In(DType::kInt8, {10, 64});
  node.Out(DType::kFloat32, {1, 10});
  EXPECT_EQ(node.Cost().arithmetic, Arithmetic::kFloat);
}

TEST(OpCostTest, TheDepthOfABatchMatMulFollowsItsFlags) {
  ir::BatchMatMulParams params;
  params.adj_x = true;
  NodeOf node(OpCode::BATCH_MATMUL, params);
  node.In(DType::kFloat32, {2, 7, 3});
  node.In(DType::kFloat32, {2, 7, 5});
  node.Out(DType::kFloat32, {2, 3, 5});
  EXPECT_EQ(node.Cost().macs, 2 * 3 * 5 * 7);
}

TEST(OpCostTest, Convolutions) {
  NodeOf grouped(OpCode::CONV_2D);
  grouped.In(DType::kInt8, {1, 8, 8, 6});
  grouped.In(DType::kInt8, {4, 3, 3, 3});  // two groups
  grouped.Out(DType::kInt8, {1, 4, 4, 4});
  EXPECT_EQ(grouped.Cost().macs, 4 * 4 * 4 * 3 * 3 * 3);
  NodeOf depthwise(OpCode::DEPTHWISE_CONV_2D);
  depthwise.In(DType::kFloat32, {1, 8, 8, 6});
  depthwise.In(DType::kFloat32, {1, 5, 3, 6});
  depthwise.Out(DType::kFloat32, {1, 4, 4, 6});
  EXPECT_EQ(depthwise.Cost().macs, 4 * 4 * 6 * 5 * 3);
  EXPECT_EQ(depthwise.Cost().arithmetic, Arithmetic::kFloat);
  NodeOf transposed(OpCode::TRANSPOSE_CONV);
  transposed.In(DType::kInt32, {4});
  transposed.In(DType::kFloat32, {7, 3, 3, 2});
  transposed.In(DType::kFloat32, {1, 4, 4, 2});
  transposed.Out(DType::kFloat32, {1, 8, 8, 7});
  EXPECT_EQ(transposed.Cost().macs, 4 * 4 * 2 * 7 * 3 * 3);
}

TEST(OpCostTest, ThreeConvolutionsInOne) {
  ir::ConvDepthwiseConvParams params;
  params.expand.stride_h = params.expand.stride_w = 2;
  NodeOf node(OpCode::CONV_DEPTHWISE_CONV, params);
  node.In(DType::kInt8, {1, 16, 16, 3});
  node.In(DType::kInt8, {8, 3, 3, 3});
  node.In(DType::kInt32, {8});
  node.In(DType::kInt8, {1, 5, 3, 8});
  node.In(DType::kInt32, {8});
  node.In(DType::kInt8, {4, 1, 1, 8});
  node.In(DType::kInt32, {4});
  node.Out(DType::kInt8, {1, 4, 4, 4});
  // 8 x 8 pixels between the first and the second.
  EXPECT_EQ(node.Cost().macs, 8 * 8 * 8 * 27 + 4 * 4 * 8 * 15 + 4 * 4 * 4 * 8);
  EXPECT_EQ(node.Cost().arithmetic, Arithmetic::kInteger);
}

TEST(OpCostTest, AttentionCostsWhatTheMaskLeaves) {
  constexpr float kOut = -std::numeric_limits<float>::infinity();
  std::vector<float> mask = {0, kOut, kOut, kOut, kOut, kOut, kOut, kOut,  //
                             0, 0,    0,    kOut, kOut, kOut, kOut, kOut};
  NodeOf node(OpCode::GROUPED_QUERY_ATTENTION);
  node.In(DType::kFloat32, {1, 3, 4, 16});
  node.In(DType::kFloat32, {1, 3, 8, 16});
  node.In(DType::kFloat32, {1, 3, 8, 16});
  node.In(DType::kFloat32, {1, 1, 2, 8}).data = mask.data();
  node.Out(DType::kFloat32, {1, 3, 4, 16});
  const OpCost cost = node.Cost();
  EXPECT_EQ(cost.macs, 2 * (3 * 4 * 16) * 3);
  EXPECT_EQ(cost.bytes_read, (3 * 4 * 16 + 2 * 3 * 3 * 16 + 2 * 3) * 4);
}

TEST(OpCostTest, LookupsReadOnlyTheirRows) {
  NodeOf node(OpCode::EMBEDDING_LOOKUP);
  node.In(DType::kInt32, {3});
  node.In(DType::kInt8, {1000, 16});
  node.Out(DType::kFloat32, {3, 16});
  EXPECT_EQ(node.Cost().bytes_read, 3 * 4 + 3 * 16);
  EXPECT_EQ(node.Cost().bytes_written, 3 * 16 * 4);
}

TEST(OpCostTest, AnUpdateInPlaceMovesTheUpdateOnly) {
  std::vector<float> cache(100 * 4), other(100 * 4);
  NodeOf node(OpCode::DYNAMIC_UPDATE_SLICE);
  node.In(DType::kFloat32, {100, 4}).data = cache.data();
  node.In(DType::kFloat32, {1, 4});
  node.In(DType::kInt32, {2});
  ir::Operand& output = node.Out(DType::kFloat32, {100, 4});
  output.data = cache.data();
  EXPECT_EQ(node.Cost().bytes_written, 4 * 4);
  output.data = other.data();
  EXPECT_EQ(node.Cost().bytes_written, 100 * 4 * 4);
}

TEST(OpCostTest, OpsWithoutARowReadAllAndWriteAll) {
  NodeOf node(OpCode::MUL);
  node.In(DType::kFloat32, {8, 4});
  node.In(DType::kFloat32, {4});
  node.Out(DType::kFloat32, {8, 4});
  const OpCost cost = node.Cost();
  EXPECT_EQ(cost.bytes_read, 36 * 4);
  EXPECT_EQ(cost.bytes_written, 32 * 4);
  EXPECT_EQ(cost.macs, 0);
  EXPECT_EQ(cost.arithmetic, Arithmetic::kNone);
}

}  // namespace
}  // namespace edgetasks::kernels
