// The patterns that become one op: each form that exporters write, and what only looks like it.
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

// x [1, 2, 3, depth] as two halves of `half`, and the rest in parts of 4.
ir::Graph RotaryHalves(int depth, int half, const Edit& edit = Nothing) {
  Builder b;
  const ir::Shape shape = {1, 2, 3, depth}, halves = {1, 2, 3, half};
  const int x = b.In(shape), cos = b.In({1, 3, half}), sin = b.In({1, 3, half});
  const int x1 = b.Slice(x, 0, half, shape), x2 = b.Slice(x, half, half, shape);
  const int a = b.Op(OpCode::MUL, {x1, cos}, halves), c = b.Op(OpCode::MUL, {x2, sin}, halves);
  const int first = b.Op(OpCode::SUB, {a, c}, halves);
  const int d = b.Op(OpCode::MUL, {x2, cos}, halves), e = b.Op(OpCode::MUL, {x1, sin}, halves);
  std::vector<int> parts = {first, b.Op(OpCode::ADD, {d, e}, halves)};
  for (int at = 2 * half; at < depth; at += 4) parts.push_back(b.Slice(x, at, 4, shape));
  return b.Lowered({b.Op(OpCode::CONCATENATION, parts, shape, ir::ConcatenationParams{3})}, edit);
}

TEST(RecogniseRotaryEmbeddingTest, HalvesAndWhatIsBehindThem) {
  for (const int depth : {16, 24}) {
    const ir::Graph graph = RotaryHalves(depth, 8);
    ASSERT_THAT(Codes(graph), ElementsAre(OpCode::ROTARY_EMBEDDING));
    EXPECT_EQ(graph.ops[0].inputs, graph.inputs);
    EXPECT_EQ(graph.ops[0].outputs, graph.outputs);
  }
}

// Ops are SLICE 0 1, MUL 2 3, SUB 4, MUL 5 6, ADD 7, CONCATENATION 8.
TEST(RecogniseRotaryEmbeddingTest, WhatIsNotQuiteHalves) {
  const std::vector<Edit> edits = {
      [](ir::Graph& g) { g.ops[7].code = OpCode::SUB; },
      [](ir::Graph& g) { g.ops[4].code = OpCode::ADD; },
      [](ir::Graph& g) { std::swap(g.ops[4].inputs[0], g.ops[4].inputs[1]); },
      [](ir::Graph& g) { g.ops[5].inputs[0] = g.ops[0].outputs[0]; },  // x1 where x2 belongs
      [](ir::Graph& g) { g.ops[6].inputs[1] = g.inputs[1]; },          // cos where sin belongs
      [](ir::Graph& g) { g.ops[8].params = ir::ConcatenationParams{2}; },
      [](ir::Graph& g) { std::swap(g.ops[8].inputs[0], g.ops[8].inputs[1]); },
      [](ir::Graph& g) {
        g.tensors[g.inputs[1]].shape = g.tensors[g.inputs[1]].shape_signature = {1, 1, 8};
      },
      [](ir::Graph& g) {
        g.tensors[g.inputs[0]].shape_signature = {1, 2, -1, 16};
      },
      [](ir::Graph& g) { g.ops[2].params = ir::ActivationParams{ir::Activation::kRelu}; },
      [](ir::Graph& g) { g.ops[0].inputs.pop_back(); },
  };
  for (size_t i = 0; i < edits.size(); ++i) {
    EXPECT_THAT(Codes(RotaryHalves(16, 8, edits[i])), Not(Contains(OpCode::ROTARY_EMBEDDING))) << i;
  }
  // The rest of x is not what follows.
  EXPECT_THAT(
      Codes(RotaryHalves(
          24, 8, [](ir::Graph& g) { std::swap(g.ops.back().inputs[2], g.ops.back().inputs[3]); })),
      Not(Contains(OpCode::ROTARY_EMBEDDING)));
}

