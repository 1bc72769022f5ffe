#include <algorithm>
#include <atomic>
#include <thread>

#include "core/base/error.h"
#include "core/exec/runner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/graph_builder.h"

namespace edgetasks::exec {
namespace {

using ir::DType;
using ir::OpCode;
using ir::Shape;
using test::GraphBuilder;
using ::testing::HasSubstr;

std::unique_ptr<Runner> MakeRunner(const ir::Model& model) {
  auto runner = Runner::ForGraph(model, 0, std::make_shared<Engine>(1));
  EXPECT_TRUE(runner.ok()) << runner.status();
  return runner.ok() ? *std::move(runner) : nullptr;
}

// main(c, x) = c ? x + 1 : x * 2
TEST(ControlFlowTest, IfRunsOneBranch) {
  ir::Model model;
  model.graphs.reserve(3);
  GraphBuilder main(&model), then_branch(&model), else_branch(&model);
  const int condition = main.Input(DType::kBool, {});
  const int x = main.Input(DType::kInt32, {1});
  main.Outputs({main.Op(OpCode::IF, {condition, x}, DType::kInt32, {1}, ir::IfParams{1, 2})});
  const int a = then_branch.Input(DType::kInt32, {1});
  then_branch.Outputs({then_branch.Op(OpCode::ADD, {a, then_branch.Constant<int32_t>({1}, {1})},
                                      DType::kInt32, {1})});
  const int b = else_branch.Input(DType::kInt32, {1});
  else_branch.Outputs({else_branch.Op(OpCode::ADD, {b, b}, DType::kInt32, {1})});

  auto runner = MakeRunner(model);
  ASSERT_TRUE(runner->Prepare().ok());
  *runner->Input<int32_t>(1) = 10;
  for (const auto& [c, expected] : {std::pair{true, 11}, std::pair{false, 20}}) {
    *runner->Input<bool>(0) = c;
    ASSERT_TRUE(runner->Run().ok());
    EXPECT_EQ(*runner->Output<int32_t>(0), expected);
  }
}

// main(n): i = 0; while (i < n) { i = i + 1; sum = sum + i }
class WhileTest : public ::testing::Test {
 protected:
  WhileTest() : main_(&model_), cond_(&model_), body_(&model_) {
    const int n = main_.Input(DType::kInt32, {1});
    const int zero = main_.Constant<int32_t>({1}, {0});
    const int out_i = main_.Tensor(DType::kInt32, {1});
    const int out_sum = main_.Tensor(DType::kInt32, {1});
    const int out_n = main_.Tensor(DType::kInt32, {1});
    main_.Op(OpCode::WHILE, {zero, zero, n}, std::vector<int>{out_i, out_sum, out_n},
             ir::WhileParams{1, 2});
    main_.Outputs({out_i, out_sum});

    const int i = cond_.Input(DType::kInt32, {1});
    cond_.Input(DType::kInt32, {1});
    const int limit = cond_.Input(DType::kInt32, {1});
    cond_.Outputs({cond_.Op(OpCode::LESS, {i, limit}, DType::kBool, {1})});

    const int j = body_.Input(DType::kInt32, {1});
    const int sum = body_.Input(DType::kInt32, {1});
    const int m = body_.Input(DType::kInt32, {1});
    const int next =
        body_.Op(OpCode::ADD, {j, body_.Constant<int32_t>({1}, {1})}, DType::kInt32, {1});
    body_.Outputs({next, body_.Op(OpCode::ADD, {sum, next}, DType::kInt32, {1}), m});
  }

