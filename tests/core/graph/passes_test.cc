#include "core/graph/passes.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/graph_builder.h"

namespace edgetasks::graph {
namespace {

using ir::DType;
using ir::OpCode;
using test::GraphBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<OpCode> Codes(const ir::Graph& graph) {
  std::vector<OpCode> codes;
  for (const ir::Op& op : graph.ops) codes.push_back(op.code);
  return codes;
}

TEST(InlineCompositesTest, PutsTheDecompositionInPlace) {
  ir::Model model;
  GraphBuilder main(&model), body(&model);
  const int x = main.Input(DType::kFloat32, {2});
  const int y = main.Op(OpCode::STABLEHLO_COMPOSITE, {x}, DType::kFloat32, {2},
                        ir::CompositeParams{"some.composite", 1, {}, 0});
  main.Outputs({y});
  const int a = body.Input(DType::kFloat32, {2});
  const int b = body.Op(OpCode::EXP, {a}, DType::kFloat32, {2});
  body.Outputs({body.Op(OpCode::NEG, {b}, DType::kFloat32, {2})});

  ir::Graph graph = model.graphs[0];
  ASSERT_TRUE(InlineComposites(model, &graph).ok());
  EXPECT_THAT(Codes(graph), ElementsAre(OpCode::EXP, OpCode::NEG));
  EXPECT_EQ(graph.ops[0].inputs[0], x);
  EXPECT_EQ(graph.ops[0].outputs[0], graph.ops[1].inputs[0]);
  EXPECT_EQ(graph.ops[1].outputs[0], y);
}

TEST(InlineCompositesTest, AnOutputThatIsAnInputIsCopied) {
  ir::Model model;
  GraphBuilder main(&model), body(&model);
  const int x = main.Input(DType::kFloat32, {2});
  const int y = main.Op(OpCode::STABLEHLO_COMPOSITE, {x}, DType::kFloat32, {2},
                        ir::CompositeParams{"identity", 1, {}, 0});
  main.Outputs({y});
  body.Outputs({body.Input(DType::kFloat32, {2})});

  ir::Graph graph = model.graphs[0];
  ASSERT_TRUE(InlineComposites(model, &graph).ok());
  ASSERT_THAT(Codes(graph), ElementsAre(OpCode::CAST));
  EXPECT_THAT(graph.ops[0].inputs, ElementsAre(x));
  EXPECT_THAT(graph.ops[0].outputs, ElementsAre(y));
}

TEST(InlineCompositesTest, ADecompositionThatDoesNotFitIsRefused) {
  ir::Model model;
  GraphBuilder main(&model), body(&model);
  const int x = main.Input(DType::kFloat32, {2});
  main.Outputs({main.Op(OpCode::STABLEHLO_COMPOSITE, {x, x}, DType::kFloat32, {2},
                        ir::CompositeParams{"misfit", 1, {}, 0})});
  body.Outputs({body.Input(DType::kFloat32, {2})});
  ir::Graph graph = model.graphs[0];
  EXPECT_THAT(std::string(InlineComposites(model, &graph).message()),
              HasSubstr("'misfit': has 2 inputs and 1 outputs, its decomposition 'graph1' has 1"));
}

// query [1, 2, 4, 8], key and value [1, 16, 2, 8], mask [1, 1, 2, 16].
ir::Graph AttentionGraph(ir::Attributes attributes, const ir::Shape& key) {
  ir::Model model;
  GraphBuilder main(&model), body(&model);
  std::vector<int> inputs;
  for (const ir::Shape& shape : {ir::Shape{1, 2, 4, 8}, key, key, ir::Shape{1, 1, 2, 16}}) {
    inputs.push_back(main.Input(DType::kFloat32, shape));
    body.Input(DType::kFloat32, shape);
  }
  main.Outputs({main.Op(
      OpCode::STABLEHLO_COMPOSITE, inputs, DType::kFloat32, {1, 2, 4, 8},
      ir::CompositeParams{"odml.scaled_dot_product_attention", 1, std::move(attributes), 0})});
  body.Outputs({body.Op(OpCode::EXP, {0}, DType::kFloat32, {1, 2, 4, 8})});
  ir::Graph graph = model.graphs[0];
  EXPECT_TRUE(InlineComposites(model, &graph).ok());
  return graph;
}

TEST(RecogniseCompositeTest, AttentionBecomesOneOp) {
  const ir::Graph graph =
      AttentionGraph({{"scale", 0.5}, {"logit_cap", int64_t{30}}}, {1, 16, 2, 8});
  ASSERT_THAT(Codes(graph), ElementsAre(OpCode::SCALED_DOT_PRODUCT_ATTENTION));
  const auto& params = std::get<ir::AttentionParams>(graph.ops[0].params);
  EXPECT_EQ(params.scale, 0.5f);
  EXPECT_EQ(params.logit_cap, 30.0f);
}

TEST(RecogniseCompositeTest, AttentionThatDoesNotFitKeepsItsDecomposition) {
  // 4 query heads cannot be shared out among 3 key heads.
  EXPECT_THAT(Codes(AttentionGraph({}, {1, 16, 3, 8})), ElementsAre(OpCode::EXP));
  EXPECT_THAT(Codes(AttentionGraph({{"scale", std::string("x")}}, {1, 16, 2, 8})),
              ElementsAre(OpCode::EXP));
}

TEST(FoldDequantizeTest, AFullyConnectedReadsTheConstantItself) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {1, 2});
  const int packed = g.Constant<int8_t>({3, 2}, {1, 2, 3, 4, 5, 6});
  const int weights = g.Op(OpCode::DEQUANTIZE, {packed}, DType::kFloat32, {3, 2});
  g.Outputs({g.Op(OpCode::FULLY_CONNECTED, {x, weights}, DType::kFloat32, {1, 3},
                  ir::FullyConnectedParams{})});
  auto graph = Lower(model, 0);
  ASSERT_TRUE(graph.ok());
  ASSERT_THAT(Codes(*graph), ElementsAre(OpCode::FULLY_CONNECTED));
  EXPECT_EQ(graph->ops[0].inputs[1], packed);
  EXPECT_TRUE(std::get<ir::FullyConnectedParams>(graph->ops[0].params).weight_only);
}