ir::Graph RotatedHalf(bool negate, const Edit& edit = Nothing) {
  Builder b;
  const ir::Shape shape = {1, 2, 3, 16}, half = {1, 2, 3, 8};
  const int x = b.In(shape), cos = b.In({1, 3, 16}), sin = b.In({1, 3, 16});
  const int straight = b.Op(OpCode::MUL, {x, cos}, shape);
  const int x1 = b.Slice(x, 0, 8, shape), x2 = b.Slice(x, 8, 8, shape);
  const int minus = negate ? b.Op(OpCode::NEG, {x2}, half)
                           : b.Op(OpCode::MUL, {x2, b.g.Constant<float>({}, {-1.0f})}, half);
  const int turned = b.Op(OpCode::CONCATENATION, {minus, x1}, shape, ir::ConcatenationParams{-1});
  const int other = b.Op(OpCode::MUL, {turned, sin}, shape);
  return b.Lowered({b.Op(OpCode::ADD, {straight, other}, shape)}, edit);
}

TEST(RecogniseRotaryEmbeddingTest, ARotatedHalf) {
  for (const bool negate : {false, true}) {
    const ir::Graph graph = RotatedHalf(negate);
    ASSERT_THAT(Codes(graph), ElementsAre(OpCode::ROTARY_EMBEDDING));
    EXPECT_EQ(graph.ops[0].inputs, graph.inputs);
  }
}

// Ops are MUL 0, SLICE 1 2, NEG 3, CONCATENATION 4, MUL 5, ADD 6.
TEST(RecogniseRotaryEmbeddingTest, WhatIsNotQuiteARotatedHalf) {
  const std::vector<Edit> edits = {
      [](ir::Graph& g) { g.ops[3].code = OpCode::ABS; },
      [](ir::Graph& g) { std::swap(g.ops[4].inputs[0], g.ops[4].inputs[1]); },
      [](ir::Graph& g) { g.ops[6].code = OpCode::SUB; },
      [](ir::Graph& g) { g.ops[0].inputs[0] = g.inputs[1]; },  // cos * cos
  };
  for (size_t i = 0; i < edits.size(); ++i) {
    EXPECT_THAT(Codes(RotatedHalf(true, edits[i])), Not(Contains(OpCode::ROTARY_EMBEDDING))) << i;
  }
}

ir::Graph Gate(OpCode activation, bool approximate, bool swap, const Edit& edit = Nothing) {
  Builder b;
  const int gate = b.In({2, 8}), up = b.In({2, 8});
  int active = -1;
  if (activation == OpCode::GELU) {
    active = b.Op(OpCode::GELU, {gate}, {2, 8}, ir::GeluParams{approximate});
  } else {
    active = b.Op(OpCode::MUL, {gate, b.Op(OpCode::LOGISTIC, {gate}, {2, 8})}, {2, 8});
  }
  const std::vector<int> inputs =
      swap ? std::vector<int>{up, active} : std::vector<int>{active, up};
  return b.Lowered({b.Op(OpCode::MUL, inputs, {2, 8})}, edit);
}

TEST(RecogniseGatedActivationTest, SiluAndGelu) {
  for (const bool swap : {false, true}) {
    for (const OpCode activation : {OpCode::LOGISTIC, OpCode::GELU}) {
      const ir::Graph graph = Gate(activation, true, swap);
      ASSERT_THAT(Codes(graph), ElementsAre(OpCode::GATED_ACTIVATION));
      EXPECT_EQ(graph.ops[0].inputs, graph.inputs);
      EXPECT_EQ(std::get<ir::GatedActivationParams>(graph.ops[0].params).function,
                activation == OpCode::GELU ? ir::GatedActivationParams::Function::kGeluTanh
                                           : ir::GatedActivationParams::Function::kSilu);
    }
  }
}

