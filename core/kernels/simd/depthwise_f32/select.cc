#include "core/kernels/simd/depthwise_f32/select.h"

#include <vector>

#include "core/kernels/simd/runnable.h"

namespace edgetasks::kernels::simd {

#define EDGETASKS_DEPTHWISE_F32(table) extern const DepthwiseF32Kernels table;
#include "core/kernels/simd/depthwise_f32/depthwise_f32.inc"
#undef EDGETASKS_DEPTHWISE_F32

namespace {

constexpr const DepthwiseF32Kernels* kTables[] = {
#define EDGETASKS_DEPTHWISE_F32(table) &table,
#include "core/kernels/simd/depthwise_f32/depthwise_f32.inc"
#undef EDGETASKS_DEPTHWISE_F32
};

}  // namespace

absl::Span<const DepthwiseF32Kernels* const> RunnableDepthwiseF32Kernels() {
  static const auto* const runnable =
      new std::vector<const DepthwiseF32Kernels*>(RunnableOf<DepthwiseF32Kernels>(kTables));
  return *runnable;
}

const DepthwiseF32Kernels* SelectDepthwiseF32Kernels() {
  const DepthwiseF32Kernels& best = BestOf(RunnableDepthwiseF32Kernels());
  return best.level == CpuLevel::kScalar ? nullptr : &best;
}

}  // namespace edgetasks::kernels::simd
