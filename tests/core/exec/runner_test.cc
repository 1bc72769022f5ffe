#include "core/exec/runner.h"

#include <algorithm>
#include <atomic>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/graph_builder.h"

namespace edgetasks::exec {
namespace {

using ir::DType;
using ir::OpCode;
using ir::Shape;
using test::GraphBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<Runner> MakeRunner(const ir::Model& model, int threads = 1) {
  auto runner = Runner::ForGraph(model, 0, std::make_shared<Engine>(threads));
  EXPECT_TRUE(runner.ok()) << runner.status();
  return runner.ok() ? *std::move(runner) : nullptr;
}

template <typename T>
void SetInput(Runner& runner, int i, const std::vector<T>& values) {
  ASSERT_EQ(runner.input_bytes(i), static_cast<int64_t>(values.size() * sizeof(T)));
  std::copy(values.begin(), values.end(), runner.Input<T>(i));
}

template <typename T>
std::vector<T> GetOutput(Runner& runner, int i) {
  const T* data = runner.Output<T>(i);
  return std::vector<T>(data, data + runner.output_bytes(i) / sizeof(T));
}

TEST(RunnerTest, RunsAChain) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {2});
  const int one = g.Constant<float>({1}, {1});
  const int y = g.Op(OpCode::ADD, {x, one}, DType::kFloat32, {2});
  const int z = g.Op(OpCode::MUL, {y, y}, DType::kFloat32, {2});
  g.Outputs({z});
  auto runner = MakeRunner(model);
  ASSERT_TRUE(runner->Prepare().ok());
  SetInput<float>(*runner, 0, {1, 2});
  ASSERT_TRUE(runner->Run().ok());
  EXPECT_THAT(GetOutput<float>(*runner, 0), ElementsAre(4, 9));
  SetInput<float>(*runner, 0, {-1, 0});
  ASSERT_TRUE(runner->Run().ok());
  EXPECT_THAT(GetOutput<float>(*runner, 0), ElementsAre(0, 1));
}

TEST(RunnerTest, ARunAllocatesNothing) {
  ir::Model model;
  GraphBuilder g(&model);
  int t = g.Input(DType::kFloat32, {4, 8});
  const int one = g.Constant<float>({1}, {1});
  for (int i = 0; i < 5; ++i) {
    t = g.Op(OpCode::ADD, {t, one}, DType::kFloat32, {4, 8});
    t = g.Op(OpCode::SOFTMAX, {t}, DType::kFloat32, {4, 8}, ir::SoftmaxParams{1.0f});
  }
  g.Outputs({t});
  auto runner = MakeRunner(model);
  ASSERT_TRUE(runner->Prepare().ok());
  ASSERT_TRUE(runner->Run().ok());
  const int64_t before = test::AllocationCount();
  ASSERT_TRUE(runner->Run().ok());
  EXPECT_EQ(test::AllocationCount() - before, 0);
}

TEST(RunnerTest, AChainOfInPlaceOpsNeedsOneBlock) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {1024});
  int t = g.Op(OpCode::ADD, {x, x}, DType::kFloat32, {1024});
  const int one = g.Constant<float>({1}, {1});
  for (int i = 0; i < 8; ++i) t = g.Op(OpCode::ADD, {t, one}, DType::kFloat32, {1024});
  // The last op reduces, so that the chain lives in the arena and not in the output.
  const int axis = g.Constant<int32_t>({1}, {0});
  const int sum = g.Op(OpCode::SUM, {t, axis}, DType::kFloat32, {});
  g.Outputs({sum});
  auto runner = MakeRunner(model);
  ASSERT_TRUE(runner->Prepare().ok());
  EXPECT_LE(runner->arena_bytes(), 4096 + 1024);  // one block, and a little scratch for SUM
  std::fill_n(runner->Input<float>(0), 1024, 1.0f);
  ASSERT_TRUE(runner->Run().ok());
  EXPECT_EQ(*runner->Output<float>(0), 1024 * 10.0f);
}

TEST(RunnerTest, ResizesAnyDimensionThatTheFileLeavesOpen) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {1, 2});
  g.graph().tensors[x].shape_signature = Shape{-1, 2};
  g.Outputs({g.Op(OpCode::ADD, {x, x}, DType::kFloat32, {1, 2})});
  auto runner = MakeRunner(model);
  ASSERT_TRUE(runner->ResizeInput(0, {3, 2}).ok());
  ASSERT_TRUE(runner->Prepare().ok());
  EXPECT_EQ(runner->output_shape(0), (Shape{3, 2}));
  SetInput<float>(*runner, 0, {1, 2, 3, 4, 5, 6});
  ASSERT_TRUE(runner->Run().ok());
  EXPECT_THAT(GetOutput<float>(*runner, 0), ElementsAre(2, 4, 6, 8, 10, 12));

  const absl::Status status = runner->ResizeInput(0, {3, 4});
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kWrongTensor);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("input 't0': expected shape [-1, 2] (-1: any), got [3, 4]"));
}

