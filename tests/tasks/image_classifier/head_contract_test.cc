#include "tasks/image_classifier/head_contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace edgetasks::tasks {
namespace {

using ir::DType;
using ir::OpCode;

// A chain of ops from tensor 0 to the output.
ir::Graph Chain(const std::vector<OpCode>& codes, DType dtype = DType::kFloat32) {
  ir::Graph graph;
  graph.tensors.resize(codes.size() + 1);
  for (size_t i = 0; i < codes.size(); ++i) {
    ir::Op op;
    op.code = codes[i];
    op.inputs = {static_cast<int>(i)};
    op.outputs = {static_cast<int>(i) + 1};
    graph.ops.push_back(op);
  }
  ir::Tensor& output = graph.tensors.back();
  output.dtype = dtype;
  output.shape = output.shape_signature = {1, 4};
  graph.inputs = {0};
  graph.outputs = {static_cast<int>(codes.size())};
  return graph;
}

bool WantsSoftmax(const ir::Graph& graph, ApplySoftmax softmax = ApplySoftmax::kAuto,
                  const model::ModelFile& file = {}) {
  const auto heads = ReadHeads(file, graph, softmax);
  EXPECT_TRUE(heads.ok()) << heads.status();
  return heads.ok() && heads->at(0).softmax;
}

TEST(EndsInProbabilitiesTest, SeesThroughOpsThatKeepValues) {
  EXPECT_TRUE(EndsInProbabilities(Chain({OpCode::ABS, OpCode::SOFTMAX}), 2));
  EXPECT_TRUE(EndsInProbabilities(Chain({OpCode::LOGISTIC}), 1));
  EXPECT_TRUE(EndsInProbabilities(
      Chain({OpCode::SOFTMAX, OpCode::QUANTIZE, OpCode::RESHAPE, OpCode::DEQUANTIZE}), 4));
  EXPECT_FALSE(EndsInProbabilities(Chain({OpCode::SOFTMAX, OpCode::ADD}), 2));
  EXPECT_FALSE(EndsInProbabilities(Chain({OpCode::RESHAPE}), 1));
  EXPECT_FALSE(EndsInProbabilities(Chain({OpCode::LOG_SOFTMAX}), 1));
}

TEST(ApplySoftmaxTest, AutoLooksAtTheModel) {
  EXPECT_TRUE(WantsSoftmax(Chain({OpCode::FULLY_CONNECTED})));
  EXPECT_FALSE(WantsSoftmax(Chain({OpCode::FULLY_CONNECTED, OpCode::SOFTMAX})));
  EXPECT_FALSE(WantsSoftmax(Chain({OpCode::FULLY_CONNECTED}), ApplySoftmax::kNever));
  EXPECT_TRUE(WantsSoftmax(Chain({OpCode::SOFTMAX}), ApplySoftmax::kAlways));
}

TEST(ApplySoftmaxTest, AutoTrustsIntegersThatAreProbabilities) {
  ir::Graph graph = Chain({OpCode::FULLY_CONNECTED}, DType::kUInt8);
  ir::Quantization& quantization = graph.tensors.back().quantization;
  quantization.scales = {1.0f / 256};
  quantization.zero_points = {0};
  EXPECT_FALSE(WantsSoftmax(graph));
  quantization.scales = {0.1f};
  EXPECT_TRUE(WantsSoftmax(graph));
  graph.tensors.back().dtype = DType::kInt8;
  quantization.scales = {1.0f / 256};
  EXPECT_TRUE(WantsSoftmax(graph));  // half of its numbers are below 0
  quantization.zero_points = {-128};
  EXPECT_FALSE(WantsSoftmax(graph));
}

TEST(ApplySoftmaxTest, AutoLeavesCalibratedAndSingleClassesAlone) {
  ir::Graph graph = Chain({OpCode::FULLY_CONNECTED});
  model::ModelFile file;
  file.metadata.emplace().outputs.emplace_back().score_calibrations.emplace_back();
  EXPECT_FALSE(WantsSoftmax(graph, ApplySoftmax::kAuto, file));
  graph.tensors.back().shape = graph.tensors.back().shape_signature = {1, 1};
  EXPECT_FALSE(WantsSoftmax(graph));
}

TEST(ReadScoresTest, SoftmaxIsStable) {
  HeadOutput head;
  head.softmax = true;
  const float logits[] = {1000, 999, -1000};
  float scores[3];
  ReadScores(logits, head, absl::MakeSpan(scores));
  EXPECT_FLOAT_EQ(scores[0], static_cast<float>(1 / (1 + std::exp(-1.0))));
  EXPECT_FLOAT_EQ(scores[1], static_cast<float>(std::exp(-1.0) / (1 + std::exp(-1.0))));
  EXPECT_EQ(scores[2], 0);
}

TEST(ReadScoresTest, EveryType) {
  HeadOutput head;
  float scores[2];
  head.dtype = DType::kFloat16;
  const uint16_t halves[] = {0x3c00, 0xb800};  // 1, -0.5
  ReadScores(halves, head, absl::MakeSpan(scores));
  EXPECT_EQ(scores[0], 1);
  EXPECT_EQ(scores[1], -0.5f);
  head.dtype = DType::kBool;
  const uint8_t bools[] = {1, 0};
  ReadScores(bools, head, absl::MakeSpan(scores));
  EXPECT_EQ(scores[0], 1);
  EXPECT_EQ(scores[1], 0);
  head.dtype = DType::kInt16;
  head.scale = 0.5f;
  head.zero_point = std::numeric_limits<int32_t>::min();
  const int16_t words[] = {-32768, 32767};
  ReadScores(words, head, absl::MakeSpan(scores));
  EXPECT_FLOAT_EQ(scores[1], (32767 + 2147483648.0f) / 2);
}

}  // namespace
}  // namespace edgetasks::tasks
