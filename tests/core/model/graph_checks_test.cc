#include "core/model/graph_checks.h"

#include "tests/support/read_tflite.h"

namespace edgetasks {
namespace {

using test::IsError;
using test::IsOk;
using test::Read;
using test::TfliteBuilder;
using test::TfliteRead;
using ::testing::ElementsAre;

namespace schema = test::schema;

// `count` float tensors t0, t1, ...
TfliteBuilder WithTensors(int count) {
  TfliteBuilder builder;
  for (int i = 0; i < count; ++i) {
    builder.AddTensor("t" + std::to_string(i), ir::DType::kFloat32, {1});
  }
  return builder;
}

std::vector<ir::OpCode> Codes(const ir::Graph& graph) {
  std::vector<ir::OpCode> codes;
  for (const ir::Op& op : graph.ops) codes.push_back(op.code);
  return codes;
}

TEST(OrderOpsTest, KeepsAnOrderThatIsRight) {
  TfliteBuilder builder = WithTensors(4);
  builder.AddOp(ir::OpCode::ABS, {0}, {1});
  builder.AddOp(ir::OpCode::EXP, {0}, {2});
  builder.AddOp(ir::OpCode::ADD, {2, 1}, {3});
  builder.SetEnds({0}, {3});
  const TfliteRead read = Read(builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_THAT(Codes(read.graph()), ElementsAre(ir::OpCode::ABS, ir::OpCode::EXP, ir::OpCode::ADD));
}

TEST(OrderOpsTest, SortsReadersBehindWriters) {
  TfliteBuilder builder = WithTensors(4);
  builder.AddOp(ir::OpCode::ADD, {2, 1}, {3});
  builder.AddOp(ir::OpCode::ABS, {2}, {1});
  builder.AddOp(ir::OpCode::EXP, {0}, {2});
  builder.SetEnds({0}, {3});
  const TfliteRead read = Read(builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_THAT(Codes(read.graph()), ElementsAre(ir::OpCode::EXP, ir::OpCode::ABS, ir::OpCode::ADD));
}

TEST(OrderOpsTest, OpsWithEffectsKeepTheirOrder) {
  TfliteBuilder builder = WithTensors(6);
  builder.AddOp(ir::OpCode::READ_VARIABLE, {0}, {1});
  builder.AddOp(ir::OpCode::ASSIGN_VARIABLE, {0, 3}, {});
  builder.AddOp(ir::OpCode::READ_VARIABLE, {0}, {4});
  builder.AddOp(ir::OpCode::ABS, {1}, {3});
  builder.SetEnds({0}, {4});
  const TfliteRead read = Read(builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_THAT(Codes(read.graph()),
              ElementsAre(ir::OpCode::READ_VARIABLE, ir::OpCode::ABS, ir::OpCode::ASSIGN_VARIABLE,
                          ir::OpCode::READ_VARIABLE));
}

TEST(OrderOpsTest, CirclesAreRefused) {
  TfliteBuilder two = WithTensors(3);
  two.AddOp(ir::OpCode::ADD, {0, 2}, {1});
  two.AddOp(ir::OpCode::ABS, {1}, {2});
  two.SetEnds({0}, {2});
  EXPECT_THAT(Read(two).status(), IsError(ErrorDetail::kInvalidGraph, "op 0 ADD needs a value"));
  TfliteBuilder self = WithTensors(2);
  self.AddOp(ir::OpCode::ADD, {0, 1}, {1});
  self.SetEnds({0}, {1});
  EXPECT_THAT(Read(self).status(),
              IsError(ErrorDetail::kInvalidGraph, "depends on its own output"));
}

TEST(OrderOpsTest, ValuesThatNobodyWritesAreRefused) {
  TfliteBuilder input = WithTensors(3);
  input.AddOp(ir::OpCode::ADD, {0, 1}, {2});
  input.SetEnds({0}, {2});
  EXPECT_THAT(Read(input).status(),
              IsError(ErrorDetail::kInvalidGraph, "op 0 ADD reads tensor 1 \"t1\""));
  TfliteBuilder output = WithTensors(2);
  output.SetEnds({0}, {1});
  EXPECT_THAT(Read(output).status(),
              IsError(ErrorDetail::kInvalidGraph, "the graph's output reads tensor 1 \"t1\""));
}

TEST(OrderOpsTest, EmptyTensorsAreConstants) {
  TfliteBuilder builder = WithTensors(2);
  const int shape = builder.AddTensor("scalar_shape", ir::DType::kInt32, {0});
  builder.AddOp(ir::OpCode::RESHAPE, {0, shape}, {1});
  builder.SetEnds({0}, {1});
  const TfliteRead read = Read(builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_TRUE(read.tensor(shape).is_constant());
  EXPECT_EQ(read.tensor(shape).data.size(), 0u);
}

TEST(OrderOpsTest, VariablesAndPassedThroughInputsAreThere) {
  TfliteBuilder builder = WithTensors(2);
  const int state = builder.AddTensor("state", ir::DType::kFloat32, {1});
  builder.tensor(state).is_variable = true;
  builder.AddOp(ir::OpCode::ADD, {0, state}, {1});
  builder.SetEnds({0}, {0, 1});
  EXPECT_THAT(Read(builder).status(), IsOk());
}

TEST(OrderOpsTest, SecondWritesAreRefused) {
  TfliteBuilder twice = WithTensors(2);
  twice.AddOp(ir::OpCode::ABS, {0}, {1});
  twice.AddOp(ir::OpCode::EXP, {0}, {1});
  twice.SetEnds({0}, {1});
  EXPECT_THAT(Read(twice).status(),
              IsError(ErrorDetail::kInvalidGraph,
                      "op 1 EXP writes tensor 1 \"t1\", which is already written by op 0 ABS"));
  TfliteBuilder input = WithTensors(2);
  input.AddOp(ir::OpCode::ABS, {1}, {0});
  input.SetEnds({0, 1}, {0});
  EXPECT_THAT(Read(input).status(), IsError(ErrorDetail::kInvalidGraph, "already a graph input"));
  TfliteBuilder constant = WithTensors(1);
  const int weight = constant.AddConstant<float>("w", {1}, {1});
  constant.AddOp(ir::OpCode::ABS, {0}, {weight});
  constant.SetEnds({0}, {weight});
  EXPECT_THAT(Read(constant).status(),
              IsError(ErrorDetail::kInvalidGraph, "already a graph input"));
}

TEST(OrderOpsTest, OddInputsAreRefused) {
  TfliteBuilder twice = WithTensors(1);
  twice.SetEnds({0, 0}, {});
  EXPECT_THAT(Read(twice).status(), IsError(ErrorDetail::kInvalidGraph, "listed twice"));
  TfliteBuilder constant;
  constant.AddConstant<float>("w", {1}, {1});
  constant.SetEnds({0}, {0});
  EXPECT_THAT(Read(constant).status(), IsError(ErrorDetail::kInvalidGraph, "is a constant"));
}

// Subgraph i calls subgraphs[i] by CALL_ONCE; -1: none.
TfliteBuilder Callers(const std::vector<int>& called) {
  TfliteBuilder builder;
  for (size_t i = 0; i < called.size(); ++i) {
    if (i > 0) builder.AddSubgraph("g" + std::to_string(i));
    schema::CallOnceOptionsT options;
    options.init_subgraph_index = called[i];
    if (called[i] != -1) builder.AddOp(ir::OpCode::CALL_ONCE, {}, {}, options);
  }
  return builder;
}

TEST(CheckGraphCallsTest, ChainsAreAllowed) {
  EXPECT_THAT(Read(Callers({1, 2, -1})).status(), IsOk());
  EXPECT_THAT(Read(Callers({2, 2, -1})).status(), IsOk()) << "two callers of one subgraph";
}

TEST(CheckGraphCallsTest, CirclesAreRefused) {
  EXPECT_THAT(Read(Callers({0})).status(), IsError(ErrorDetail::kInvalidGraph, "calls itself"));
  EXPECT_THAT(Read(Callers({1, 2, 1})).status(),
              IsError(ErrorDetail::kInvalidGraph, "subgraph 1 calls itself"));
}

TEST(CheckGraphCallsTest, DepthIsLimitedWhicheverGraphComesFirst) {
  std::vector<int> down, up;
  for (int i = 0; i < 100; ++i) {
    down.push_back(i == 99 ? -1 : i + 1);
    up.push_back(i - 1);
  }
  for (const auto& called : {down, up}) {
    EXPECT_THAT(Read(Callers(called)).status(),
                IsError(ErrorDetail::kInvalidGraph, "deeper than 64"));
  }
}

TEST(CheckGraphCallsTest, MissingSubgraphsAreCorrupt) {
  for (int called : {-7, 1, 1 << 30}) {
    EXPECT_THAT(Read(Callers({called})).status(),
                IsError(ErrorDetail::kCorruptFile, "op 0 CALL_ONCE: calls subgraph"));
  }
}

TEST(CheckGraphCallsTest, EveryKindOfCallIsChecked) {
  TfliteBuilder condition = WithTensors(2);
  schema::IfOptionsT if_options;
  if_options.then_subgraph_index = 1;
  if_options.else_subgraph_index = 2;
  condition.AddOp(ir::OpCode::IF, {0}, {1}, if_options);
  condition.SetEnds({0}, {1});
  condition.AddSubgraph("then");
  EXPECT_THAT(Read(condition).status(),
              IsError(ErrorDetail::kCorruptFile, "calls subgraph 2; the file has 2"));
  TfliteBuilder loop = WithTensors(2);
  schema::WhileOptionsT while_options;
  while_options.cond_subgraph_index = 1;
  while_options.body_subgraph_index = 0;
  loop.AddOp(ir::OpCode::WHILE, {0}, {1}, while_options);
  loop.SetEnds({0}, {1});
  loop.AddSubgraph("cond");
  EXPECT_THAT(Read(loop).status(), IsError(ErrorDetail::kInvalidGraph, "subgraph 0 calls itself"));
  TfliteBuilder composite = WithTensors(2);
  composite.AddComposite("c", 5, {0}, {1});
  composite.SetEnds({0}, {1});
  EXPECT_THAT(Read(composite).status(), IsError(ErrorDetail::kCorruptFile, "calls subgraph 5"));
}

}  // namespace
}  // namespace edgetasks