TEST(RecogniseGatedActivationTest, WhatIsNotQuiteAGate) {
  EXPECT_THAT(Codes(Gate(OpCode::GELU, false, false)), Not(Contains(OpCode::GATED_ACTIVATION)));
  const std::vector<Edit> edits = {
      [](ir::Graph& g) { g.ops[1].inputs[0] = g.inputs[1]; },  // up * logistic(gate)
      [](ir::Graph& g) { g.outputs.push_back(g.ops[1].outputs[0]); },
      [](ir::Graph& g) { g.ops[2].params = ir::ActivationParams{ir::Activation::kRelu6}; },
      [](ir::Graph& g) {
        g.tensors[g.inputs[1]].shape = g.tensors[g.inputs[1]].shape_signature = {1, 8};
      },
      [](ir::Graph& g) { g.ops[0].inputs.clear(); },
  };
  for (size_t i = 0; i < edits.size(); ++i) {
    EXPECT_THAT(Codes(Gate(OpCode::LOGISTIC, true, false, edits[i])),
                Not(Contains(OpCode::GATED_ACTIVATION)))
        << i;
  }
}

// A block of MobileNet, [1, 64, 64, 8] floats expanded to 32 channels: half a megabyte.
struct ConvBlock {
  Builder b;
  int x = b.In({1, 64, 64, 8});
  int expanded = Filter(OpCode::CONV_2D, x, {32, 1, 1, 8}, {1, 64, 64, 32}, ir::Conv2DParams{});
  int filtered = Filter(OpCode::DEPTHWISE_CONV_2D, expanded, {1, 3, 3, 32}, {1, 64, 64, 32},
                        ir::DepthwiseConv2DParams{});
  int projected =
      Filter(OpCode::CONV_2D, filtered, {8, 1, 1, 32}, {1, 64, 64, 8}, ir::Conv2DParams{});
  std::vector<int> outputs = {projected};

  int Filter(OpCode code, int input, const ir::Shape& filter, const ir::Shape& shape,
             ir::OpParams params) {
    const int weights = b.g.Constant<float>(filter, std::vector<float>(filter.num_elements()));
    const int32_t channels = shape.back(0);
    const int bias = b.g.Constant<float>({channels}, std::vector<float>(channels));
    return b.Op(code, {input, weights, bias}, shape, std::move(params));
  }
  ir::Graph Lowered() { return b.Lowered(outputs, Nothing); }
};

TEST(RecogniseConvBlocksTest, ThreeConvolutionsBecomeOne) {
  ConvBlock block;
  auto& depthwise = std::get<ir::DepthwiseConv2DParams>(block.b.g.graph().ops[1].params);
  depthwise.activation = ir::Activation::kRelu6;
  block.b.g.graph().tensors[block.expanded].quantization.scales = {0.5f};
  const std::vector<ir::Op> ops = block.b.g.graph().ops;
  const ir::Graph graph = block.Lowered();
  ASSERT_THAT(Codes(graph), ElementsAre(OpCode::CONV_DEPTHWISE_CONV));
  EXPECT_THAT(graph.ops[0].inputs,
              ElementsAre(block.x, ops[0].inputs[1], ops[0].inputs[2], ops[1].inputs[1],
                          ops[1].inputs[2], ops[2].inputs[1], ops[2].inputs[2]));
  EXPECT_THAT(graph.ops[0].outputs, ElementsAre(block.projected));
  const auto& params = std::get<ir::ConvDepthwiseConvParams>(graph.ops[0].params);
  EXPECT_EQ(params.depthwise.activation, ir::Activation::kRelu6);
  EXPECT_THAT(params.between[0].quantization.scales, ElementsAre(0.5f));
}

TEST(RecogniseConvBlocksTest, ABiasMayBeMissing) {
  ConvBlock block;
  block.b.g.graph().ops[2].inputs.pop_back();
  const ir::Graph graph = block.Lowered();
  ASSERT_THAT(Codes(graph), ElementsAre(OpCode::CONV_DEPTHWISE_CONV));
  EXPECT_EQ(graph.ops[0].inputs[6], -1);
}

