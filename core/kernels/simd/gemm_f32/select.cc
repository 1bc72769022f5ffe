#include "core/kernels/simd/gemm_f32/select.h"

#include <vector>

#include "core/kernels/simd/runnable.h"

namespace edgetasks::kernels::simd {

#define EDGETASKS_GEMM_F32(table) extern const GemmF32Kernels table;
#include "core/kernels/simd/gemm_f32/gemm_f32.inc"
#undef EDGETASKS_GEMM_F32

namespace {

constexpr const GemmF32Kernels* kTables[] = {
#define EDGETASKS_GEMM_F32(table) &table,
#include "core/kernels/simd/gemm_f32/gemm_f32.inc"
#undef EDGETASKS_GEMM_F32
};

}  // namespace

absl::Span<const GemmF32Kernels* const> RunnableGemmF32Kernels() {
  static const auto* const runnable =
      new std::vector<const GemmF32Kernels*>(RunnableOf<GemmF32Kernels>(kTables));
  return *runnable;
}

const GemmF32Kernels* SelectGemmF32Kernels() {
  const GemmF32Kernels& best = BestOf(RunnableGemmF32Kernels());
  return best.level == CpuLevel::kScalar ? nullptr : &best;
}

}  // namespace edgetasks::kernels::simd
