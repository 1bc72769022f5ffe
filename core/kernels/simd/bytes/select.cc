#include "core/kernels/simd/bytes/select.h"

#include <vector>

#include "core/kernels/simd/runnable.h"

namespace edgetasks::kernels::simd {

#define EDGETASKS_BYTES(table) extern const ByteKernels table;
#include "core/kernels/simd/bytes/bytes.inc"
#undef EDGETASKS_BYTES

namespace {

constexpr const ByteKernels* kTables[] = {
#define EDGETASKS_BYTES(table) &table,
#include "core/kernels/simd/bytes/bytes.inc"
#undef EDGETASKS_BYTES
};

}  // namespace

absl::Span<const ByteKernels* const> RunnableByteKernels() {
  static const auto* const runnable =
      new std::vector<const ByteKernels*>(RunnableOf<ByteKernels>(kTables));
  return *runnable;
}

const ByteKernels* SelectByteKernels() {
  const ByteKernels& best = BestOf(RunnableByteKernels());
  return best.level == CpuLevel::kScalar ? nullptr : &best;
}

}  // namespace edgetasks::kernels::simd
