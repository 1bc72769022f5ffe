// Normalizations that become one op: each form that exporters write, and what only looks like it.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/graph/pattern_builder.h"

namespace edgetasks::graph {
namespace {

using ir::DType;
using ir::OpCode;
using test::Codes;
using test::Edit;
using test::Nothing;
using Builder = test::PatternBuilder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

enum class Squared { kMul, kSquare, kPow };

ir::Graph RmsNorm(Squared squared, bool reshape, const Edit& edit = Nothing) {
  Builder b;
  const int x = b.In({1, 4, 8});
  const int square = squared == Squared::kMul ? b.Op(OpCode::MUL, {x, x}, {1, 4, 8})
                     : squared == Squared::kSquare
                         ? b.Op(OpCode::SQUARE, {x}, {1, 4, 8})
                         : b.Op(OpCode::POW, {x, b.g.Constant<float>({}, {2.0f})}, {1, 4, 8});
  const ir::Shape rows = reshape ? ir::Shape{1, 4} : ir::Shape{1, 4, 1};
  const int mean = b.Op(OpCode::MEAN, {square, b.g.Constant<int32_t>({1}, {2})}, rows,
                        ir::ReducerParams{!reshape});
  int sum = b.Op(OpCode::ADD, {mean, b.g.Constant<float>({}, {1e-5f})}, rows);
  if (reshape) {
    sum = b.Op(OpCode::RESHAPE, {sum, b.g.Constant<int32_t>({3}, {1, 4, 1})}, {1, 4, 1});
  }
  const int inverse = b.Op(OpCode::RSQRT, {sum}, {1, 4, 1});
  const int normalized = b.Op(OpCode::MUL, {x, inverse}, {1, 4, 8});
  const int weight = b.g.Constant<float>({8}, std::vector<float>(8, 2.0f));
  return b.Lowered({b.Op(OpCode::MUL, {weight, normalized}, {1, 4, 8})}, edit);
}

TEST(RecogniseRmsNormTest, EveryFormOfIt) {
  for (const Squared squared : {Squared::kMul, Squared::kSquare, Squared::kPow}) {
    for (const bool reshape : {false, true}) {
      const ir::Graph graph = RmsNorm(squared, reshape);
      ASSERT_THAT(Codes(graph), ElementsAre(OpCode::RMS_NORM));
      EXPECT_EQ(graph.ops[0].inputs[0], graph.inputs[0]);
      EXPECT_EQ(graph.ops[0].outputs, graph.outputs);
      EXPECT_EQ(std::get<ir::NormParams>(graph.ops[0].params).epsilon, 1e-5f);
    }
  }
}

// Ops are MUL 0, MEAN 1, ADD 2, RSQRT 3, MUL 4, MUL 5.
TEST(RecogniseRmsNormTest, WhatIsNotQuiteIt) {
  const std::vector<Edit> edits = {
      [](ir::Graph& g) { g.ops[0].inputs[1] = g.ops[5].inputs[0]; },  // x times another
      [](ir::Graph& g) { g.ops[1].code = OpCode::SUM; },
      [](ir::Graph& g) { g.ops[3].code = OpCode::SQRT; },
      [](ir::Graph& g) { g.ops[2].params = ir::ActivationParams{ir::Activation::kRelu}; },
      [](ir::Graph& g) {
        g.tensors[g.ops[5].inputs[0]].shape = g.tensors[g.ops[5].inputs[0]].shape_signature = {1};
      },
      [](ir::Graph& g) {
        g.tensors[g.inputs[0]].shape_signature = {1, -1, 8};
      },
      [](ir::Graph& g) { g.tensors[g.inputs[0]].dtype = DType::kFloat16; },
      [](ir::Graph& g) { g.ops[2].inputs.pop_back(); },
  };
  for (size_t i = 0; i < edits.size(); ++i) {
    EXPECT_THAT(Codes(RmsNorm(Squared::kMul, false, edits[i])), Not(Contains(OpCode::RMS_NORM)))
        << i;
  }
}

TEST(RecogniseRmsNormTest, AnotherAxisIsLeftAlone) {
  const Edit edit = [](ir::Graph& g) {
    static constexpr int32_t kAxis[] = {1};
    ir::Tensor& axes = g.tensors[g.ops[1].inputs[1]];
    axes.data = {reinterpret_cast<const uint8_t*>(kAxis), sizeof(kAxis)};
  };
  EXPECT_THAT(Codes(RmsNorm(Squared::kMul, false, edit)), Not(Contains(OpCode::RMS_NORM)));
}

enum class Deviation { kSquaredDifference, kMul, kPow };

// As a product of x - mean, or as a sum of x / deviation and -mean / deviation; `ops` ends with the
// multiplication by a weight and the addition of a bias where these are wanted.
struct LayerNormForm {
  Deviation deviation = Deviation::kSquaredDifference;
  bool as_sum = true, weight = true, bias = true;
};

ir::Graph LayerNorm(const LayerNormForm& form, const Edit& edit = Nothing) {
  const ir::Shape full = {1, 4, 8}, rows = {4}, column = {1, 4, 1};
  Builder b;
  const int x = b.In(full);
  const int axes = b.g.Constant<int32_t>({2}, {0, -1});  // an axis of one more changes nothing
  const int to_column = b.g.Constant<int32_t>({3}, {1, 4, 1});
  const auto reshaped = [&](int t) { return b.Op(OpCode::RESHAPE, {t, to_column}, column); };
  const int mean = b.Op(OpCode::MEAN, {x, axes}, rows, ir::ReducerParams{false});
  const int mean_column = reshaped(mean);
  int squares = -1, centered = -1;
  if (form.deviation != Deviation::kSquaredDifference || !form.as_sum) {
    centered = b.Op(OpCode::SUB, {x, mean_column}, full);
  }
  switch (form.deviation) {
    case Deviation::kSquaredDifference:
      squares = b.Op(OpCode::SQUARED_DIFFERENCE, {x, mean_column}, full);
      break;
    case Deviation::kMul:
      squares = b.Op(OpCode::MUL, {centered, centered}, full);
      break;
    case Deviation::kPow:
      squares = b.Op(OpCode::POW, {centered, b.g.Constant<float>({}, {2.0f})}, full);
      break;
  }
  const int variance = b.Op(OpCode::MEAN, {squares, axes}, rows, ir::ReducerParams{false});
  const int sum = b.Op(OpCode::ADD, {variance, b.g.Constant<float>({}, {1e-5f})}, rows);
  const int inverse = b.Op(OpCode::RSQRT, {sum}, rows);
  int y = -1;
  if (form.as_sum) {
    const int scaled_mean = b.Op(OpCode::MUL, {inverse, mean}, rows);
    const int shift = b.Op(OpCode::SUB, {b.g.Constant<float>({}, {0.0f}), scaled_mean}, rows);
    const int product = b.Op(OpCode::MUL, {x, reshaped(inverse)}, full);
    y = b.Op(OpCode::ADD, {product, reshaped(shift)}, full);
  } else {
    y = b.Op(OpCode::MUL, {centered, reshaped(inverse)}, full);
  }
  const std::vector<float> row(8, 2.0f);
  if (form.weight) y = b.Op(OpCode::MUL, {b.g.Constant<float>({8}, row), y}, full);
  if (form.bias) y = b.Op(OpCode::ADD, {y, b.g.Constant<float>({8}, row)}, full);
  return b.Lowered({y}, edit);
}

TEST(RecogniseLayerNormTest, EveryFormOfIt) {
  for (const Deviation deviation :
       {Deviation::kSquaredDifference, Deviation::kMul, Deviation::kPow}) {
    for (const int bits : {0, 1, 2, 3, 4, 5, 6, 7}) {
      const LayerNormForm form = {deviation, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
      const ir::Graph graph = LayerNorm(form);
      ASSERT_THAT(Codes(graph), ElementsAre(OpCode::LAYER_NORM)) << bits;
      const std::vector<int>& inputs = graph.ops[0].inputs;
      ASSERT_EQ(inputs.size(), 3U);
      EXPECT_EQ(inputs[0], graph.inputs[0]);
      EXPECT_EQ(inputs[1] >= 0, form.weight);
      EXPECT_EQ(inputs[2] >= 0, form.bias);
      EXPECT_EQ(graph.ops[0].outputs, graph.outputs);
      EXPECT_EQ(std::get<ir::NormParams>(graph.ops[0].params).epsilon, 1e-5f);
    }
  }
}

// Ops are MEAN 0, RESHAPE 1, SQUARED_DIFFERENCE 2, MEAN 3, ADD 4, RSQRT 5, MUL 6, SUB 7, RESHAPE 8,
// MUL 9, RESHAPE 10, ADD 11, MUL 12, ADD 13.
TEST(RecogniseLayerNormTest, WhatIsNotQuiteIt) {
  const std::vector<Edit> edits = {
      [](ir::Graph& g) { g.ops[0].code = OpCode::SUM; },
      [](ir::Graph& g) { g.ops[2].inputs[0] = g.ops[13].inputs[1]; },  // of another than x
      [](ir::Graph& g) { g.ops[3].code = OpCode::SUM; },
      [](ir::Graph& g) { g.ops[5].code = OpCode::SQRT; },
      [](ir::Graph& g) { g.ops[6].inputs[1] = g.ops[6].inputs[0]; },  // shifted by another mean
      [](ir::Graph& g) { g.ops[7].inputs[0] = g.ops[4].inputs[1]; },  // epsilon is not zero
      [](ir::Graph& g) { g.ops[9].inputs[1] = g.ops[1].outputs[0]; },
      [](ir::Graph& g) { g.ops[11].params = ir::ActivationParams{ir::Activation::kRelu}; },
      [](ir::Graph& g) {
        g.tensors[g.inputs[0]].shape_signature = {1, -1, 8};
      },
      [](ir::Graph& g) { g.tensors[g.inputs[0]].dtype = DType::kFloat16; },
  };
  for (size_t i = 0; i < edits.size(); ++i) {
    EXPECT_THAT(Codes(LayerNorm({}, edits[i])), Not(Contains(OpCode::LAYER_NORM))) << i;
  }
}

TEST(RecogniseLayerNormTest, ABiasOfAnotherShapeStaysAnAddition) {
  const Edit edit = [](ir::Graph& g) {
    ir::Tensor& bias = g.tensors[g.ops[13].inputs[1]];
    bias.shape = bias.shape_signature = {1, 1, 8};
  };
  EXPECT_THAT(Codes(LayerNorm({}, edit)), ElementsAre(OpCode::LAYER_NORM, OpCode::ADD));
}

}  // namespace
}  // namespace edgetasks::graph