TEST(RunnerTest, ShapeArithmeticIsDoneWhilePlanning) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {2, 3});
  g.graph().tensors[x].shape_signature = Shape{-1, 3};
  const int shape = g.Op(OpCode::SHAPE, {x}, DType::kInt32, {2}, ir::ShapeParams{});
  const int reversed =
      g.Op(OpCode::REVERSE_V2, {shape, g.Constant<int32_t>({1}, {0})}, DType::kInt32, {2});
  g.Outputs({g.Op(OpCode::RESHAPE, {x, reversed}, DType::kFloat32, {3, 2})});
  auto runner = MakeRunner(model);
  ASSERT_TRUE(runner->ResizeInput(0, {4, 3}).ok());
  ASSERT_TRUE(runner->Prepare().ok());
  EXPECT_EQ(runner->output_shape(0), (Shape{3, 4}));
}

TEST(RunnerTest, AShapeThatDependsOnAValueIsKnownAfterTheRun) {
  ir::Model model;
  GraphBuilder g(&model);
  const int limit = g.Input(DType::kInt32, {});
  const int range =
      g.Op(OpCode::RANGE, {g.Constant<int32_t>({}, {0}), limit, g.Constant<int32_t>({}, {1})},
           DType::kInt32, {1});
  g.Outputs({g.Op(OpCode::ADD, {range, g.Constant<int32_t>({}, {10})}, DType::kInt32, {1})});
  auto runner = MakeRunner(model);
  ASSERT_TRUE(runner->Prepare().ok());
  for (int32_t n : {3, 5, 0, 2}) {
    *runner->Input<int32_t>(0) = n;
    ASSERT_TRUE(runner->Run().ok());
    ASSERT_EQ(runner->output_shape(0), (Shape{n}));
    for (int32_t i = 0; i < n; ++i) EXPECT_EQ(runner->Output<int32_t>(0)[i], 10 + i);
  }
}

TEST(RunnerTest, InputsAndConstantsMayBeOutputs) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {1});
  const int constant = g.Constant<float>({1}, {7});
  const int y = g.Op(OpCode::ADD, {x, constant}, DType::kFloat32, {1});
  g.Outputs({x, constant, y, y});
  auto runner = MakeRunner(model);
  ASSERT_TRUE(runner->Prepare().ok());
  SetInput<float>(*runner, 0, {1});
  ASSERT_TRUE(runner->Run().ok());
  EXPECT_THAT(GetOutput<float>(*runner, 0), ElementsAre(1));
  EXPECT_THAT(GetOutput<float>(*runner, 1), ElementsAre(7));
  EXPECT_THAT(GetOutput<float>(*runner, 2), ElementsAre(8));
  EXPECT_THAT(GetOutput<float>(*runner, 3), ElementsAre(8));
}

TEST(RunnerTest, ABoundCacheIsUpdatedInPlace) {
  ir::Model model;
  GraphBuilder g(&model);
  const int cache = g.Input(DType::kFloat32, {1, 16});
  const int update = g.Input(DType::kFloat32, {1, 1});
  const int at = g.Input(DType::kInt32, {2});
  const int out = g.Op(OpCode::DYNAMIC_UPDATE_SLICE, {cache, update, at}, DType::kFloat32, {1, 16});
  g.Outputs({out});
  auto runner = MakeRunner(model);
  runner->AllowAlias(0, 0);
  ASSERT_TRUE(runner->Prepare().ok());
  ASSERT_TRUE(runner->is_aliased(0));
  alignas(64) float memory[16] = {};
  ASSERT_TRUE(runner->BindInput(0, memory, sizeof(memory)).ok());
  for (int32_t i = 0; i < 3; ++i) {
    *runner->Input<float>(1) = static_cast<float>(i + 1);
    runner->Input<int32_t>(2)[0] = 0;
    runner->Input<int32_t>(2)[1] = 5 * i;
    ASSERT_TRUE(runner->Run().ok());
  }
  EXPECT_EQ(runner->Output<float>(0), memory);
  EXPECT_THAT(memory, ElementsAre(1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0));
}

