#include "core/kernels/simd/gemm/select.h"

#include <vector>

#include "core/kernels/simd/runnable.h"

namespace edgetasks::kernels::simd {

#define EDGETASKS_GEMM(table) extern const GemmKernels table;
#include "core/kernels/simd/gemm/gemm.inc"
#undef EDGETASKS_GEMM

namespace {

constexpr const GemmKernels* kTables[] = {
#define EDGETASKS_GEMM(table) &table,
#include "core/kernels/simd/gemm/gemm.inc"
#undef EDGETASKS_GEMM
};

}  // namespace

absl::Span<const GemmKernels* const> RunnableGemmKernels() {
  static const auto* const runnable =
      new std::vector<const GemmKernels*>(RunnableOf<GemmKernels>(kTables));
  return *runnable;
}

const GemmKernels& SelectGemmKernels() { return BestOf(RunnableGemmKernels()); }

}  // namespace edgetasks::kernels::simd
