#include "core/exec/lane_runner.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/graph_builder.h"

namespace edgetasks::exec {
namespace {

using ir::DType;
using ir::OpCode;
using test::GraphBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kDepth = 48, kTable = 5, kRows = 7;

std::vector<float> Random(int count, int seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
  return values;
}

// A step of something like a language model. Inputs: an index into a table, a state [kRows, kDepth]
// and the row of it to write. Outputs: the state after that, and of the row sums with all others.
// The constants are the builder's.
void BuildStep(GraphBuilder* g) {
  const int index = g->Input(DType::kInt32, {1});
  const int state = g->Input(DType::kFloat32, {kRows, kDepth});
  const int at = g->Input(DType::kInt32, {2});
  const int table = g->Constant<float>({kTable, kDepth}, Random(kTable * kDepth, 1));
  int x = g->Op(OpCode::GATHER, {table, index}, DType::kFloat32, {1, kDepth}, ir::GatherParams{});
  const int weights = g->Constant<float>({kDepth, kDepth}, Random(kDepth * kDepth, 2));
  const int bias = g->Constant<float>({kDepth}, Random(kDepth, 3));
  x = g->Op(OpCode::FULLY_CONNECTED, {x, weights, bias}, DType::kFloat32, {1, kDepth});
  x = g->Op(OpCode::TANH, {x}, DType::kFloat32, {1, kDepth});
  const int updated =
      g->Op(OpCode::DYNAMIC_UPDATE_SLICE, {state, x, at}, DType::kFloat32, {kRows, kDepth});
  const int axis = g->Constant<int32_t>({1}, {0});
  x = g->Op(OpCode::SUM, {updated, axis}, DType::kFloat32, {1, kDepth}, ir::ReducerParams{true});
  const int last = g->Constant<float>({3, kDepth}, Random(3 * kDepth, 4));
  x = g->Op(OpCode::FULLY_CONNECTED, {x, last}, DType::kFloat32, {1, 3});
  g->Outputs({updated, x});
}

// What one caller has.
struct Caller {
  int32_t index = 0, row = 0;
  AlignedBuffer state = *AlignedBuffer::Allocate(kRows * kDepth * sizeof(float));
  std::vector<float> result = std::vector<float>(3);
};

class LaneRunnerTest : public ::testing::Test {
 protected:
  explicit LaneRunnerTest(int threads = 2) : builder_(&model_) {
    BuildStep(&builder_);
    auto runner = Runner::ForGraph(model_, 0, std::make_shared<Engine>(threads));
    runner_ = *std::move(runner);
    runner_->AllowAlias(1, 0);
    EXPECT_TRUE(runner_->Prepare().ok());
    EXPECT_TRUE(runner_->is_aliased(0));
    lanes_ = LaneRunner::Create(runner_.get(), {{0, 2}, {1}});
  }

  void RunAlone(Caller* caller) {
    ASSERT_TRUE(runner_->BindInput(1, caller->state.data(), caller->state.size()).ok());
    *runner_->Input<int32_t>(0) = caller->index;
    runner_->Input<int32_t>(2)[0] = caller->row;
    ASSERT_TRUE(runner_->Run().ok());
    std::copy_n(runner_->Output<float>(1), 3, caller->result.begin());
  }

  void Fill(int lane, Caller* caller) {
    ASSERT_TRUE(lanes_->BindInput(lane, 1, caller->state.data(), caller->state.size()).ok());
    *static_cast<int32_t*>(lanes_->input_data(lane, 0)) = caller->index;
    static_cast<int32_t*>(lanes_->input_data(lane, 2))[0] = caller->row;
    static_cast<int32_t*>(lanes_->input_data(lane, 2))[1] = 0;
  }

  std::vector<LaneRun> RunTogether(const std::vector<Caller*>& callers,
                                   const Cancellation* cancel_first = nullptr) {
    const int count = static_cast<int>(callers.size());
    EXPECT_TRUE(lanes_->Reserve(count).ok());
    std::vector<LaneRun> runs(count);
    for (int l = 0; l < count; ++l) {
      Fill(l, callers[l]);
      runs[l].state = &state_;
    }
    runs[0].cancel = cancel_first;
    lanes_->Run(absl::MakeSpan(runs), nullptr);
    for (int l = 0; l < count; ++l) {
      if (!runs[l].status.ok()) continue;
      std::memcpy(callers[l]->result.data(), lanes_->output_data(l, 1), 3 * sizeof(float));
    }
    return runs;
  }

