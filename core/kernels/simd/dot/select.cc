#include "core/kernels/simd/dot/select.h"

#include <vector>

#include "core/kernels/simd/runnable.h"

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
  static const auto* const runnable =
      new std::vector<const DotKernels*>(RunnableOf<DotKernels>(kTables));
  return *runnable;
}

const DotKernels& SelectDotKernels() { return BestOf(RunnableDotKernels()); }

}  // namespace edgetasks::kernels::simd
