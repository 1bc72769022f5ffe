#include "core/kernels/simd/limits/select.h"

#include <vector>

#include "core/kernels/simd/runnable.h"

namespace edgetasks::kernels::simd {

#define EDGETASKS_LIMITS(table) extern const LimitKernels table;
#include "core/kernels/simd/limits/limits.inc"
#undef EDGETASKS_LIMITS

namespace {

constexpr const LimitKernels* kTables[] = {
#define EDGETASKS_LIMITS(table) &table,
#include "core/kernels/simd/limits/limits.inc"
#undef EDGETASKS_LIMITS
};

}  // namespace

absl::Span<const LimitKernels* const> RunnableLimitKernels() {
  static const auto* const runnable =
      new std::vector<const LimitKernels*>(RunnableOf<LimitKernels>(kTables));
  return *runnable;
}

const LimitKernels& SelectLimitKernels() { return BestOf(RunnableLimitKernels()); }

}  // namespace edgetasks::kernels::simd
