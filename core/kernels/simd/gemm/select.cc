#include "core/kernels/simd/gemm/select.h"

#include <algorithm>
#include <vector>

#include "core/base/cpu_features.h"

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
  static const auto* const runnable = [] {
    auto* tables = new std::vector<const GemmKernels*>;
    const std::vector<CpuLevel>& supported = SupportedCpuLevels();
    for (const GemmKernels* table : kTables) {
      if (std::find(supported.begin(), supported.end(), table->level) != supported.end()) {
        tables->push_back(table);
      }
    }
    return tables;
  }();
  return *runnable;
}

const GemmKernels* SelectGemmKernels() {
  const CpuLevel active = ActiveCpuLevel();
  for (const GemmKernels* table : RunnableGemmKernels()) {
    if (table->level == active && active != CpuLevel::kScalar) return table;
  }
  return nullptr;
}

}  // namespace edgetasks::kernels::simd
