#include "core/kernels/simd/depthwise/select.h"

#include <vector>

#include "core/kernels/simd/runnable.h"

namespace edgetasks::kernels::simd {

#define EDGETASKS_DEPTHWISE(table) extern const DepthwiseKernels table;
#include "core/kernels/simd/depthwise/depthwise.inc"
#undef EDGETASKS_DEPTHWISE

namespace {

constexpr const DepthwiseKernels* kTables[] = {
#define EDGETASKS_DEPTHWISE(table) &table,
#include "core/kernels/simd/depthwise/depthwise.inc"
#undef EDGETASKS_DEPTHWISE
};

}  // namespace

absl::Span<const DepthwiseKernels* const> RunnableDepthwiseKernels() {
  static const auto* const runnable =
      new std::vector<const DepthwiseKernels*>(RunnableOf<DepthwiseKernels>(kTables));
  return *runnable;
}

const DepthwiseKernels* SelectDepthwiseKernels() {
  const DepthwiseKernels& best = BestOf(RunnableDepthwiseKernels());
  return best.level == CpuLevel::kScalar ? nullptr : &best;
}

}  // namespace edgetasks::kernels::simd