TEST(FoldDequantizeTest, OthersKeepTheDequantize) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {3, 2});
  const int packed = g.Constant<int8_t>({3, 2}, {1, 2, 3, 4, 5, 6});
  const int weights = g.Op(OpCode::DEQUANTIZE, {packed}, DType::kFloat32, {3, 2});
  g.Outputs({g.Op(OpCode::MUL, {x, weights}, DType::kFloat32, {3, 2})});
  auto graph = Lower(model, 0);
  ASSERT_TRUE(graph.ok());
  EXPECT_THAT(Codes(*graph), ElementsAre(OpCode::DEQUANTIZE, OpCode::MUL));
}

TEST(FoldDequantizeTest, WeightsWithAScaleForEachColumnKeepTheDequantize) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {1, 2});
  const int packed = g.Constant<int8_t>({3, 2}, {1, 2, 3, 4, 5, 6});
  ir::Quantization& q = model.graphs[0].tensors[packed].quantization;
  q.scales = {1.0f, 2.0f};
  q.zero_points = {0, 0};
  q.axis = 1;
  const int weights = g.Op(OpCode::DEQUANTIZE, {packed}, DType::kFloat32, {3, 2});
  g.Outputs({g.Op(OpCode::FULLY_CONNECTED, {x, weights}, DType::kFloat32, {1, 3},
                  ir::FullyConnectedParams{})});
  auto graph = Lower(model, 0);
  ASSERT_TRUE(graph.ok());
  EXPECT_THAT(Codes(*graph), ElementsAre(OpCode::DEQUANTIZE, OpCode::FULLY_CONNECTED));
}

TEST(RemoveUnusedOpsTest, KeepsWhatLeadsToOutputsOrHasEffects) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {1});
  const int unused = g.Op(OpCode::EXP, {x}, DType::kFloat32, {1});
  g.Op(OpCode::NEG, {unused}, DType::kFloat32, {1});
  const int handle = g.Op(OpCode::VAR_HANDLE, {}, DType::kResource, {});
  g.Op(OpCode::ASSIGN_VARIABLE, {handle, x}, std::vector<int>{});
  g.Outputs({g.Op(OpCode::ADD, {x, x}, DType::kFloat32, {1})});
  ir::Graph graph = model.graphs[0];
  RemoveUnusedOps(&graph);
  EXPECT_THAT(Codes(graph), ElementsAre(OpCode::VAR_HANDLE, OpCode::ASSIGN_VARIABLE, OpCode::ADD));
}

// A soft cap of scores: first `below`, by a factor, then TANH, then MUL by `outer`.
struct SoftCap {
  OpCode below = OpCode::MUL;
  float factor = 0.0f, outer = 0.0f;  // 0: no cap
};

int Capped(GraphBuilder* g, int scores, const ir::Shape& shape, const SoftCap& cap) {
  const int factor = g->Constant<float>({}, {cap.factor}),
            outer = g->Constant<float>({}, {cap.outer});
  const int scaled = g->Op(cap.below, {scores, factor}, DType::kFloat32, shape);
  const int bent = g->Op(OpCode::TANH, {scaled}, DType::kFloat32, shape);
  return g->Op(OpCode::MUL, {outer, bent}, DType::kFloat32, shape);
}

