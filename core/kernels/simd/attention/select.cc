#include "core/kernels/simd/attention/select.h"

#include <algorithm>
#include <vector>

#include "core/base/cpu_features.h"

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
  static const auto* const runnable = [] {
    auto* tables = new std::vector<const AttentionKernels*>;
    const std::vector<CpuLevel>& supported = SupportedCpuLevels();
    for (const AttentionKernels* table : kTables) {
      if (std::find(supported.begin(), supported.end(), table->level) != supported.end()) {
        tables->push_back(table);
      }
    }
    return tables;
  }();
  return *runnable;
}

const AttentionKernels& SelectAttentionKernels() {
  const CpuLevel active = ActiveCpuLevel();
  for (const AttentionKernels* table : RunnableAttentionKernels()) {
    if (table->level <= active) return *table;  // levels of one architecture are ordered
  }
  return kAttentionScalar;
}

}  // namespace edgetasks::kernels::simd
