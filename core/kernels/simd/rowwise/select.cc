#include "core/kernels/simd/rowwise/select.h"

#include <vector>

#include "core/kernels/simd/runnable.h"

namespace edgetasks::kernels::simd {

#define EDGETASKS_ROWWISE(table) extern const RowwiseKernels table;
#include "core/kernels/simd/rowwise/rowwise.inc"
#undef EDGETASKS_ROWWISE

namespace {

constexpr const RowwiseKernels* kTables[] = {
#define EDGETASKS_ROWWISE(table) &table,
#include "core/kernels/simd/rowwise/rowwise.inc"
#undef EDGETASKS_ROWWISE
};

}  // namespace

absl::Span<const RowwiseKernels* const> RunnableRowwiseKernels() {
  static const auto* const runnable =
      new std::vector<const RowwiseKernels*>(RunnableOf<RowwiseKernels>(kTables));
  return *runnable;
}

const RowwiseKernels& SelectRowwiseKernels() { return BestOf(RunnableRowwiseKernels()); }

}  // namespace edgetasks::kernels::simd
