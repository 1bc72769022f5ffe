#include "tests/bench/kernels/op_bench.h"

#include <memory>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "core/base/cpu_features.h"
#include "core/exec/runner.h"
#include "core/kernels/op_cost.h"

namespace edgetasks::bench {
namespace {

// What one run of a graph costs.
class CostObserver : public exec::StepObserver {
 public:
  void OnStep(const exec::StepEvent& event) override {
    const kernels::OpCost cost = kernels::CostOf(event.node);
    bytes += static_cast<double>(cost.bytes_read + cost.bytes_written);
    macs += static_cast<double>(cost.macs);
  }
  double bytes = 0, macs = 0;
};

void FillInputs(exec::Runner& runner) {
  for (int i = 0; i < static_cast<int>(runner.inputs().size()); ++i) {
    const int64_t bytes = runner.input_bytes(i);
    if (runner.inputs()[i].tensor->dtype == ir::DType::kFloat32) {
      const std::vector<float> values = RandomFloats(bytes / 4);
      std::copy(values.begin(), values.end(), runner.Input<float>(i));
    } else if (ir::BitsOf(runner.inputs()[i].tensor->dtype) == 8) {
      const std::vector<int8_t> values = RandomBytes(bytes);
      std::copy(values.begin(), values.end(), runner.Input<int8_t>(i));
    }
  }
}

absl::StatusOr<std::unique_ptr<exec::Runner>> Prepare(const ir::Model& model, CpuLevel level,
                                                      int threads) {
  absl::Status status = SelectCpuLevel(NameOf(level));
  if (!status.ok()) return status;
  auto runner = exec::Runner::ForGraph(model, 0, std::make_shared<exec::Engine>(threads));
  if (!runner.ok()) return runner;
  status = (*runner)->Prepare();
  if (!status.ok()) return status;
  FillInputs(**runner);
  return runner;
}

void Measure(benchmark::State& state, const BuildGraph& build, CpuLevel level, int threads) {
  ir::Model model;
  test::GraphBuilder builder(&model);
  build(builder);
  const auto runner = Prepare(model, level, threads);
  CostObserver cost;
  exec::RunOptions options;
  options.observer = &cost;
  const absl::Status first = runner.ok() ? (*runner)->Run(options) : runner.status();
  if (!first.ok()) {
    state.SkipWithError(first.ToString().c_str());
    return;
  }
  for (auto _ : state) {
    const absl::Status status = (*runner)->Run();
    benchmark::DoNotOptimize(status.ok());
  }
  const auto rate = benchmark::Counter::kIsIterationInvariantRate;
  state.counters["GB/s"] = benchmark::Counter(cost.bytes / 1e9, rate);
  if (cost.macs > 0) state.counters["GMAC/s"] = benchmark::Counter(cost.macs / 1e9, rate);
}

}  // namespace

void RegisterOp(const std::string& family, const std::string& name, BuildGraph build) {
  std::vector<int> thread_counts = {1};
  if (ThreadPool::DefaultNumThreads() > 1) thread_counts.push_back(ThreadPool::DefaultNumThreads());
  for (const CpuLevel level : SupportedCpuLevels()) {
    for (const int threads : thread_counts) {
      benchmark::RegisterBenchmark(
          absl::StrCat(family, "/", name, "/", NameOf(level), "/threads:", threads).c_str(),
          [=](benchmark::State& state) { Measure(state, build, level, threads); })
          ->UseRealTime()
          ->Unit(benchmark::kMicrosecond);
    }
  }
}

std::vector<int8_t> RandomBytes(int64_t count) {
  std::mt19937 random(1);
  std::vector<int8_t> values(count);
  for (int8_t& value : values) value = static_cast<int8_t>(random());
  return values;
}

std::vector<float> RandomFloats(int64_t count) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> any(-1.0f, 1.0f);
  std::vector<float> values(count);
  for (float& value : values) value = any(random);
  return values;
}

int QuantizedWeights(test::GraphBuilder& g, const ir::Shape& shape, ir::DType dtype) {
  const int64_t bytes = shape.num_elements() * ir::BitsOf(dtype) / 8;
  const int tensor = g.Constant<int8_t>({static_cast<int32_t>(bytes)}, RandomBytes(bytes));
  ir::Tensor& weights = g.graph().tensors[tensor];
  weights.dtype = dtype;
  weights.shape = weights.shape_signature = shape;
  weights.quantization.scales.assign(shape.dim(0), 0.01f);
  weights.quantization.zero_points.assign(shape.dim(0), 0);
  return tensor;
}

void Quantize(test::GraphBuilder& g, int tensor, float scale, int zero_point) {
  g.graph().tensors[tensor].quantization.scales = {scale};
  g.graph().tensors[tensor].quantization.zero_points = {zero_point};
}

}  // namespace edgetasks::bench