  ir::Model model_;
  GraphBuilder builder_;
  ir::StateStore state_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<LaneRunner> lanes_;
};

bool SameBits(const Caller& a, const Caller& b) {
  return std::memcmp(a.state.data(), b.state.data(), a.state.size()) == 0 &&
         std::memcmp(a.result.data(), b.result.data(), a.result.size() * sizeof(float)) == 0;
}

// Callers come and go, in any order of lanes, and some steps are made alone in between.
TEST_F(LaneRunnerTest, EqualsRunsAlone) {
  constexpr int kCallers = 8;
  std::vector<Caller> alone(kCallers), together(kCallers);
  std::mt19937 random(5);
  for (int step = 0; step < 40; ++step) {
    std::vector<int> chosen(kCallers);
    for (int c = 0; c < kCallers; ++c) chosen[c] = c;
    std::shuffle(chosen.begin(), chosen.end(), random);
    chosen.resize(1 + random() % kCallers);
    std::vector<Caller*> callers;
    for (const int c : chosen) {
      alone[c].index = together[c].index = static_cast<int32_t>(random() % kTable);
      alone[c].row = together[c].row = static_cast<int32_t>(random() % kRows);
      RunAlone(&alone[c]);
      callers.push_back(&together[c]);
    }
    for (const LaneRun& run : RunTogether(callers)) ASSERT_TRUE(run.status.ok()) << run.status;
    for (const int c : chosen) ASSERT_TRUE(SameBits(alone[c], together[c])) << step;
  }
}

// The table has no such row: the second lane ends there, the others do not notice.
TEST_F(LaneRunnerTest, AnErrorIsOneLanesOwn) {
  Caller a, b, c, expected;
  b.index = kTable;
  const auto runs = RunTogether({&a, &b, &c});
  EXPECT_TRUE(runs[0].status.ok());
  EXPECT_EQ(GetErrorDetail(runs[1].status), ErrorDetail::kBadValue) << runs[1].status;
  EXPECT_THAT(std::string(runs[1].status.message()), HasSubstr("graph 'graph0', op 0"));
  EXPECT_TRUE(runs[2].status.ok());
  RunAlone(&expected);
  EXPECT_TRUE(SameBits(a, expected));
  EXPECT_TRUE(SameBits(c, expected));
}

TEST_F(LaneRunnerTest, ACancellationIsOneLanesOwn) {
  Caller a, b, expected;
  Cancellation cancel;
  cancel.Cancel();
  const auto runs = RunTogether({&a, &b}, &cancel);
  EXPECT_EQ(GetErrorDetail(runs[0].status), ErrorDetail::kCancelled);
  ASSERT_TRUE(runs[1].status.ok());
  RunAlone(&expected);
  EXPECT_TRUE(SameBits(b, expected));
}

TEST_F(LaneRunnerTest, ARunAllocatesNothing) {
  std::vector<Caller> callers(4);
  const std::vector<Caller*> all = {&callers[0], &callers[1], &callers[2], &callers[3]};
  RunTogether(all);
  std::vector<LaneRun> runs(4);
  for (LaneRun& run : runs) run.state = &state_;
  const int64_t before = test::AllocationCount();
  ASSERT_TRUE(lanes_->Reserve(4).ok());
  for (int l = 0; l < 4; ++l) Fill(l, all[3 - l]);
  lanes_->Run(absl::MakeSpan(runs), nullptr);
  EXPECT_EQ(test::AllocationCount() - before, 0);
}

TEST_F(LaneRunnerTest, MemoryIsThatOfTheLanes) {
  EXPECT_EQ(lanes_->bytes(), 0);
  ASSERT_TRUE(lanes_->Reserve(2).ok());
  const int64_t two = lanes_->bytes();
  EXPECT_GT(two, runner_->arena_bytes());
  ASSERT_TRUE(lanes_->Reserve(2).ok());
  EXPECT_EQ(lanes_->bytes(), two);
  ASSERT_TRUE(lanes_->Reserve(3).ok());
  EXPECT_GT(lanes_->bytes(), two);
  Caller caller;
  EXPECT_EQ(GetErrorDetail(lanes_->BindInput(0, 1, caller.state.data(), 8)),
            ErrorDetail::kWrongTensor);
}

TEST_F(LaneRunnerTest, TellsTheObserverOfSharedOpsOnce) {
  struct Observer : StepObserver {
    void OnStep(const StepEvent& event) override {
      rows.push_back(
          event.node.op->code == OpCode::FULLY_CONNECTED ? event.node.inputs[0]->shape.dim(0) : 0);
    }
    std::vector<int> rows;
  } observer;
  Caller a, b;
  ASSERT_TRUE(lanes_->Reserve(2).ok());
  Fill(0, &a);
  Fill(1, &b);
  std::vector<LaneRun> runs(2);
  for (LaneRun& run : runs) run.state = &state_;
  lanes_->Run(absl::MakeSpan(runs), &observer);
  EXPECT_THAT(observer.rows, ElementsAre(0, 0, 2, 0, 0, 0, 0, 0, 0, 2));
}

TEST(LaneRunnerGraphTest, SomeGraphsCannot) {
  const auto create = [](const ir::Model& model) {
    auto runner = Runner::ForGraph(model, 0, std::make_shared<Engine>(1));
    EXPECT_TRUE((*runner)->Prepare().ok());
    return LaneRunner::Create(runner->get(), {{0}, {0}}) != nullptr;
  };
  {
    ir::Model model;
    GraphBuilder g(&model);
    const int x = g.Input(DType::kFloat32, {1, 4});
    g.Outputs({g.Op(OpCode::TANH, {x}, DType::kFloat32, {1, 4})});
    EXPECT_FALSE(create(model)) << "nothing to share";
  }
  {
    ir::Model model;
    GraphBuilder g(&model);
    const int limit = g.Input(DType::kInt32, {});
    const int zero = g.Constant<int32_t>({}, {0}), one = g.Constant<int32_t>({}, {1});
    const int range = g.Op(OpCode::RANGE, {zero, limit, one}, DType::kInt32, {1});
    const int x = g.Op(OpCode::CAST, {range}, DType::kFloat32, {1});
    const int weights = g.Constant<float>({2, 1}, {1, 2});
    g.Outputs({g.Op(OpCode::FULLY_CONNECTED, {x, weights}, DType::kFloat32, {1, 2})});
    EXPECT_FALSE(create(model)) << "shapes that depend on values";
  }
}

}  // namespace
}  // namespace edgetasks::exec
