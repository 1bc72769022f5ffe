#include "core/exec/profiler.h"

#include "core/exec/runner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/graph_builder.h"

namespace edgetasks::exec {
namespace {

using ir::DType;
using ir::OpCode;
using test::GraphBuilder;
using ::testing::HasSubstr;

std::unique_ptr<Runner> MakeRunner(const ir::Model& model) {
  auto runner = Runner::ForGraph(model, 0, std::make_shared<Engine>(1));
  EXPECT_TRUE(runner.ok()) << runner.status();
  return runner.ok() ? *std::move(runner) : nullptr;
}

const ProfileRow* Find(const std::vector<ProfileRow>& rows, const std::string& op) {
  for (const ProfileRow& row : rows) {
    if (row.op == op) return &row;
  }
  return nullptr;
}

TEST(ProfilerTest, SumsUpKindsAndShapes) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {2, 8});
  const int weights = g.Constant<float>({4, 8}, std::vector<float>(32, 1.0f));
  const int y = g.Op(OpCode::FULLY_CONNECTED, {x, weights, -1}, DType::kFloat32, {2, 4},
                     ir::FullyConnectedParams{});
  const int z = g.Op(OpCode::MUL, {y, y}, DType::kFloat32, {2, 4});
  const int w = g.Op(OpCode::MUL, {x, x}, DType::kFloat32, {2, 8});
  g.Outputs({z, w});
  auto runner = MakeRunner(model);
  Profiler profiler;
  RunOptions options;
  options.observer = &profiler;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(runner->Run(options).ok());

  const Profile profile = profiler.Take();
  EXPECT_EQ(profile.kinds.size(), 2u);
  EXPECT_EQ(profile.rows.size(), 3u);  // two shapes of MUL
  const ProfileRow* mul = Find(profile.kinds, "MUL");
  ASSERT_NE(mul, nullptr);
  EXPECT_EQ(mul->calls, 6);
  EXPECT_EQ(mul->cost.bytes_written, 3 * (2 * 4 + 2 * 8) * 4);
  const ProfileRow* product = Find(profile.rows, "FULLY_CONNECTED");
  ASSERT_NE(product, nullptr);
  EXPECT_EQ(product->cost.macs, 3 * 2 * 4 * 8);
  EXPECT_THAT(product->shapes, HasSubstr("float32[2, 8] x float32[4, 8]"));
  EXPECT_FALSE(product->fused);
  double sum = 0;
  for (const ProfileRow& row : profile.rows) {
    EXPECT_GT(row.total_ms, 0);
    sum += row.total_ms;
  }
  EXPECT_NEAR(sum, profile.ops_ms, 1e-9);

  EXPECT_TRUE(profiler.Take().rows.empty());
  ASSERT_TRUE(runner->Run().ok());  // nobody watches
  EXPECT_TRUE(profiler.Take().rows.empty());
}

TEST(ProfilerTest, TheTraceTellsOpsAndTheRangesInsideThem) {
  ir::Model model;
  GraphBuilder g(&model);
  const int x = g.Input(DType::kFloat32, {512, 64});
  const int weights = g.Constant<float>({256, 64}, std::vector<float>(256 * 64, 1.0f));
  const int y = g.Op(OpCode::FULLY_CONNECTED, {x, weights, -1}, DType::kFloat32, {512, 256},
                     ir::FullyConnectedParams{});
  g.Outputs({g.Op(OpCode::SOFTMAX, {y}, DType::kFloat32, {512, 256}, ir::SoftmaxParams{1.0f})});
  auto engine = std::make_shared<Engine>(2);
  auto runner = Runner::ForGraph(model, 0, engine);
  ASSERT_TRUE(runner.ok()) << runner.status();
  Profiler profiler(/*keep_trace=*/true, /*num_threads=*/2);
  engine->pool.SetRangeObserver(&profiler);
  RunOptions options;
  options.observer = &profiler;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE((*runner)->Run(options).ok());
  engine->pool.SetRangeObserver(nullptr);

  const Trace trace = profiler.Take().trace;
  std::vector<Trace::Event> ops, ranges;
  for (const Trace::Event& event : trace.events) (event.is_range ? ranges : ops).push_back(event);
  ASSERT_EQ(ops.size(), 6u);
  for (size_t i = 0; i < ops.size(); ++i) {
    EXPECT_EQ(trace.labels[ops[i].label].op, i % 2 == 0 ? "FULLY_CONNECTED" : "SOFTMAX");
    EXPECT_LE(ops[i].begin_ms, ops[i].end_ms);
    if (i == 0) continue;
    EXPECT_GE(ops[i].begin_ms, ops[i - 1].end_ms);
  }
  ASSERT_GE(ranges.size(), 6u);  // the product is split in two, whoever computes the halves
  for (const Trace::Event& range : ranges) {
    bool is_inside = false;
    for (const Trace::Event& op : ops) {
      is_inside |=
          op.label == range.label && op.begin_ms <= range.begin_ms && range.end_ms <= op.end_ms;
    }
    EXPECT_TRUE(is_inside) << range.begin_ms << " on thread " << range.thread;
  }
}

// main(n): i = 0; while (i < n) i = i + 1
TEST(ProfilerTest, ALoopIsChargedWithoutWhatItRuns) {
  ir::Model model;
  model.graphs.reserve(3);
  GraphBuilder main(&model), cond(&model), body(&model);
  const int n = main.Input(DType::kInt32, {1});
  const int zero = main.Constant<int32_t>({1}, {0});
  const int i = main.Tensor(DType::kInt32, {1}), last = main.Tensor(DType::kInt32, {1});
  main.Op(OpCode::WHILE, {zero, n}, std::vector<int>{i, last}, ir::WhileParams{1, 2});
  main.Outputs({i});
  const int ci = cond.Input(DType::kInt32, {1}), cn = cond.Input(DType::kInt32, {1});
  cond.Outputs({cond.Op(OpCode::LESS, {ci, cn}, DType::kBool, {1})});
  const int bi = body.Input(DType::kInt32, {1}), bn = body.Input(DType::kInt32, {1});
  body.Outputs(
      {body.Op(OpCode::ADD, {bi, body.Constant<int32_t>({1}, {1})}, DType::kInt32, {1}), bn});

  // Counts what is reported, and how long the loop took as a whole.
  class Watcher : public Profiler {
   public:
    void OnStep(const StepEvent& event) override {
      if (event.runs_graphs) {
        loop_ms += std::chrono::duration<double, std::milli>(event.end - event.begin).count();
      }
      Profiler::OnStep(event);
    }
    double loop_ms = 0;
  } watcher;
  auto runner = MakeRunner(model);
  ASSERT_TRUE(runner->Prepare().ok());
  *runner->Input<int32_t>(0) = 5;
  RunOptions options;
  options.observer = &watcher;
  ASSERT_TRUE(runner->Run(options).ok());
  const Profile profile = watcher.Take();
  ASSERT_NE(Find(profile.kinds, "LESS"), nullptr);
  EXPECT_EQ(Find(profile.kinds, "LESS")->calls, 6);
  EXPECT_EQ(Find(profile.kinds, "ADD")->calls, 5);
  EXPECT_EQ(Find(profile.kinds, "WHILE")->calls, 1);
  EXPECT_NEAR(profile.ops_ms, watcher.loop_ms, 1e-6);
}

}  // namespace
}  // namespace edgetasks::exec
