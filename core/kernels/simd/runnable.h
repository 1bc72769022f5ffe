// What the families' select.cc share: which of a list of tables this processor can run.
#ifndef CORE_KERNELS_SIMD_RUNNABLE_H_
#define CORE_KERNELS_SIMD_RUNNABLE_H_

#include <algorithm>
#include <vector>

#include "absl/types/span.h"
#include "core/base/cpu_features.h"

namespace edgetasks::kernels::simd {

// Those of `tables` (best first) whose level this processor has, in their order.
template <typename Kernels>
std::vector<const Kernels*> RunnableOf(absl::Span<const Kernels* const> tables) {
  const std::vector<CpuLevel>& supported = SupportedCpuLevels();
  std::vector<const Kernels*> runnable;
  for (const Kernels* table : tables) {
    if (std::find(supported.begin(), supported.end(), table->level) != supported.end()) {
      runnable.push_back(table);
    }
  }
  return runnable;
}

// The best of `runnable` that ActiveCpuLevel() allows. The levels of one architecture are ordered,
// and kScalar, the last, is allowed everywhere.
template <typename Kernels>
const Kernels& BestOf(absl::Span<const Kernels* const> runnable) {
  const CpuLevel active = ActiveCpuLevel();
  for (const Kernels* table : runnable) {
    if (table->level <= active) return *table;
  }
  return *runnable.back();
}

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_RUNNABLE_H_