// Attention as exporters write it: 4 query heads over 2 key heads, 3 queries, 16 positions. `edit`
// changes the graph before it is lowered.
ir::Graph SpelledAttention(const std::function<void(ir::Graph&)>& edit, bool values_transposed,
                           const SoftCap& cap = {}) {
  ir::Model model;
  GraphBuilder g(&model);
  const int q = g.Input(DType::kFloat32, {1, 2, 6, 8});
  const int k = g.Input(DType::kFloat32, {1, 2, 16, 8});
  const int v =
      g.Input(DType::kFloat32, values_transposed ? ir::Shape{1, 2, 8, 16} : ir::Shape{1, 2, 16, 8});
  const int mask = g.Input(DType::kFloat32, {1, 1, 3, 16});
  const int shape = g.Input(DType::kInt32, {4});
  int logits = g.Op(OpCode::BATCH_MATMUL, {q, k}, DType::kFloat32, {1, 2, 6, 16},
                    ir::BatchMatMulParams{false, true});
  if (cap.outer != 0.0f) logits = Capped(&g, logits, {1, 2, 6, 16}, cap);
  const int split = g.Op(OpCode::RESHAPE, {logits, shape}, DType::kFloat32, {2, 2, 3, 16});
  const int sum = g.Op(OpCode::ADD, {split, mask}, DType::kFloat32, {2, 2, 3, 16});
  const int joined = g.Op(OpCode::RESHAPE, {sum, shape}, DType::kFloat32, {1, 2, 6, 16});
  const int weights =
      g.Op(OpCode::SOFTMAX, {joined}, DType::kFloat32, {1, 2, 6, 16}, ir::SoftmaxParams{1.0f});
  g.Outputs({g.Op(OpCode::BATCH_MATMUL, {weights, v}, DType::kFloat32, {1, 2, 6, 8},
                  ir::BatchMatMulParams{false, values_transposed})});
  edit(g.graph());
  return *Lower(model, 0);
}

TEST(RecogniseAttentionTest, FusesTheOpsOfAttention) {
  for (const bool transposed : {false, true}) {
    const ir::Graph graph = SpelledAttention([](ir::Graph&) {}, transposed);
    ASSERT_THAT(Codes(graph), ElementsAre(OpCode::GROUPED_QUERY_ATTENTION));
    EXPECT_THAT(graph.ops[0].inputs, ElementsAre(0, 1, 2, 3));
    EXPECT_EQ(graph.ops[0].outputs, graph.outputs);
    EXPECT_EQ(std::get<ir::GroupedQueryAttentionParams>(graph.ops[0].params).values_transposed,
              transposed);
  }
}

TEST(RecogniseAttentionTest, TakesASoftCapIn) {
  for (const SoftCap& cap : {SoftCap{OpCode::MUL, 0.02f, 50.0f}, SoftCap{OpCode::DIV, 30.0f, 30.0f},
                             SoftCap{OpCode::MUL, 1.0f / 7.0f, 7.0f}}) {
    const ir::Graph graph = SpelledAttention([](ir::Graph&) {}, true, cap);
    ASSERT_THAT(Codes(graph), ElementsAre(OpCode::GROUPED_QUERY_ATTENTION));
    EXPECT_THAT(graph.ops[0].inputs, ElementsAre(0, 1, 2, 3));
    EXPECT_EQ(std::get<ir::GroupedQueryAttentionParams>(graph.ops[0].params).logit_cap, cap.outer);
  }
}

TEST(RecogniseAttentionTest, LeavesOtherBendsAlone) {
  // Factors that are not inverse to each other, or a cap that is none.
  for (const SoftCap& cap : {SoftCap{OpCode::MUL, 0.03f, 50.0f}, SoftCap{OpCode::DIV, 31.0f, 30.0f},
                             SoftCap{OpCode::MUL, -0.1f, -10.0f}}) {
    EXPECT_EQ(SpelledAttention([](ir::Graph&) {}, false, cap).ops.size(), 9u);
  }
}

TEST(RecogniseAttentionTest, LeavesAloneWhatIsNotQuiteAttention) {
  const std::vector<std::function<void(ir::Graph&)>> edits = {
      [](ir::Graph& g) { g.outputs.push_back(g.ops[4].outputs[0]); },  // the weights are wanted too
      [](ir::Graph& g) { g.ops[4].params = ir::SoftmaxParams{2.0f}; },
      [](ir::Graph& g) {
        g.ops[0].params = ir::BatchMatMulParams{false, false};
      },
      [](ir::Graph& g) {
        g.ops[5].params = ir::BatchMatMulParams{true, false};
      },
      [](ir::Graph& g) { g.ops[2].params = ir::ActivationParams{ir::Activation::kRelu}; },
      [](ir::Graph& g) {
        g.tensors[3].shape = g.tensors[3].shape_signature = {1, 2, 3, 16};
      },
      [](ir::Graph& g) {
        g.tensors[3].shape = g.tensors[3].shape_signature = {1, 1, 4, 16};
      },
      [](ir::Graph& g) {
        g.tensors[0].shape_signature = {1, 2, -1, 8};
      },
      // Reshapes that move the mask's rows: [2, 3, 2, 16] plus a mask of two rows.
      [](ir::Graph& g) {
        g.tensors[g.ops[1].outputs[0]].shape = {2, 3, 2, 16};
        g.tensors[g.ops[2].outputs[0]].shape = {2, 3, 2, 16};
      },
  };
  for (size_t i = 0; i < edits.size(); ++i) {
    const ir::Graph graph = SpelledAttention(edits[i], false);
    EXPECT_EQ(graph.ops.size(), 6u) << i;
  }
}

}  // namespace
}  // namespace edgetasks::graph
