// The limits family: what the others are held against. On one thread.
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "core/base/cpu_features.h"
#include "core/kernels/simd/limits/select.h"
#include "tests/bench/kernels/op_bench.h"

namespace edgetasks::bench {

void RegisterLimits() {
  using kernels::simd::LimitKernels;
  constexpr int64_t kRounds = 1 << 20, kBytes = int64_t{256} << 20;
  const auto rate = benchmark::Counter::kIsIterationInvariantRate;
  for (const LimitKernels* set : kernels::simd::RunnableLimitKernels()) {
    const std::string end = absl::StrCat("/", NameOf(set->level), "/threads:1");
    benchmark::RegisterBenchmark(("limits/read" + end).c_str(), [=](benchmark::State& state) {
      const std::vector<uint8_t> memory(kBytes, 1);
      for (auto _ : state) benchmark::DoNotOptimize(set->read(memory.data(), kBytes));
      state.counters["GB/s"] = benchmark::Counter(kBytes / 1e9, rate);
    })->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark(("limits/int8" + end).c_str(), [=](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(set->multiply_integers(kRounds, 0x12345678));
      state.counters["GMAC/s"] =
          benchmark::Counter(static_cast<double>(kRounds * set->integer_macs) / 1e9, rate);
    })->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark(("limits/f32" + end).c_str(), [=](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(set->multiply_floats(kRounds, 0.5f));
      state.counters["GMAC/s"] =
          benchmark::Counter(static_cast<double>(kRounds * set->float_macs) / 1e9, rate);
    })->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace edgetasks::bench