TEST(RecogniseConvBlocksTest, LeavesWhatIsAnythingElse) {
  const std::vector<std::function<void(ConvBlock&)>> edits = {
      // Others read what is between.
      [](ConvBlock& m) { m.outputs.push_back(m.expanded); },
      [](ConvBlock& m) { m.outputs.push_back(m.filtered); },
      [](ConvBlock& m) {
        m.outputs.push_back(m.b.Op(OpCode::EXP, {m.expanded}, {1, 64, 64, 32}));
      },
      // The last op has taps, or steps.
      [](ConvBlock& m) {
        ir::Graph& graph = m.b.g.graph();
        graph.tensors[graph.ops[2].inputs[1]].shape = {8, 2, 1, 16};
      },
      [](ConvBlock& m) { std::get<ir::Conv2DParams>(m.b.g.graph().ops[2].params).stride_w = 2; },
      // Shapes depend on the input, or are small.
      [](ConvBlock& m) { m.b.g.graph().tensors[m.x].shape_signature.set_dim(1, -1); },
      [](ConvBlock& m) { m.b.g.graph().tensors[m.expanded].shape.set_dim(1, 8); },
      // Types are mixed; weights are no constants.
      [](ConvBlock& m) { m.b.g.graph().tensors[m.expanded].dtype = DType::kInt8; },
      [](ConvBlock& m) {
        ir::Graph& graph = m.b.g.graph();
        graph.tensors[graph.ops[1].inputs[1]].data = {};
        graph.inputs.push_back(graph.ops[1].inputs[1]);
      },
  };
  for (size_t i = 0; i < edits.size(); ++i) {
    ConvBlock block;
    edits[i](block);
    EXPECT_THAT(Codes(block.Lowered()), Not(Contains(OpCode::CONV_DEPTHWISE_CONV))) << i;
  }
}

// A cache of values [1, 2, 8, 16] (V = 8, S = 16) that takes `tokens` new ones, and attention over
// it. Inputs: query, key, mask, cache, new values [1, tokens, 2, 8], start.
struct ValueCache {
  Builder b;
  int cache = -1, updated = -1;

  explicit ValueCache(int32_t tokens) {
    const int query = b.In({1, 2, tokens, 4}), key = b.In({1, 2, 16, 4});
    const int mask = b.In({1, 1, tokens, 16});
    cache = b.In({1, 2, 8, 16});
    const int values = b.In({1, tokens, 2, 8});
    const int start = b.g.Input(DType::kInt32, {4});
    const int turned = b.Op(OpCode::TRANSPOSE, {values, b.g.Constant<int32_t>({4}, {0, 2, 3, 1})},
                            {1, 2, 8, tokens});
    updated = b.Op(OpCode::DYNAMIC_UPDATE_SLICE, {cache, turned, start}, {1, 2, 8, 16});
    const int scores = b.Op(OpCode::BATCH_MATMUL, {query, key}, {1, 2, tokens, 16},
                            ir::BatchMatMulParams{false, true});
    const int sum = b.Op(OpCode::ADD, {scores, mask}, {1, 2, tokens, 16});
    const int weights = b.Op(OpCode::SOFTMAX, {sum}, {1, 2, tokens, 16}, ir::SoftmaxParams{1.0f});
    const int result = b.Op(OpCode::BATCH_MATMUL, {weights, updated}, {1, 2, tokens, 8},
                            ir::BatchMatMulParams{false, true});
    b.g.Outputs({result, updated});
  }
  ir::Graph Lowered() {
    auto graph = Lower(b.model, 0, LowerOptions{{{cache, updated}}, {}, -1});
    EXPECT_TRUE(graph.ok()) << graph.status();
    return *std::move(graph);
  }
};

TEST(StoreValuesByPositionTest, AState) {
  for (const int32_t tokens : {1, 3}) {
    ValueCache model(tokens);
    const ir::Graph graph = model.Lowered();
    std::vector<OpCode> expected = {OpCode::TRANSPOSE, OpCode::GATHER, OpCode::DYNAMIC_UPDATE_SLICE,
                                    OpCode::GROUPED_QUERY_ATTENTION};
    if (tokens == 1) expected.insert(expected.begin() + 1, OpCode::RESHAPE);
    ASSERT_EQ(Codes(graph), expected);
    EXPECT_EQ(graph.turned_inputs, std::vector<int>{model.cache});
    const ir::Op& update = graph.ops[graph.ops.size() - 2];
    for (const int tensor : {model.cache, model.updated}) {
      EXPECT_EQ(graph.tensors[tensor].shape, (ir::Shape{1, 2, 16, 8}));
      EXPECT_EQ(graph.tensors[tensor].shape_signature, (ir::Shape{1, 2, 16, 8}));
    }
    EXPECT_EQ(graph.tensors[update.inputs[1]].shape, (ir::Shape{1, 2, tokens, 8}));
    const auto& attention = std::get<ir::GroupedQueryAttentionParams>(graph.ops.back().params);
    EXPECT_FALSE(attention.values_transposed);
  }
}

