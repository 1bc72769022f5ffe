#include "core/kernels/simd/attention/select.h"

#include <vector>

#include "core/kernels/simd/runnable.h"

namespace edgetasks::kernels::simd {

#define EDGETASKS_ATTENTION(table) extern const AttentionKernels table;
#include "core/kernels/simd/attention/attention.inc"
#undef EDGETASKS_ATTENTION

namespace {

constexpr const AttentionKernels* kTables[] = {
#define EDGETASKS_ATTENTION(table) &table,
#include "core/kernels/simd/attention/attention.inc"
#undef EDGETASKS_ATTENTION
};

}  // namespace

absl::Span<const AttentionKernels* const> RunnableAttentionKernels() {
  static const auto* const runnable =
      new std::vector<const AttentionKernels*>(RunnableOf<AttentionKernels>(kTables));
  return *runnable;
}

const AttentionKernels& SelectAttentionKernels() { return BestOf(RunnableAttentionKernels()); }

}  // namespace edgetasks::kernels::simd