TEST(RunnerTest, ABindingTooSmallIsRefused) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {4});
  g.Outputs({g.Op(OpCode::ADD, {x, x}, DType::kFloat32, {4})});
  auto runner = MakeRunner(model);
  ASSERT_TRUE(runner->Prepare().ok());
  alignas(64) float memory[2];
  EXPECT_THAT(std::string(runner->BindInput(0, memory, sizeof(memory)).message()),
              HasSubstr("expected 16 bytes aligned to 64, got 8 bytes"));
}

TEST(RunnerTest, RunnersOfOneEngineShareTheArenaAndKeepTheirOutputs) {
  ir::Model model;
  for (int32_t size : {4, 4096}) {
    GraphBuilder g(&model);
    const int x = g.Input(DType::kFloat32, {size});
    const int y = g.Op(OpCode::ADD, {x, x}, DType::kFloat32, {size});
    g.Outputs({g.Op(OpCode::ADD, {y, y}, DType::kFloat32, {size})});
  }
  auto engine = std::make_shared<Engine>(1);
  auto small = *Runner::ForGraph(model, 0, engine);
  auto large = *Runner::ForGraph(model, 1, engine);
  ASSERT_TRUE(small->Prepare().ok());
  SetInput<float>(*small, 0, {1, 2, 3, 4});
  ASSERT_TRUE(small->Run().ok());
  ASSERT_TRUE(large->Prepare().ok());  // the arena grows, and moves
  ASSERT_TRUE(large->Run().ok());
  EXPECT_THAT(GetOutput<float>(*small, 0), ElementsAre(4, 8, 12, 16));
  ASSERT_TRUE(small->Run().ok());
  EXPECT_THAT(GetOutput<float>(*small, 0), ElementsAre(4, 8, 12, 16));
}

TEST(RunnerTest, CancelStopsBetweenOps) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {1});
  g.Outputs({g.Op(OpCode::ADD, {x, x}, DType::kFloat32, {1})});
  auto runner = MakeRunner(model);
  Cancellation cancel;
  cancel.Cancel();
  const absl::Status status = runner->Run({&cancel});
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kCancelled);
  const Cancellation other;
  EXPECT_TRUE(runner->Run({&other}).ok());
  const Cancellation late(Cancellation::Clock::now());
  EXPECT_EQ(GetErrorDetail(runner->Run({&late})), ErrorDetail::kCancelled);
}

TEST(RunnerTest, AnOpThatIsMissingIsNamedWithItsPlace) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {1});
  const int y = g.Op(OpCode::ADD, {x, x}, DType::kFloat32, {1});
  g.Outputs({g.Op(OpCode::LSTM, {y}, DType::kFloat32, {1})});
  auto runner = Runner::ForGraph(model, 0, std::make_shared<Engine>(1));
  EXPECT_EQ(GetErrorDetail(runner.status()), ErrorDetail::kUnsupportedOp);
  EXPECT_THAT(std::string(runner.status().message()),
              HasSubstr("graph 'graph0', op 1, writing 't2': LSTM is not an operator"));
  EXPECT_THAT(MissingOps(model, 0), ElementsAre("LSTM at op 1 of graph 'graph0'"));
}

TEST(RunnerTest, AnOpThatIsMissingInManyPlacesIsNamedOnce) {
  ir::Model model;
  GraphBuilder g(&model);
  int x = g.Input(DType::kFloat32, {1});
  for (const OpCode code : {OpCode::LSTM, OpCode::ADD, OpCode::SVDF, OpCode::LSTM, OpCode::LSTM}) {
    x = g.Op(code, {x, x}, DType::kFloat32, {1});
  }
  g.Outputs({x});
  EXPECT_THAT(MissingOps(model, 0), ElementsAre("LSTM at op 0 of graph 'graph0' and 2 other places",
                                                "SVDF at op 2 of graph 'graph0'"));
}

TEST(RunnerTest, APlanAboveTheMemoryLimitIsRefused) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {1024});
  g.Outputs({g.Op(OpCode::ADD, {x, x}, DType::kFloat32, {1024})});
  auto engine = std::make_shared<Engine>(1);
  engine->max_arena_bytes = 1000;
  auto runner = *Runner::ForGraph(model, 0, engine);
  EXPECT_EQ(GetErrorDetail(runner->Prepare()), ErrorDetail::kOutOfMemory);
}

}  // namespace
}  // namespace edgetasks::exec