TEST(StoreValuesByPositionTest, StaysWhereOthersLook) {
  const std::vector<std::function<void(ValueCache&)>> edits = {
      // Another op reads the cache, before or after its update.
      [](ValueCache& m) {
        m.b.g.graph().outputs.push_back(m.b.Op(OpCode::EXP, {m.updated}, {1, 2, 8, 16}));
      },
      [](ValueCache& m) {
        m.b.g.graph().outputs.push_back(m.b.Op(OpCode::EXP, {m.cache}, {1, 2, 8, 16}));
      },
      [](ValueCache& m) { m.b.g.graph().outputs.push_back(m.cache); },
      [](ValueCache& m) { m.b.g.graph().tensors[m.cache].shape_signature.set_dim(3, -1); },
      [](ValueCache& m) { m.cache = 1; },  // an input that nothing updates
  };
  for (size_t i = 0; i < edits.size(); ++i) {
    ValueCache model(3);
    const int updated = model.updated;
    edits[i](model);
    EXPECT_EQ(model.Lowered().tensors[updated].shape, (ir::Shape{1, 2, 8, 16})) << i;
  }
}

TEST(StoreStatesAsTest, RowsInFewerBits) {
  for (const DType type : {DType::kFloat16, DType::kInt8}) {
    for (const int32_t tokens : {1, 3}) {
      ValueCache model(tokens);
      LowerOptions options;
      options.states = {{model.cache, model.updated, true, type}};
      const auto graph = Lower(model.b.model, 0, options);
      ASSERT_TRUE(graph.ok()) << graph.status();
      EXPECT_THAT(Codes(*graph), Contains(OpCode::UPDATE_ROWS));
      EXPECT_THAT(Codes(*graph), Not(Contains(OpCode::DYNAMIC_UPDATE_SLICE)));
      for (const int tensor : {model.cache, model.updated}) {
        const ir::Tensor& cache = graph->tensors[tensor];
        EXPECT_EQ(cache.dtype, type);
        EXPECT_EQ(cache.shape, (ir::Shape{1, 2, 16, type == DType::kInt8 ? 12 : 8}));
        EXPECT_EQ(cache.shape_signature, cache.shape);
      }
    }
  }
}

TEST(StoreStatesAsTest, ColumnsStayAsTheyAre) {
  ValueCache model(3);
  LowerOptions options;
  options.states = {{model.cache, model.updated, false, DType::kInt8}};
  const auto graph = Lower(model.b.model, 0, options);
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->tensors[model.cache].dtype, DType::kFloat32);
  EXPECT_EQ(graph->tensors[model.cache].shape, (ir::Shape{1, 2, 8, 16}));
}

TEST(StoreStatesAsTest, StaysWhereOthersLook) {
  ValueCache model(3);
  model.b.g.graph().outputs.push_back(model.b.Op(OpCode::EXP, {model.updated}, {1, 2, 8, 16}));
  LowerOptions options;
  options.states = {{model.cache, model.updated, true, DType::kFloat16}};
  const auto graph = Lower(model.b.model, 0, options);
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->tensors[model.cache].dtype, DType::kFloat32);
}

TEST(StoreValuesByPositionTest, IsNotDoneUnasked) {
  ValueCache model(3);
  auto graph = Lower(model.b.model, 0);
  ASSERT_TRUE(graph.ok());
  EXPECT_EQ(graph->tensors[model.updated].shape, (ir::Shape{1, 2, 8, 16}));
  EXPECT_EQ(graph->turned_inputs, std::vector<int>{});
}

}  // namespace
}  // namespace edgetasks::graph
