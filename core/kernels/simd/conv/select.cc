#include "core/kernels/simd/conv/select.h"

#include <vector>

#include "core/kernels/simd/runnable.h"

namespace edgetasks::kernels::simd {

#define EDGETASKS_CONV(table) extern const ConvKernels table;
#include "core/kernels/simd/conv/conv.inc"
#undef EDGETASKS_CONV

namespace {

constexpr const ConvKernels* kTables[] = {
#define EDGETASKS_CONV(table) &table,
#include "core/kernels/simd/conv/conv.inc"
#undef EDGETASKS_CONV
};

}  // namespace

absl::Span<const ConvKernels* const> RunnableConvKernels() {
  static const auto* const runnable =
      new std::vector<const ConvKernels*>(RunnableOf<ConvKernels>(kTables));
  return *runnable;
}

const ConvKernels* SelectConvKernels() {
  const ConvKernels& best = BestOf(RunnableConvKernels());
  return best.level == CpuLevel::kScalar ? nullptr : &best;
}

}  // namespace edgetasks::kernels::simd
