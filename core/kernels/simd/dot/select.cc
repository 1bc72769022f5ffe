#include "core/kernels/simd/dot/select.h"

#include <algorithm>
#include <vector>

#include "core/base/cpu_features.h"

namespace edgetasks::kernels::simd {

#define EDGETASKS_DOT(table) extern const DotKernels table;
#include "core/kernels/simd/dot/dot.inc"
#undef EDGETASKS_DOT

namespace {

constexpr const DotKernels* kTables[] = {
#define EDGETASKS_DOT(table) &table,
#include "core/kernels/simd/dot/dot.inc"
#undef EDGETASKS_DOT
};

}  // namespace

absl::Span<const DotKernels* const> RunnableDotKernels() {
  static const auto* const runnable = [] {
    auto* tables = new std::vector<const DotKernels*>;
    const std::vector<CpuLevel>& supported = SupportedCpuLevels();
    for (const DotKernels* table : kTables) {
      if (std::find(supported.begin(), supported.end(), table->level) != supported.end()) {
        tables->push_back(table);
      }
    }
    return tables;
  }();
  return *runnable;
}

const DotKernels& SelectDotKernels() {
  const CpuLevel active = ActiveCpuLevel();
  for (const DotKernels* table : RunnableDotKernels()) {
    if (table->level <= active) return *table;  // levels of one architecture are ordered
  }
  return kDotScalar;
}

}  // namespace edgetasks::kernels::simd
