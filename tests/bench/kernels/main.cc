// Benchmarks of the kernels, a file a family. `edgetasks_kernel_bench --benchmark_filter=gemm/`
// runs one family; --benchmark_format=json is what ../results.py reads.
#include "benchmark/benchmark.h"
#include "tests/bench/kernels/op_bench.h"

int main(int argc, char** argv) {
  using namespace edgetasks::bench;
  RegisterLimits();
  RegisterGemm();
  RegisterDot();
  RegisterAttention();
  RegisterConv();
  RegisterDepthwise();
  RegisterBytes();
  RegisterElementwise();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
