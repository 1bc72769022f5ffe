#include "core/graph/patterns.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/graph_builder.h"

namespace edgetasks::graph {
namespace {

using ir::DType;
using ir::OpCode;
using ir::Shape;
using test::GraphBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr DType kF32 = DType::kFloat32;

class PatternsTest : public ::testing::Test {
 protected:
  PatternsTest() : g_(&model_) {}
  int Op(OpCode code, std::vector<int> inputs, const Shape& shape = {1, 8}) {
    return g_.Op(code, std::move(inputs), kF32, shape);
  }
  int In() { return g_.Input(kF32, {1, 8}); }
  int Scalar() { return g_.Constant<float>({}, {1.0f}); }
  int Weights() { return g_.Constant<float>({8, 8}, std::vector<float>(64, 1.0f)); }
  std::map<std::string, int> Find() { return UnfusedPatterns(g_.graph()); }

  ir::Model model_;
  GraphBuilder g_;
};

TEST_F(PatternsTest, AttentionWithAMaskAndASoftCap) {
  const int logits = Op(OpCode::BATCH_MATMUL, {In(), In()});
  const int capped = Op(OpCode::MUL, {Op(OpCode::TANH, {logits}), Scalar()});
  const int masked = Op(OpCode::ADD, {Op(OpCode::RESHAPE, {capped}), In()});
  const int weights = Op(OpCode::RESHAPE, {Op(OpCode::SOFTMAX, {masked})});
  Op(OpCode::BATCH_MATMUL, {weights, In()});
  EXPECT_THAT(Find(), ElementsAre(Pair("attention", 1)));
}

TEST_F(PatternsTest, ASoftmaxByItselfIsNoAttention) {
  Op(OpCode::SOFTMAX, {Op(OpCode::BATCH_MATMUL, {In(), In()})});
  Op(OpCode::BATCH_MATMUL, {Op(OpCode::SOFTMAX, {In()}), In()});
  EXPECT_THAT(Find(), IsEmpty());
}

TEST_F(PatternsTest, NormsByWhatTheyAreTheRootOf) {
  const int x = In(), axis = g_.Constant<int32_t>({1}, {1});
  const int squares = Op(OpCode::MEAN, {Op(OpCode::MUL, {x, x}), axis});
  Op(OpCode::MUL, {x, Op(OpCode::RSQRT, {Op(OpCode::ADD, {squares, Scalar()})})});
  const int mean = Op(OpCode::MEAN, {x, axis});
  const int variance = Op(OpCode::MEAN, {Op(OpCode::SQUARED_DIFFERENCE, {x, mean}), axis});
  Op(OpCode::RSQRT, {Op(OpCode::ADD, {variance, Scalar()})});
  Op(OpCode::SQRT, {x});  // of no sum
  EXPECT_THAT(Find(), ElementsAre(Pair("layer norm", 1), Pair("rms norm", 1)));
}

TEST_F(PatternsTest, BothFormsOfRotaryEmbedding) {
  const int x = In(), a = g_.Constant<int32_t>({2}, {0, 0});
  const int left = Op(OpCode::SLICE, {x, a, a}), right = Op(OpCode::SLICE, {x, a, a});
  Op(OpCode::CONCATENATION, {Op(OpCode::NEG, {right}), left});
  const int cos = In(), sin = In();
  const int first = Op(OpCode::SUB, {Op(OpCode::MUL, {left, cos}), Op(OpCode::MUL, {right, sin})});
  const int second = Op(OpCode::ADD, {Op(OpCode::MUL, {right, cos}), Op(OpCode::MUL, {left, sin})});
  Op(OpCode::CONCATENATION, {first, second});
  Op(OpCode::CONCATENATION, {left, right});  // put together as it was
  EXPECT_THAT(Find(), ElementsAre(Pair("rotary embedding", 2)));
}

TEST_F(PatternsTest, AGatedProductDoesNotCountAsSharedInput) {
  const int x = In(), y = In();
  const int gate = Op(OpCode::FULLY_CONNECTED, {x, Weights(), -1});
  const int up = Op(OpCode::FULLY_CONNECTED, {x, Weights(), -1});
  Op(OpCode::MUL, {Op(OpCode::MUL, {gate, Op(OpCode::LOGISTIC, {gate})}), up});
  EXPECT_THAT(Find(), ElementsAre(Pair("gated feed-forward", 1)));
  Op(OpCode::FULLY_CONNECTED, {y, Weights(), -1});
  EXPECT_THAT(Find(), ElementsAre(Pair("gated feed-forward", 1)));
  Op(OpCode::FULLY_CONNECTED, {y, Weights(), -1});
  EXPECT_THAT(Find(), ElementsAre(Pair("gated feed-forward", 1), Pair("shared input", 1)));
}

TEST_F(PatternsTest, WeightsThatAreUnpackedInEachRun) {
  Op(OpCode::DEQUANTIZE, {Weights()}, {8, 8});
  Op(OpCode::DEQUANTIZE, {In()});
  EXPECT_THAT(Find(), ElementsAre(Pair("unpacked weights", 1)));
}

ir::CompositeParams Composite(const std::string& name, int graph) {
  ir::CompositeParams params;
  params.name = name;
  params.decomposition_graph = graph;
  return params;
}

TEST(ExpansionTest, CountsNestedComposites) {
  ir::Model model;
  model.graphs.reserve(3);
  GraphBuilder main(&model), outer(&model), inner(&model);
  const int x = main.Input(kF32, {1});
  for (int i = 0; i < 2; ++i) {
    main.Op(OpCode::STABLEHLO_COMPOSITE, {x}, kF32, {1}, Composite("outer", outer.index()));
  }
  const int y = outer.Input(kF32, {1});
  outer.Op(OpCode::STABLEHLO_COMPOSITE, {y}, kF32, {1}, Composite("inner", inner.index()));
  outer.Op(OpCode::ADD, {y, y}, kF32, {1});
  const int z = inner.Input(kF32, {1});
  for (int i = 0; i < 3; ++i) inner.Op(OpCode::MUL, {z, z}, kF32, {1});
  const Expansion expansion = ExpansionOf(model, 0);
  EXPECT_EQ(expansion.ops, 2 * (1 + 3));
  EXPECT_THAT(expansion.inlined, ElementsAre(Pair("inner", 2), Pair("outer", 2)));
}

TEST(ExpansionTest, EndsWhereCompositesNestInThemselves) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(kF32, {1});
  g.Op(OpCode::ADD, {x, x}, kF32, {1});
  g.Op(OpCode::STABLEHLO_COMPOSITE, {x}, kF32, {1}, Composite("self", 0));
  EXPECT_EQ(ExpansionOf(model, 0).ops, 1);
}

// 40 graphs, each with two composites of the next: 2^40 ops.
TEST(ExpansionTest, DoesNotCountForAges) {
  ir::Model model;
  model.graphs.reserve(41);
  for (int i = 0; i <= 40; ++i) {
    GraphBuilder g(&model);
    const int x = g.Input(kF32, {1});
    for (int k = 0; k < 2 && i < 40; ++k) {
      g.Op(OpCode::STABLEHLO_COMPOSITE, {x}, kF32, {1}, Composite("next", i + 1));
    }
    if (i == 40) g.Op(OpCode::ADD, {x, x}, kF32, {1});
  }
  EXPECT_EQ(ExpansionOf(model, 0).ops, 1'000'000'000);
}

}  // namespace
}  // namespace edgetasks::graph