  ir::Model model_;
  GraphBuilder main_, cond_, body_;
};

TEST_F(WhileTest, LoopsUntilTheConditionFails) {
  auto runner = MakeRunner(model_);
  ASSERT_TRUE(runner->Prepare().ok());
  for (int32_t n : {0, 1, 100}) {
    *runner->Input<int32_t>(0) = n;
    const absl::Status status = runner->Run();
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(*runner->Output<int32_t>(0), n);
    EXPECT_EQ(*runner->Output<int32_t>(1), n * (n + 1) / 2);
  }
}

TEST_F(WhileTest, AnEndlessLoopCanBeCancelled) {
  // The limit flees: limit = next + next, for 2^30 rounds.
  ir::Graph& body = model_.graphs[2];
  body_.Outputs({body.outputs[0], body.outputs[1],
                 body_.Op(OpCode::ADD, {body.outputs[0], body.outputs[0]}, DType::kInt32, {1})});
  auto runner = MakeRunner(model_);
  ASSERT_TRUE(runner->Prepare().ok());
  *runner->Input<int32_t>(0) = 1;
  Cancellation cancel;
  absl::Status status;
  std::thread thread([&] { status = runner->Run({&cancel}); });
  cancel.Cancel();
  thread.join();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kCancelled);
}

TEST_F(WhileTest, ABodyWithTheWrongNumberOfResultsIsRefused) {
  body_.Outputs({model_.graphs[2].outputs[0]});
  auto runner = MakeRunner(model_);
  EXPECT_THAT(std::string(runner->Prepare().message()),
              HasSubstr("expected 3 inputs and 3 outputs"));
}

TEST(ControlFlowShapeTest, ALoopMayGrowItsValue) {
  // main(): x = [1]; while (size(x) < 5) x = concat(x, x)
  ir::Model model;
  GraphBuilder main(&model), cond(&model), body(&model);
  const int start = main.Constant<int32_t>({1}, {1});
  const int result = main.Op(OpCode::WHILE, {start}, DType::kInt32, {1}, ir::WhileParams{1, 2});
  main.Outputs({result});
  const int x = cond.Input(DType::kInt32, {1});
  model.graphs[1].tensors[x].shape_signature = Shape{-1};
  const int shape = cond.Op(OpCode::SHAPE, {x}, DType::kInt32, {1}, ir::ShapeParams{});
  cond.Outputs(
      {cond.Op(OpCode::LESS, {shape, cond.Constant<int32_t>({1}, {5})}, DType::kBool, {1})});
  const int y = body.Input(DType::kInt32, {1});
  model.graphs[2].tensors[y].shape_signature = Shape{-1};
  body.Outputs(
      {body.Op(OpCode::CONCATENATION, {y, y}, DType::kInt32, {2}, ir::ConcatenationParams{0})});
  auto runner = MakeRunner(model);
  const absl::Status status = runner->Run();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(runner->output_shape(0), (Shape{8}));
  EXPECT_EQ(runner->Output<int32_t>(0)[7], 1);
}

TEST(ControlFlowStateTest, CallOnceRunsOnceForAState) {
  // main(): CALL_ONCE(init); v = v + 1; return v.  init(): v = 40.
  ir::Model model;
  GraphBuilder main(&model), init(&model);
  main.Op(OpCode::CALL_ONCE, {}, std::vector<int>{}, ir::CallOnceParams{1});
  const int handle =
      main.Op(OpCode::VAR_HANDLE, {}, DType::kResource, {}, ir::VarHandleParams{"", "v"});
  const int v = main.Op(OpCode::READ_VARIABLE, {handle}, DType::kInt32, {1});
  const int next = main.Op(OpCode::ADD, {v, main.Constant<int32_t>({1}, {1})}, DType::kInt32, {1});
  main.Op(OpCode::ASSIGN_VARIABLE, {handle, next}, std::vector<int>{});
  main.Outputs({next});
  const int h = init.Op(OpCode::VAR_HANDLE, {}, DType::kResource, {}, ir::VarHandleParams{"", "v"});
  init.Op(OpCode::ASSIGN_VARIABLE, {h, init.Constant<int32_t>({1}, {40})}, std::vector<int>{});
  auto runner = MakeRunner(model);
  for (int32_t expected : {41, 42, 43}) {
    const absl::Status status = runner->Run();
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(*runner->Output<int32_t>(0), expected);
  }
  runner->SetState(std::make_shared<ir::StateStore>());
  ASSERT_TRUE(runner->Run().ok());
  EXPECT_EQ(*runner->Output<int32_t>(0), 41);
}

}  // namespace
}  // namespace edgetasks::exec
